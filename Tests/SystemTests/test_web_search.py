"""Searching messages in the web client: in one conversation and in all of them."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import LAPTOP, PHONE
from crowds import crowd, enter

PENDING = """
    window.plain = window.fetch;
    window.searches = [];
    window.fetch = (url, options) => {
        if (!String(url).includes("chat/search")) return window.plain(url, options);
        const search = { q: new URL(url).searchParams.get("q"), ended: false };
        window.searches.push(search);
        options.signal.addEventListener("abort", () => { search.ended = true; });
        return window.answer ? window.answer(url, options)
            : new Promise((_, reject) => options.signal.addEventListener("abort", () => reject()));
    };"""


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_the_list_finds_messages_of_all_conversations(
        open_browser, people, shared_box, appearance):
    sari, budi, tono = people("sari", "budi", "tono")
    budi.send(sari, "Besok kita ke Pasar Baru, jam tujuh pagi ya, jangan terlambat lagi")
    for number in range(60):
        budi.send(sari, f"pengisi {number}")
    sari.send(tono, "di pasar lama saja")
    page = open_browser(shared_box)
    page.prefer(prefers_color_scheme=appearance)
    page.enter(sari)
    page.fill("#search", "Pasar")
    page.see("#found-state", "2 pesan")
    assert page.texts("#found mark") == ["pasar", "Pasar"]
    assert page.texts("#found .name") == [tono.username, budi.username]
    assert "Kamu:" in page.find("#found .hit").text
    page.see("#contacts-empty", "Tidak ada kontak")
    assert page.violations() == []
    page.screenshot(f"{appearance}-search")
    page.all("#found .hit")[1].click()
    page.see("#chat-name", budi.username)
    page.see("#rows .is-found .text", "Besok kita ke Pasar Baru")
    assert page.texts("#rows mark") == ["Pasar"]
    assert page.violations() == []
    page.click("#search")
    page.press(Keys.ESCAPE)
    page.not_see("#found")


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_conversation_is_searched_by_keyboard_alone(open_browser, people, shared_box, size):
    sari, budi = people("sari", "budi")
    for number in range(3):
        budi.send(sari, f"resep nomor {number}")
    budi.send(sari, "tidak ada hubungannya")
    page = open_browser(shared_box, size).enter_chat(sari, budi)
    page.see("#rows .text", "tidak ada hubungannya")
    page.run("document.getElementById('open-person').focus()")
    page.press(Keys.TAB)
    assert page.focused() == "open-chat-search"
    page.press(Keys.ENTER)
    page.until(lambda: page.focused() == "chat-search-text", "the focus")
    page.press("Resep")
    page.see("#chat-found-state", "3 pesan")
    assert page.violations() == []
    page.screenshot(f"chat-search-{size[0]}")
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP)
    assert "resep nomor 1" in page.run("return document.activeElement.textContent")
    page.press(Keys.ENTER)
    page.see("#rows .is-found .text", "resep nomor 1")
    assert page.texts("#rows mark") == ["resep"]
    if size == PHONE:
        page.not_see("#chat-search")
        return
    page.run("document.getElementById('chat-search-text').focus()")
    page.press(Keys.ESCAPE)
    page.not_see("#chat-search")
    assert page.focused() == "open-chat-search"
    assert page.texts("#rows mark") == []
    page.press(Keys.ENTER)
    assert page.find("#chat-search-text").get_property("value") == ""
    assert page.all("#chat-found-list .hit") == []


def test_a_search_is_told_from_what_follows_it(open_browser, people, shared_box):
    """A further key ends the request before. A refusal waits, and a failure offers a retry."""
    sari, budi = people("sari", "budi")
    budi.send(sari, "ketemu juga")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.run(PENDING)
    page.click("#open-chat-search")
    page.press("kete")
    page.see("#chat-found-state", "Mencari")
    page.until(lambda: page.run("return searches.length") == 1, "one request for four keys")
    page.press("mu")
    page.until(lambda: page.run("return searches.length") == 2, "the next request")
    assert page.run("return searches.map((each) => [each.q, each.ended])") == [
        ["kete", True], ["ketemu", False]]
    page.run("""
        let refusals = 2;
        window.answer = (url, options) => refusals-- > 0
            ? Promise.resolve(new Response(
                '{"error": "Pencarian sebelumnya belum selesai.", "code": "too_many_attempts"}',
                { status: 429, headers: { "Retry-After": "1" } }))
            : Promise.reject(new TypeError("away"));""")
    page.press(" juga")
    page.see("#chat-found-state", "Server tidak bisa dihubungi")
    assert page.run("return searches.length") == 5
    page.run("window.answer = window.plain")
    page.click("#chat-found-more")
    page.see("#chat-found-state", "1 pesan")
    page.press(Keys.ESCAPE)
    page.click("#open-chat-search")
    page.press("tidak ada")
    page.see("#chat-found-state", "Tidak ada pesan dengan “tidak ada”")


def test_a_search_goes_on_where_it_ended_and_leads_far_back(open_browser, tmp_path):
    """The messages around a hit are shown, not all since then; both ways lead on from there."""
    texts = [f"jarum nomor {number}" if number % 100 == 0 else f"jerami {number}"
             for number in range(3000)]
    box = crowd(tmp_path, ["budi"], texts).start()
    try:
        page = enter(open_browser(box), box)
        page.open_chat("budi")
        page.see("#rows .text", "jerami 2999")
        page.click("#open-chat-search")
        page.press("jarum")
        page.see("#chat-found-state", "20 pesan")
        page.click("#chat-found-more")
        page.see("#chat-found-state", "30 pesan")
        page.see("#chat-found-list", "jarum nomor 0")
        assert "jarum nomor 900" in page.run("return document.activeElement.textContent")
        assert page.all("#chat-found-more:not([hidden])") == []
        before = requests_for(page, "chat/history")
        next(each for each in page.all("#chat-found-list .hit")
             if "jarum nomor 700" in each.text).click()
        page.see("#rows .is-found .text", "jarum nomor 700")
        assert requests_for(page, "chat/history") - before <= 3
        page.see("#rows .text", "jerami 701")
        page.see("#rows .text", "jerami 699")
        assert not any("jerami 2999" in text for text in page.messages())
        scroll_until(page, "scrollHeight", "jerami 790")
        scroll_until(page, "-scrollHeight", "jerami 610")
        page.click("#to-newest")
        page.see("#rows .text", "jerami 2999")
        next(each for each in page.all("#chat-found-list .hit")
             if "jarum nomor 2900" in each.text).click()
        page.see("#rows .is-found .text", "jarum nomor 2900")
        scroll_until(page, "scrollHeight", "jerami 2999")
    finally:
        box.stop()


def requests_for(page, path):
    return page.run("""
        return performance.getEntriesByType("resource")
            .filter(({ name }) => name.includes(arguments[0])).length""", path)


def scroll_until(page, by, text):
    def scrolled():
        page.run(f"const log = document.getElementById('log'); log.scrollTop += log.{by.strip('-')}"
                 .replace("+=", "-=" if by.startswith("-") else "+="))
        assert page.run("return document.getElementById('rows').childElementCount") <= 180
        return any(text == each for each in page.messages())
    page.until(scrolled, text)
