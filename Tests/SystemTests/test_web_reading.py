"""Read markers in the web client: where a conversation opens, what counts as read, and ticks."""

import pytest

from browser import LAPTOP, PHONE

COUNT_MARKS = """
    window.plain = window.fetch;
    window.marks = [];
    window.fetch = (url, options) => {
        if (String(url).includes("chat/read")) window.marks.push(JSON.parse(options.body).upTo);
        return window.plain(url, options);
    };"""


def unread(person, friend):
    return next(row for row in person.friends() if row["id"] == friend.id)["unreadCount"]


def in_view(page, text):
    return page.run("""
        const log = document.getElementById("log").getBoundingClientRect();
        return [...document.querySelectorAll("#rows .row")].some((row) => {
            const box = row.getBoundingClientRect();
            return row.innerText.includes(arguments[0])
                && box.top >= log.top - 1 && box.bottom <= log.bottom + 1;
        });""", text)


def scroll_to_end(page, last):
    def is_there():
        page.run("const log = document.getElementById('log'); log.scrollTop += 300;")
        return in_view(page, last)
    page.until(is_there, last)


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
@pytest.mark.parametrize("count", [12, 120])
def test_a_conversation_opens_at_its_first_unread_message(
        open_browser, people, shared_box, size, count):
    """It is read as far as it was shown, in every browser of that person."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "sudah lama")
    page = open_browser(shared_box, size).enter_chat(sari, budi)
    page.see("#rows .text", "sudah lama")
    page.until(lambda: unread(sari, budi) == 0, "the first is read")
    page.run("location.hash = ''")
    page.see(".contact")
    for number in range(count):
        budi.send(sari, f"belum {number}\nbaris kedua\nbaris ketiga")
    elsewhere = open_browser(shared_box).enter(sari)
    page.see(".contact .unread", str(count))
    page.until(lambda: page.driver.title == f"({count}) WhatsApp KW", "the title")
    page.open_chat(budi.username)
    page.see("#rows .unread-divider", f"{count} pesan belum dibaca")
    page.until(lambda: in_view(page, "belum 0"), "the first unread message")
    assert page.violations() == []
    page.screenshot(f"unread-{size[0]}-{count}")
    page.until(lambda: unread(sari, budi) < count, "some are read")
    left = unread(sari, budi)
    assert left > 0, "the rest was not shown"
    elsewhere.see(".contact .unread", str(left))
    scroll_to_end(page, f"belum {count - 1}")
    page.until(lambda: unread(sari, budi) == 0, "all of it is read")
    elsewhere.not_see(".contact .unread")
    elsewhere.until(lambda: elsewhere.driver.title == "WhatsApp KW", "the title")
    if count == 12:
        page.see("#rows .unread-divider")
    fresh = open_browser(shared_box).enter_chat(sari, budi)
    fresh.see("#rows .text", f"belum {count - 1}")
    assert fresh.all("#rows .unread-divider") == []
    assert in_view(fresh, f"belum {count - 1}")


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_ticks_say_what_is_stored_and_what_is_read(open_browser, people, shared_box, appearance):
    sari, budi = people("sari", "budi")
    page, theirs = open_browser(shared_box), open_browser(shared_box)
    page.prefer(prefers_color_scheme=appearance)
    page.enter_chat(sari, budi)
    theirs.enter(budi)
    page.write("sudah dibaca?")
    page.see("#rows .symbol.sent")
    page.see(".contact .last .symbol.sent")
    theirs.see(".contact .unread", "1")
    assert page.all("#rows .symbol.read") == []
    theirs.open_chat(sari.username)
    page.see("#rows .symbol.read")
    page.see(".contact .last .symbol.read")
    page.not_see("#rows .symbol.sent")
    label = page.find("#rows .symbol.read").get_attribute("aria-label")
    colour = page.run("return getComputedStyle(document.querySelector('#rows .read')).color")
    assert (label, colour) == (
        "Dibaca", "rgb(83, 189, 235)" if appearance == "dark" else "rgb(0, 103, 168)")
    page.write("yang ini juga")
    page.until(lambda: len(page.all("#rows .symbol.read")) == 2, "both are read")
    assert page.violations() == []
    page.screenshot(f"{appearance}-ticks")


def test_nothing_is_read_while_nobody_looks(open_browser, people, shared_box):
    """Neither without the focus, nor under a dialog. The first unread message stays in view."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "yang pertama")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.until(lambda: unread(sari, budi) == 0, "the first is read")
    page.run("document.hasFocus = () => false")
    for number in range(40):
        budi.send(sari, f"sementara itu {number}")
    page.see("#rows .text", "sementara itu 0")
    page.see("#rows .unread-divider", "40 pesan belum dibaca")
    page.until(lambda: in_view(page, "sementara itu 0"), "where they begin")
    assert unread(sari, budi) == 40
    page.run("delete document.hasFocus; dispatchEvent(new Event('focus'))")
    page.until(lambda: 0 < unread(sari, budi) < 40, "those on the screen are read")
    scroll_to_end(page, "sementara itu 39")
    page.until(lambda: unread(sari, budi) == 0, "all are read")
    page.click("#open-settings")
    budi.send(sari, "di balik dialog")
    page.see(".contact .unread", "1")
    assert unread(sari, budi) == 1
    page.click("#settings .close")
    page.until(lambda: unread(sari, budi) == 0, "the last is read")


def test_many_messages_are_marked_in_few_requests(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, speed=1).enter_chat(sari, budi)
    page.run(COUNT_MARKS)
    for number in range(30):
        last = budi.send(sari, f"deras {number}")
    scroll_to_end(page, "deras 29")
    page.until(lambda: unread(sari, budi) == 0, "all are read")
    marks = page.run("return window.marks")
    assert len(marks) <= 10 and marks == sorted(set(marks))
    assert marks[-1] == last["timestamp"]


def test_a_mark_that_fails_is_sent_again(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.run("""
        window.plain = window.fetch;
        window.fails = 2;
        window.fetch = (url, options) => String(url).includes("chat/read") && window.fails-- > 0
            ? Promise.reject(new TypeError("away")) : window.plain(url, options);""")
    budi.send(sari, "terbaca juga")
    page.see("#rows .text", "terbaca juga")
    page.not_see(".contact .unread")
    page.until(lambda: unread(sari, budi) == 0, "the mark")
