"""Details of the web client: days, edges, focus, initials, links."""

import pytest
from selenium.webdriver.common.keys import Keys

from browser import LAPTOP, PHONE
from crowds import crowd, enter
from page_clock import WallClock

DAY = 86_400_000


def test_today_becomes_yesterday_after_midnight(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, speed=20)  # the page looks at its clock every 20 s
    clock = WallClock(page)
    page.enter_chat(sari, budi)
    page.write("sebelum tengah malam")
    page.see("#rows .sent .text", "sebelum")
    page.see("#rows .day", "Hari ini")
    clock.set(DAY)
    page.run("dispatchEvent(new Event('focus'))")
    page.see("#rows .day", "Kemarin")
    page.see(".contact .when", "Kemarin")
    clock.set(2 * DAY)  # nobody touches the page
    page.until(lambda: "Kemarin" not in page.texts("#rows .day")[0], "the day before yesterday")
    assert "Kemarin" not in page.texts(".contact .when")[0]


def test_enter_after_an_emoji_sends(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.click("#open-emoji")
    page.click("#emoji button[title='tertawa terbahak-bahak']")
    page.click("#emoji button[title='wajah tersenyum dengan mata bahagia']")  # it stays for more
    assert page.draft() == "\U0001F923\U0001F60A"
    page.press(" ya", Keys.ENTER)
    page.see("#rows .sent .text", "\U0001F923\U0001F60A ya")
    page.press(Keys.ESCAPE)
    page.not_see("#emoji")
    page.see("#chat")  # Escape closed the board, not the chat
    page.run("document.getElementById('open-emoji').focus()")
    page.press(Keys.ENTER)
    page.see("#emoji")
    assert page.focused() == "emoji-search"
    page.press("berurai", Keys.ARROW_DOWN, Keys.ENTER)  # by keyboard alone
    page.not_see("#emoji")
    assert page.draft() == "\U0001F602"
    page.press(Keys.ENTER)
    page.until(lambda: page.sent()[-1] == "\U0001F602", "it is sent, once")
    assert page.draft() == ""


def test_every_field_is_large_enough_for_a_phone_not_to_zoom(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, PHONE).enter(sari)
    small = page.run("""
        return [...document.querySelectorAll("input, textarea, select")].filter(
            (node) => parseFloat(getComputedStyle(node).fontSize) < 16).map((node) => node.id);""")
    assert small == []


def test_no_page_needs_a_scroll_bar(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box)

    def beyond():
        """By how much the page is wider or taller than its window, at those sizes."""
        found = {}
        for size in [(1920, 1080), (1280, 800), (1024, 700), (961, 600), PHONE]:
            page.resize(*size)
            found[size] = page.run("""
                const { scrollHeight, scrollWidth } = document.documentElement;
                return [scrollWidth - innerWidth, scrollHeight - innerHeight];""")
        return {size: excess for size, excess in found.items() if excess != [0, 0]}
    page.open("/")
    page.see("#login h1")
    assert beyond() == {}
    page.enter(sari)
    assert beyond() == {}
    page.resize(*LAPTOP)
    page.open_chat(budi.username)
    assert beyond() == {}


def place(page, selector):
    return page.run("""
        const { left, right, top, bottom } = document.querySelector(arguments[0])
            .getBoundingClientRect();
        return { left, right, top, bottom, middle: (left + right) / 2 };""", selector)


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_contacts_stand_in_line_with_each_other_and_the_search(
        open_browser, people, shared_box, size):
    sari, budi, tono = people("sari", "budi", "tono")
    for _ in range(12):
        budi.send(sari, "pesan yang cukup panjang untuk tidak muat di satu baris kontak ini")
    page = open_browser(shared_box, size).enter(sari)
    page.see(".contact .unread", "12")
    search, avatar, name, when, last, unread, own, own_name, icon = (
        place(page, selector) for selector in (
            "#search", ".contact .avatar", ".contact .name", ".contact .when", ".contact .last",
            ".contact .unread", "#own-avatar", "#own-name", ".search svg"))
    assert abs(search["left"] - avatar["left"]) <= 1
    assert abs(search["right"] - when["right"]) <= 1
    assert abs(when["right"] - unread["right"]) <= 1
    assert abs(icon["middle"] - avatar["middle"]) <= 1
    assert abs(own["middle"] - avatar["middle"]) <= 1
    assert abs(own_name["left"] - name["left"]) <= 1
    assert abs(name["left"] - last["left"]) <= 1
    text = page.run("""
        return parseFloat(getComputedStyle(document.getElementById("search")).paddingLeft);""")
    assert abs(search["left"] + text + 1 - name["left"]) <= 1
    baseline = """
        const line = (selector) => {
            const mark = document.createElement("span");
            mark.style.cssText = "display:inline-block;width:0;height:0";
            document.querySelector(selector).append(mark);
            const { bottom } = mark.getBoundingClientRect();
            mark.remove();
            return bottom;
        };
        return arguments[0].map(line);"""
    one, other = page.run(baseline, [".contact .name", ".contact .when"])
    assert abs(one - other) <= 1
    one, other = page.run(baseline, [".contact .last", ".contact .unread"])
    assert abs(one - other) <= 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_answers_a_newcomer_is_within_the_list(open_browser, people, shared_box, language):
    (sari,), (budi,) = people("sari"), people("budi")
    budi.befriend(sari)
    page = open_browser(shared_box, language=language).enter(sari)
    page.see(".newcomer-choices")
    found = {}
    for width in (1280, 1210, 1190, 960, 820, 730, 390, 370, 320):
        page.resize(width, 800)
        choices = page.run("""
            return [...document.querySelectorAll(".newcomer-choices > *")].map((node) => {
                const { left, right, top } = node.getBoundingClientRect();
                return { left, right, top };
            });""")
        avatar, pane = (place(page, each) for each in (".is-newcomer .avatar", "#contact-list"))
        found[width] = [each for each in choices if each["right"] > pane["right"] - 4 or (
            each["left"] < avatar["right"] and each["top"] < avatar["bottom"])]
    assert not any(found.values()), found


def test_the_tabs_of_the_settings_stay_in_place(open_browser, people, shared_box):
    sari, = people("sari")
    page = open_browser(shared_box, PHONE).enter(sari)
    page.click("#open-settings")

    def places():
        return page.run("""
            const tabs = [...document.querySelectorAll("#settings .tab")];
            return tabs.map(({ offsetLeft, offsetTop }) =>
                [offsetLeft - tabs[0].offsetLeft, offsetTop - tabs[0].offsetTop]);""")
    first = places()
    for section in ("notifications", "about", "security"):
        page.click(f"#settings-tab-{section}")
        assert places() == first


def test_the_composer_has_no_ring_around_its_focus(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    look = """
        const { borderTopColor, boxShadow, outlineColor, outlineStyle } = getComputedStyle(
            document.getElementById("message"));
        return [borderTopColor, boxShadow, outlineStyle === "none" ? "" : outlineColor];"""
    page.click("#message")
    page.press("a")
    assert page.focused() == "message"
    border, shadow, outline = page.run(look)
    assert border == "rgba(0, 0, 0, 0)" and shadow == "none" and outline in ("", border)
    assert page.run("return getComputedStyle(document.getElementById('message')).caretColor") \
        != page.run("return getComputedStyle(document.getElementById('message')).color")


def test_badges_are_light_on_dark_in_the_light_appearance(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "halo")
    page = open_browser(shared_box)
    page.open()
    page.run("""localStorage.setItem("whatsapp-kw.appearance", '"light"')""")
    page.enter(sari)
    page.see(".contact .unread", "1")
    colour = page.run("return getComputedStyle(document.querySelector('.unread')).color")
    assert colour == "rgb(255, 255, 255)"
    assert page.violations() == []


FAMILY = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"
NAMES = {
    f"{FAMILY} Keluarga": FAMILY, "budi": "B", "\U0001F1EE\U0001F1E9 Merah": "\U0001F1EE\U0001F1E9",
    "e\u0301mile": "E\u0301", "\u202e\u200bterbalik": "T", "\u200b": "?", "  ": "?",
    "a" + "\u0301" * 300: "A", "\u0e19\u0e35\u0e48": "\u0e19\u0e35\u0e48",
    "\U0001F44B\U0001F3FD halo": "\U0001F44B\U0001F3FD", "3\ufe0f\u20e3": "3\ufe0f\u20e3",
}


@pytest.mark.parametrize("has_segmenter", [True, False])
def test_initials_are_whole_characters(open_browser, tmp_path, has_segmenter):
    box = crowd(tmp_path, list(NAMES)).start()
    page = open_browser(box)
    if not has_segmenter:  # Firefox got it late
        page.before_scripts("delete Intl.Segmenter;")
    enter(page, box)
    found = dict(page.run("""
        return [...document.querySelectorAll(".contact")].map((node) => [
            node.querySelector(".name").textContent, node.querySelector(".avatar").textContent]);
        """))
    box.stop()
    assert found == NAMES


def test_a_link_shows_where_it_leads(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    texts = [
        "https://bank.example/\u202egpj.exe", "\u202ehttps://moc.live/",
        "lihat www.contoh.example/a, ya",
        "https://bank.example@jahat.example/", "surel saya@www.contoh.example",
    ]
    for text in texts:
        budi.send(sari, text)
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.until(lambda: page.messages() == texts, "all of them")
    links = page.run("""
        return [...document.querySelectorAll("#rows a")].map((node) => [
            node.textContent, node.href, getComputedStyle(node).unicodeBidi, node.dir]);""")
    assert links == [
        ["https://bank.example/", "https://bank.example/", "isolate", "ltr"],
        ["https://moc.live/", "https://moc.live/", "isolate", "ltr"],
        ["www.contoh.example/a", "https://www.contoh.example/a", "isolate", "ltr"],
    ]
