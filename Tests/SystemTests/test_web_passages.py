"""Parts of a long conversation: what was asked for in one never ends up in another."""

import re

import pytest

from crowds import crowd, enter
from held import held, hold, let_others_pass, may_be_late, passed, release
from test_web_reading import in_view
from test_web_search import scroll_until


@pytest.fixture(scope="module")
def long_box(tmp_path_factory):
    texts = [f"jarum nomor {number}" if number % 500 == 200 else f"jerami {number}"
             for number in range(3000)]
    box = crowd(tmp_path_factory.mktemp("box"), ["budi"], texts).start()
    yield box
    box.stop()


@pytest.fixture
def page(open_browser, long_box):
    """Beside the results of a search."""
    page = enter(may_be_late(open_browser(long_box)), long_box)
    page.open_chat("budi")
    page.see("#rows .text", "jerami 2999")
    page.click("#open-chat-search")
    page.press("jarum")
    page.see("#chat-found-state", "6 pesan")
    return page


def choose(page, text):
    next(each for each in page.all("#chat-found-list .hit") if text in each.text).click()


def numbers(page):
    return [int(re.search(r"\d+", text)[0]) for text in page.messages()]


def without_holes(page):
    found = numbers(page)
    assert found == list(range(found[0], found[-1] + 1)), "a hole"
    return found


def test_a_page_that_is_late_never_lands_in_another_part(page):
    choose(page, "jarum nomor 700")
    page.see("#rows .is-found .text", "jarum nomor 700")
    hold(page, "after=")
    page.until(lambda: scrolled(page, 1) and held(page) == 1, "the page after it")
    let_others_pass(page)
    choose(page, "jarum nomor 1700")
    page.see("#rows .is-found .text", "jarum nomor 1700")
    release(page)
    scroll_until(page, "-scrollHeight", "jerami 1600")
    assert without_holes(page)[0] > 1000


def test_an_older_page_that_is_late_never_lands_at_the_newest_end(page):
    choose(page, "jarum nomor 700")
    page.see("#rows .is-found .text", "jarum nomor 700")
    hold(page, "before=")
    page.until(lambda: scrolled(page, -1) and held(page) == 1, "the page before it")
    page.click("#to-newest")
    page.until(lambda: in_view(page, "jerami 2999"), "the newest message")
    release(page)
    scroll_until(page, "-scrollHeight", "jerami 2900")
    without_holes(page)


def scrolled(page, direction):
    page.run("""
        const log = document.getElementById("log");
        log.scrollTop += arguments[0] * log.scrollHeight;""", direction)
    return True


def test_a_conversation_left_during_a_jump_is_at_its_end_again(page):
    hold(page, "before=")
    choose(page, "jarum nomor 700")
    page.until(lambda: held(page) == 1, "the messages around it")
    page.run("location.hash = ''")
    page.see("#welcome")
    release(page)
    page.open_chat("budi")
    page.until(lambda: in_view(page, "jerami 2999"), "the newest message")
    page.until(lambda: passed(page) == 1, "the jump's answer")
    assert in_view(page, "jerami 2999") and numbers(page)[-1] == 2999
    without_holes(page)
