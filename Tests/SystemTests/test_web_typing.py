"""Typing into the web client: input methods, touch, passwords, names, drafts in two tabs."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import PHONE


def at_chat(open_browser, box, people, size=None):
    sari, budi = people("sari", "budi")
    page = open_browser(box, size) if size else open_browser(box)
    page.enter_chat(sari, budi)
    page.see("#log-state", "Belum ada pesan")
    return page, sari, budi


def press_in_composition(page, key):
    """As Safari does: the composition has ended, and the key that ended it still has the code of an
    input method."""
    for kind in ("rawKeyDown", "keyUp"):
        page.command(
            "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=229)


def test_enter_that_ends_a_composition_sends_nothing(open_browser, people, shared_box):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.type("nihao")
    press_in_composition(page, "Enter")
    page.command("Input.imeSetComposition", text="你好", selectionStart=2, selectionEnd=2)
    press_in_composition(page, "Enter")
    page.command("Input.insertText", text="你好")
    page.until(lambda: page.draft() == "nihao你好", "the text")
    assert page.messages() == []
    page.press(Keys.ENTER)
    page.see("#rows .sent .text", "nihao你好")
    assert budi.texts(sari) == ["nihao你好"]


def test_other_keys_of_an_input_method_stay_with_it(open_browser, people, shared_box):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.type("ni")
    press_in_composition(page, "Escape")
    page.see("#chat-name", budi.username)
    page.click("#search")
    page.press("b")
    press_in_composition(page, "ArrowDown")
    assert page.focused() == "search"
    assert page.run("return document.activeElement.value") == "b"


def test_on_a_touch_screen_enter_breaks_the_line(open_browser, people, shared_box):
    page, sari, budi = at_chat(open_browser, shared_box, people, PHONE)
    hint = "return document.getElementById('message').enterKeyHint"
    assert page.run(hint) == "send"
    page.command("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    page.until(lambda: page.run("return matchMedia('(pointer: coarse)').matches"), "fingers")
    page.until(lambda: page.run(hint) == "enter", "another hint")
    page.click("#message")
    page.press("satu", Keys.ENTER, "dua")
    assert page.draft() == "satu\ndua"
    assert page.messages() == []
    page.click("#send")
    page.see("#rows .sent .text", "satu\ndua")
    page.find("#message").send_keys("tiga", Keys.CONTROL, Keys.ENTER, Keys.NULL)
    page.see("#rows .sent .text", "tiga")


def test_a_password_can_be_seen_while_it_is_typed(open_browser, people, shared_box):
    sari, _ = people("sari", "budi")
    page = open_browser(shared_box).open("/")

    def kind(name):
        return page.find(f"#{name}").get_attribute("type")

    def reveal(name):
        return page.find(f"#{name}").find_element(By.XPATH, "following-sibling::button")
    page.fill("#login-username", sari.username)
    page.fill("#login-password", "salah sekali")
    page.press(Keys.ARROW_LEFT)
    reveal("login-password").click()
    assert kind("login-password") == "text"
    assert reveal("login-password").get_attribute("aria-pressed") == "true"
    page.screenshot("password-shown")
    assert page.violations() == []
    page.press("!")  # the field keeps focus and caret
    assert page.find("#login-password").get_property("value") == "salah sekal!i"
    page.press(Keys.ENTER)
    page.see("#login-problem", "Password salah")
    assert kind("login-password") == "password"
    reveal("login-password").click()
    page.login(sari.username)
    page.see("#dashboard")
    assert kind("login-password") == "password"
    page.open_settings("security")
    for name in ("password-current", "password-new"):
        page.fill(f"#{name}", "terlihat sebentar")
        reveal(name).click()
        assert kind(name) == "text"
    page.screenshot("passwords-shown")
    page.click("#settings .close")
    page.open_settings("security")
    for name in ("password-current", "password-new"):
        assert kind(name) == "password"
    page.click("#settings .close")
    page.click("#open-settings")
    page.click("#logout")
    page.click("a[href='#register']")
    page.fill("#register-password", "terlihat sebentar")
    reveal("register-password").click()
    assert kind("register-password") == "text"


def test_names_go_to_the_server_as_they_were_typed(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    tono, = people("tono")
    page = open_browser(shared_box).open("/")
    page.run("""
        const plain = window.fetch;
        window.bodies = [];
        window.fetch = (url, options) => {
            if (options?.body) window.bodies.push(JSON.parse(options.body));
            return plain(url, options);
        };""")
    page.login(f" {sari.username.upper()} ")
    page.see(".contact .name", budi.username)
    page.befriend(f" @{tono.username.upper()} ")
    page.see("#chat-name", tono.username)
    bodies = page.run("return window.bodies")
    assert bodies[0]["username"] == f" {sari.username.upper()} "
    assert bodies[1]["friendUsername"] == f" @{tono.username.upper()} "


@pytest.mark.parametrize("typed", ["{}", " @{} ", "@{}"])
def test_adding_a_friend_one_has_opens_the_chat(open_browser, people, shared_box, typed):
    sari, budi, _ = people("sari", "budi", "tono")
    page = open_browser(shared_box).enter(sari)
    page.befriend(typed.format(budi.username.upper()))
    page.see("#chat-name", budi.username)
    page.not_see("#add-friend")
    page.until(lambda: page.focused() == "message", "the focus")


def test_adding_somebody_who_has_just_added_oneself_opens_the_chat(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    tono, = people("tono")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    page.run("""
        const plain = window.fetch;
        window.fetch = (url, options) => String(url).includes("since=")
            ? Promise.resolve(new Response("[]")) : plain(url, options);
        """)  # no round tells of it
    tono.befriend(sari)
    page.befriend(tono.username)
    page.see("#chat-name", tono.username)
    page.see(".contact .name", tono.username)


def two_tabs(page):
    first = page.tab
    second = page.new_tab(page.run("return location.pathname + location.hash"))
    page.see("#chat-name")
    return first, second


def test_a_draft_is_the_same_in_every_tab_and_goes_from_all_when_it_is_sent(
        open_browser, people, shared_box):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    # This tab hears of the other one without being looked at.
    page.before_scripts("""
        addEventListener("focus", (event) => event.stopImmediatePropagation());""")
    page.reload()
    page.see("#chat-name", budi.username)
    page.type("belum sele")
    first, second = two_tabs(page)
    page.until(lambda: page.draft() == "belum sele", "the draft")
    page.click("#message")
    page.press(Keys.END, "sai")
    page.switch_to(first)
    page.until(lambda: page.draft() == "belum selesai", "what the other tab typed")
    page.switch_to(second)
    page.press(Keys.ENTER)
    page.see("#rows .sent .text", "belum selesai")
    page.switch_to(first)
    page.until(lambda: page.draft() == "", "nothing left to send")
    page.see("#rows .text", "belum selesai")
    page.write("dari yang pertama")
    page.see("#rows .sent .text", "dari yang pertama")
    assert budi.texts(sari) == ["belum selesai", "dari yang pertama"]
    page.switch_to(second)
    page.until(lambda: page.draft() == "", "no draft here either")


def test_a_tab_that_slept_finds_the_draft_when_it_is_looked_at(open_browser, people, shared_box):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.type("dari dulu")
    # As if another tab had sent it while this one was frozen and heard of nothing.
    page.run("""
        for (const name of Object.keys(localStorage)) {
            if (name.includes(".draft.")) localStorage.removeItem(name);
        }
        dispatchEvent(new Event("focus"));""")
    assert page.draft() == ""
