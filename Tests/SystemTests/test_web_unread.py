"""Unread messages stay so until they are seen: while answers are late, when many come at once, and
as the window changes."""

import pytest

from browser import PHONE
from held import held, hold, may_be_late, release
from test_web_reading import in_view, scroll_to_end, unread

LONG = "belum {}\nbaris kedua\nbaris ketiga"


def send_many(sender, receiver, count):
    for number in range(count):
        sender.send(receiver, LONG.format(number))


@pytest.fixture
def visited(open_browser, people, shared_box):
    """A page that has left a conversation in which all was read, and remembers that."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "sudah lama")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.until(lambda: unread(sari, budi) == 0, "the first is read")
    page.until(lambda: remembered(page, sari) == [0], "the list that is kept")
    page.address = page.driver.current_url
    assert page.address.endswith(f"#chat/{budi.id}")
    page.driver.get("about:blank")
    return page, sari, budi


def remembered(page, person):
    return page.run("""
        return JSON.parse(localStorage.getItem(arguments[0])).map((row) => row.unreadCount);""",
        f"whatsapp-kw.known.{person.id}")


@pytest.mark.parametrize("count", [12, 120])
def test_a_conversation_opened_from_its_address_opens_at_the_first_unread_message(
        visited, count):
    """Although the list that the page kept says that all was read."""
    page, sari, budi = visited
    send_many(budi, sari, count)
    may_be_late(page, "/friends/")
    page.driver.get(page.address)
    page.see("#rows .text", f"belum {count - 1}")
    page.until(lambda: held(page) == 1, "the server's list")
    page.run("dispatchEvent(new Event('focus'))")
    release(page)
    page.see("#rows .unread-divider", f"{count} pesan belum dibaca")
    page.until(lambda: in_view(page, "belum 0"), "the first unread message")
    page.until(lambda: unread(sari, budi) < count, "those on the screen are read")
    assert unread(sari, budi) > 0, "the rest was not shown"
    scroll_to_end(page, f"belum {count - 1}")
    page.until(lambda: unread(sari, budi) == 0, "all of it is read")


def test_a_divider_goes_where_all_was_read_elsewhere(visited):
    """The list that the page kept says that something is unread, and the server knows better."""
    page, sari, budi = visited
    page.open()
    send_many(budi, sari, 30)
    page.see(".contact .unread", "30")
    page.until(lambda: remembered(page, sari) == [30], "the list that is kept")
    page.driver.get("about:blank")
    sari.read(budi, budi.history(sari)[-1]["timestamp"])
    may_be_late(page, "/friends/")
    page.driver.get(page.address)
    page.see("#rows .unread-divider", "30 pesan belum dibaca")
    release(page)
    page.not_see("#rows .unread-divider")
    page.until(lambda: in_view(page, "belum 29"), "the newest message")


def test_a_message_sent_on_the_way_to_the_first_unread_one_stays_in_view(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "yang pertama dari semua")
    sari.read(budi, budi.history(sari)[-1]["timestamp"])
    send_many(budi, sari, 120)
    page = may_be_late(open_browser(shared_box)).enter(sari)
    hold(page, "before=")
    page.open_chat(budi.username)
    page.until(lambda: held(page) == 1, "the messages around the first unread one")
    page.write("sudah kubalas")
    page.until(lambda: budi.texts(sari)[-1] == "sudah kubalas", "the server has it")
    release(page)
    page.see("#rows .sent .text", "sudah kubalas")
    page.see("#rows .text", "belum 119")
    page.until(lambda: in_view(page, "sudah kubalas"), "what was sent")
    page.until(lambda: unread(sari, budi) == 0, "all is read")
    assert not any("pertama" in text or "belum 0\n" in text for text in page.messages())
    assert in_view(page, "sudah kubalas")


def test_more_than_a_screen_at_once_is_not_read_unseen(open_browser, people, shared_box):
    """The list follows its end, but not past the first message that nobody has seen."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "yang pertama")
    page = may_be_late(open_browser(shared_box)).enter_chat(sari, budi)
    page.until(lambda: unread(sari, budi) == 0, "the first is read")
    assert page.run("return document.hasFocus()")
    hold(page, "/friends/")
    send_many(budi, sari, 40)
    page.until(lambda: held(page) == 1, "the poll's answer")
    release(page)
    page.see("#rows .unread-divider", "40 pesan belum dibaca")
    page.until(lambda: in_view(page, "belum 0"), "where they begin")
    page.until(lambda: 0 < unread(sari, budi) < 40, "those on the screen are read")
    page.click("#to-newest")
    page.until(lambda: in_view(page, "belum 39"), "the newest message")
    page.until(lambda: unread(sari, budi) == 0, "all are read")


def test_the_newest_messages_are_one_click_away_from_the_first_unread_one(
        open_browser, people, shared_box):
    """Also where those between the two are not loaded."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "yang pertama")
    sari.read(budi, budi.history(sari)[-1]["timestamp"])
    send_many(budi, sari, 200)
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.until(lambda: in_view(page, "belum 0"), "the first unread message")
    page.click("#to-newest")
    page.until(lambda: in_view(page, "belum 199"), "the newest message")
    page.until(lambda: unread(sari, budi) == 0, "all are read")
    assert in_view(page, "belum 199")


def test_what_a_larger_window_shows_is_read(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "yang pertama")
    sari.read(budi, budi.history(sari)[-1]["timestamp"])
    send_many(budi, sari, 30)
    page = open_browser(shared_box, PHONE)
    page.resize(PHONE[0], 500)
    page.enter_chat(sari, budi)
    page.until(lambda: in_view(page, "belum 0"), "the first unread message")
    page.until(lambda: unread(sari, budi) < 30, "those on the screen are read")
    before = unread(sari, budi)
    assert not in_view(page, f"belum {30 - before + 2}\n")
    page.resize(*PHONE)
    page.until(lambda: unread(sari, budi) < before, "those that came into view are read")
    assert unread(sari, budi) > 0
