"""Sessions that end, log-outs, and browsers that store nothing."""

from selenium.webdriver.common.keys import Keys

from api import PASSWORD, ok

NEW_PASSWORD = "kata sandi yang baru"

# The styles that scripts gave to elements.
STYLES = """
    return [...document.querySelectorAll("[style]")].map((node) => [
        node.id, node.getAttribute("style")].join(" "));"""


def end_sessions(person):
    ok(person.api.post(
        "/auth/change-password", {"userId": person.id, "newPassword": NEW_PASSWORD}))


def test_a_user_whose_session_has_ended_returns_to_the_same_chat(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.type("belum selesai")
    end_sessions(sari)
    page.see("#login-notice", "Sesi kamu sudah berakhir")
    page.screenshot("session-ended")
    assert page.find("#login-username").get_property("value") == sari.username
    assert page.focused() == "login-password"
    page.reload()
    page.see("#login")
    assert page.find("#login-username").get_property("value") == sari.username
    page.press(NEW_PASSWORD, Keys.ENTER)
    page.see("#chat-name", budi.username)
    page.until(lambda: page.focused() == "message", "the focus in the composer")
    assert page.draft() == "belum selesai"
    page.press(" lagi", Keys.ENTER)
    page.see("#rows .sent .text", "belum selesai lagi")


def test_somebody_else_who_logs_in_then_does_not_come_to_that_chat(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    tono, = people("tono")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.type("rahasia")
    end_sessions(sari)
    page.see("#login-notice", "Sesi kamu sudah berakhir")
    page.login(tono.username)
    page.see("#contacts-empty", "Belum ada teman")
    page.see("#welcome")
    assert "rahasia" not in page.run("return document.documentElement.outerHTML")
    assert page.draft() == ""


def test_an_ended_session_leads_every_tab_back_to_its_own_chat(
        open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_box).enter_chat(sari, budi)
    first = page.tab
    second = page.new_tab("/")
    page.open_chat(tono.username)
    end_sessions(sari)
    for tab in (first, second):
        page.switch_to(tab)
        page.see("#login-notice", "Sesi kamu sudah berakhir")
        assert page.find("#login-username").get_property("value") == sari.username
    page.login(sari.username, NEW_PASSWORD)
    page.see("#chat-name", tono.username)
    page.switch_to(first)
    page.see("#chat-name", budi.username)
    assert page.find("#login-password").get_property("value") == ""


def test_nothing_of_a_person_stays_in_the_page_after_log_out(open_browser, people, shared_box):
    sari, budi, tono = people("Sari", "Budi", "Tono")
    budi.send(sari, "rahasia besar")
    tono.send(sari, "rahasia kecil")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .text", "rahasia besar")
    page.see(".contact .last", "rahasia kecil")
    page.click("#open-add-friend")
    page.fill("#add-friend-username", tono.username)
    page.press(Keys.ESCAPE)
    page.fill("#search", budi.username[:3])
    page.open_settings("security")
    page.fill("#password-current", PASSWORD)
    page.click("#settings-tab-account")
    page.click("#logout")
    page.see("#login-notice", "keluar")
    left = page.run("""
        const values = [...document.querySelectorAll("input, textarea")].map((each) => each.value);
        return `${document.documentElement.outerHTML} ${values.join(" ")} ${document.title}`
            + ` ${location.href} ${Object.entries(localStorage).join(" ")}`;""").lower()
    for person in (sari, budi, tono):
        assert person.username.lower() not in left
    styles = page.run(STYLES)
    assert [each for each in styles if "--count" in each] == []
    for text in ("rahasia", PASSWORD, budi.username[:3].lower()):
        assert text not in left
    page.login(tono.username)
    page.open_chat(sari.username)
    page.see("#rows .text", "rahasia kecil")


def test_logging_out_asks_when_something_is_unsent(open_browser, people, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box).enter_chat(sari, budi)
    page.type("masih draf")
    page.click("#open-settings")
    page.click("#logout")
    page.see("#confirm", "1 draf belum selesai")
    page.see("#confirm", "dihapus dari perangkat ini")
    assert page.focused() == "confirm-stay"
    page.press(Keys.ENTER)
    page.not_see("#confirm")
    page.see("#settings[open]")
    page.press(Keys.ESCAPE)
    assert page.draft() == "masih draf"

    box.core.kill()
    page.click("#message")
    page.press(Keys.ENTER, "draf yang lain")
    page.see("#rows .trouble", "Belum terkirim")
    page.click("#open-settings")
    page.see("#logout-text", "1 pesan belum terkirim dan 1 draf belum selesai")
    page.click("#logout")
    page.see("#confirm", "1 pesan belum terkirim dan 1 draf belum selesai")
    page.screenshot("log-out-asks")
    assert page.violations() == []
    page.press(Keys.ESCAPE)
    page.not_see("#confirm")
    page.click("#logout")
    page.click("#confirm-submit")
    page.see("#login-notice", "keluar")
    assert page.run("return Object.keys(localStorage).filter((n) => /outbox|draft/.test(n))") == []


FORBIDDEN = """
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
        Object.defineProperty(window, name, {
            get() { throw new DOMException("denied", "SecurityError"); },
        });
    }
    window.BroadcastChannel = %s;
"""
CHANNELS = {
    "missing": "undefined",
    "refused": 'class { constructor() { throw new DOMException("denied", "SecurityError"); } }',
    "mute": 'class { postMessage() { throw new DOMException("closed", "InvalidStateError"); }'
            " close() {} }",
}


def test_a_browser_that_keeps_nothing_and_has_no_channel_works_in_one_tab(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    for number, channel in enumerate(CHANNELS.values()):
        page = open_browser(shared_box)
        page.before_scripts(FORBIDDEN % channel)
        page.open("/")
        page.login(sari.username)
        page.open_chat(budi.username)
        page.write(f"pesan {number}")
        page.see("#rows .sent .text", f"pesan {number}")
        budi.send(sari, f"balasan {number}")
        page.see("#rows .theirs .text", f"balasan {number}")
        page.type("draf")
        page.press(Keys.ESCAPE)
        page.open_chat(budi.username)
        assert page.draft() == "draf"
        page.click("#open-settings")
        page.click("#logout")
        page.click("#confirm-submit")
        page.see("#login-notice", "keluar")


def test_a_page_whose_browser_keeps_nothing_asks_before_unsent_messages_go_with_it(
        open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box)
    page.before_scripts(FORBIDDEN % CHANNELS["missing"])
    page.open("/")
    page.login("sari")
    page.open_chat("budi")
    asks = """
        const event = new Event("beforeunload", { cancelable: true });
        return !dispatchEvent(event);"""
    assert not page.run(asks)
    box.options += (f"--port={box.core.port}",)
    box.core.kill()
    page.write("jangan hilang")
    page.see("#rows .trouble", "Belum terkirim")
    assert page.run(asks)
    box.start_core()
    page.see("#rows .sent .text", "jangan hilang")
    assert not page.run(asks)


def test_a_draft_that_did_not_fit_is_what_was_typed_last(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.type("pendek")
    page.run("""
        Storage.prototype.setItem = () => {
            throw new DOMException("full", "QuotaExceededError");
        };""")
    page.type(" lalu panjang")
    page.open_chat(tono.username)
    page.open_chat(budi.username)
    assert page.draft() == "pendek lalu panjang"
    page.press(Keys.ENTER)
    page.see("#rows .sent .text", "pendek lalu panjang")
    assert budi.texts(sari) == ["pendek lalu panjang"]
