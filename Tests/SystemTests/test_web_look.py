"""The appearance of the web client: dark by default, light by choice, both under axe."""

import re

import pytest
from selenium.webdriver.common.keys import Keys


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_axe_finds_no_violation_in_any_view(open_browser, people, shared_house, appearance):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_house)
    page.prefer(prefers_reduced_motion="reduce")
    found = {}

    def look(view):
        found[view] = page.violations()
        page.screenshot(f"{appearance}-{view}")

    page.open()
    if appearance == "light":
        page.run("""localStorage.setItem("whatsapp-kw.appearance", '"light"')""")
        page.reload()
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
    page.click("#open-settings")
    look("settings")
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


@pytest.mark.parametrize("preferred", [None, "light", "dark"])
def test_the_page_is_dark_whatever_the_browser_prefers(open_browser, shared_house, preferred):
    page = open_browser(shared_house)
    if preferred:
        page.prefer(prefers_color_scheme=preferred)
    page.open()
    page.see("#login h1")
    assert ground(page) == DARK


def test_a_choice_of_light_lasts_until_the_next_choice(open_browser, people, shared_house):
    sari, = people("sari")
    page = open_browser(shared_house)
    page.enter(sari)
    for button, after in (("terang", LIGHT), ("gelap", DARK), ("terang", LIGHT)):
        page.click("#open-settings")
        page.see("#appearance", button)
        page.click("#appearance")
        assert ground(page) == after
        page.reload()
        page.see("#dashboard")
        assert ground(page) == after
    page.click("#open-settings")
    page.click("#logout")
    page.see("#login")
    assert ground(page) == LIGHT
    page.reload()
    page.see("#login")
    assert ground(page) == LIGHT
