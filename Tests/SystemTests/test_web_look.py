"""The appearance of the web client: as the system by default, else by choice; both under axe."""

import re

import pytest
from selenium.webdriver.common.keys import Keys

from browser import LAPTOP, PHONE


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_axe_finds_no_violation_in_any_view(open_browser, people, shared_box, appearance):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_box)
    page.prefer(prefers_reduced_motion="reduce")
    found = {}

    def look(view):
        found[view] = page.violations()
        page.screenshot(f"{appearance}-{view}")

    page.open()
    page.prefer(prefers_reduced_motion="reduce", prefers_color_scheme=appearance)
    page.see("#login h1")
    look("login")
    page.login("", "")
    page.see("#login-username-problem")
    look("login-problems")
    page.open("/#register")
    page.see("#register h1")
    look("register")
    budi.send(sari, "Sari, jadi ke pasar besok?\nAku bawa tas besar.")
    sari.send(budi, "Jadi! Jam tujuh ya \U0001F60A")
    sari.send(budi, "\U0001F44D\U0001F389")
    budi.send(sari, "Sip. Alamatnya: https://pasar.example/peta?lantai=2")
    tono.befriend(budi)
    budi.send(tono, "x")
    page.enter(sari)
    page.see(".contact .unread", "2")
    look("dashboard")
    page.open_chat(budi.username)
    page.see("#rows .text", "Sip.")
    page.write("Oke, sampai besok!")
    page.see("#rows .sent .text", "Oke")
    look("conversation")
    page.click("#open-emoji")
    look("emoji")
    page.press(Keys.ESCAPE)
    page.click("#open-add-friend")
    look("add-friend")
    page.press(Keys.ESCAPE)
    page.click("#open-person")
    look("person")
    page.click("#person-block")
    look("confirm")
    page.press(Keys.ESCAPE)
    page.press(Keys.ESCAPE)
    page.click("#open-settings")
    for section in ("account", "security", "look", "notifications", "blocked", "about"):
        page.click(f"#settings-tab-{section}")
        look(f"settings-{section}")
    assert not any(found.values()), {view: rules for view, rules in found.items() if rules}


def test_the_first_words_stand_in_the_page_as_the_client_has_them(client):
    page = client.get("/").text
    words = client.get("/js/words/id.js").text
    found = dict(re.findall(r'data-word="([\w.]+)">([^<]+)<', page))
    assert found["login.subtitle"] == "Login to start messaging"
    for path, text in found.items():
        assert f'{path.split(".")[-1]}: "{text}"' in words, path


def ground(page):
    return page.run("""
        const { backgroundColor, backgroundImage } = getComputedStyle(document.body);
        return [backgroundColor, backgroundImage.slice(0, 32)];""")


BAND = "linear-gradient(rgb(0, 168, 132)"
DARK, LIGHT = ["rgb(11, 20, 26)", BAND], ["rgb(217, 219, 213)", BAND]


@pytest.mark.parametrize("preferred, expected", [("light", LIGHT), ("dark", DARK)])
def test_the_page_follows_the_system_until_a_person_chooses(
        open_browser, people, shared_box, preferred, expected):
    sari, = people("sari")
    page = open_browser(shared_box)
    page.prefer(prefers_color_scheme=preferred)
    page.open()
    page.see("#login h1")
    assert ground(page) == expected
    other = {"light": "dark", "dark": "light"}[preferred]
    page.prefer(prefers_color_scheme=other)
    page.until(lambda: ground(page) != expected, "the system's new theme")
    page.enter(sari)
    page.open_settings("look")
    assert page.find("#appearance input[value='system']").is_selected()
    page.click(f"#appearance input[value='{preferred}']")
    assert ground(page) == expected
    page.press(Keys.ESCAPE)
    for _ in range(2):
        page.reload()
        page.see("#dashboard")
        assert ground(page) == expected
    page.click("#open-settings")
    page.click("#logout")
    page.see("#login")
    assert ground(page) == expected


def test_the_theme_is_set_before_the_first_paint(open_browser, shared_box):
    """The modules are held up: what decides the theme is no module."""
    page = open_browser(shared_box, load="none")
    page.prefer(prefers_color_scheme="dark")
    page.before_scripts("""
        localStorage.setItem("whatsapp-kw.appearance", '"light"');
        new MutationObserver(() => {
            if (document.body && !window.atFirst)
                window.atFirst = document.documentElement.dataset.appearance ?? "none";
        }).observe(document, { childList: true, subtree: true });""")
    page.open()
    page.until(lambda: page.run("return window.atFirst") is not None, "a body")
    assert page.run("return window.atFirst") == "light"


def test_the_log_in_stands_in_the_middle_with_the_product_s_mark(open_browser, shared_box):
    page = open_browser(shared_box).open()
    page.see("#login .mark")
    left, right, above, below = page.run("""
        const box = document.querySelector("#login .card").getBoundingClientRect();
        return [box.left, innerWidth - box.right, box.top, innerHeight - box.bottom];""")
    assert abs(left - right) <= 1 and abs(above - below) <= 1
    mark = page.run("return document.querySelector('#login .mark use').getAttribute('href')")
    assert mark == "#icon-product"


def test_the_wallpaper_is_larger_than_the_messages_ever_are(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, (2560, 1300)).enter_chat(sari, budi)
    width, height = page.run("""
        const { offsetWidth, offsetHeight } = document.querySelector(".log-frame");
        return [offsetWidth, offsetHeight];""")
    picture = page.driver.execute_async_script("""
        const image = new Image();
        image.onload = () => arguments[0]([image.naturalWidth, image.naturalHeight]);
        image.src = "images/wallpaper.svg";""")
    assert width <= picture[0] and height <= picture[1]


@pytest.mark.parametrize("picture, size, appearance", [
    ("conversation", LAPTOP, "dark"), ("phone", PHONE, "light")])
def test_the_pictures_of_the_readme_show_the_client(
        open_browser, box, picture, size, appearance):
    """They go to `screenshots`; docs/images has copies."""
    sari, tono, budi, wati = box.friends("sari.dewi", "tono", "budi", "wati.k")
    page = open_browser(box, size)
    page.prefer(prefers_color_scheme=appearance, prefers_reduced_motion="reduce")
    sari.send(wati, "Halo kak, laporannya sudah aku kirim")
    budi.send(sari, "Sari, jadi ke pasar besok?")
    bag = budi.send(sari, "Aku bawa tas besar. Lihat https://pasar.example/peta ya")
    sari.send(budi, "Jadi! Jam tujuh ya \U0001F60A", reply=bag["id"])
    thumb = budi.send(sari, "\U0001F44D\U0001F389")
    sari.read(budi, thumb["timestamp"])
    budi.read(sari, thumb["timestamp"])
    sari.send(budi, "Sip, sampai besok. Jangan lupa payungnya, katanya hujan seharian dan "
              "parkirnya selalu penuh kalau sudah siang.")
    tono.send(sari, "Hai")
    page.enter_chat(sari, budi)
    page.see("#rows .text", "Sip, sampai besok")
    page.type("Oke")
    assert page.violations() == []
    page.screenshot(f"readme-{picture}")
