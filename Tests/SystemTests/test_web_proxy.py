"""The web client behind a proxy that makes up answers, cuts them, or keeps silent."""

import re

import pytest
from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from hostile_proxy import HostileProxy, cut, html, other_json, silence

STATUSES = [200, 204, 304, 401, 403, 409, 429, 503]  # all others: see below
NOT_OURS = [{}, [], None, "ok", {"id": "another", "message": "Berhasil kirim pesan"}]


@pytest.fixture
def proxy(box):
    proxy = HostileProxy(box)
    yield proxy
    proxy.close()


def at_chat(open_browser, box, proxy):
    sari, budi = box.friends("sari", "budi")
    budi.send(sari, "yang pertama")
    page = open_browser(proxy)
    page.enter_chat(sari, budi)
    page.see("#rows .text", "yang pertama")
    return page, sari, budi


def test_a_message_outlives_whatever_a_proxy_answers(open_browser, box, proxy):
    page, sari, budi = at_chat(open_browser, box, proxy)
    spoiled = [html(status) for status in STATUSES] + [other_json(body) for body in NOT_OURS] + [
        other_json({"error": {"message": "no"}, "code": 7}, status) for status in (401, 403)]
    for number, rule in enumerate(spoiled):
        proxy.spoil("/chat/send", rule)
        page.write(f"pesan {number}")
        page.see("#rows .trouble", "Belum terkirim")
        proxy.mend()
        page.retry()
        page.see("#rows .sent .text", f"pesan {number}")
    expected = ["yang pertama", *(f"pesan {number}" for number in range(len(spoiled)))]
    page.until(lambda: page.messages() == expected, "each once")
    assert budi.texts(sari) == expected


def test_a_page_of_any_status_is_no_answer(open_browser, box, proxy):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(proxy).enter(sari)
    wanted = re.compile(r"(?:limit=|status )(\d+)")
    answered = []

    def answer(call):
        answered.append(int(wanted.search(f"{call.path} {call.body}")[1]))
        html(answered[-1], [("Retry-After", "9999")])(call)
    proxy.spoil("/chat/send", answer)
    proxy.spoil("/chat/history", answer)
    taken = page.driver.execute_async_script("""
        const [user, friend, done] = arguments;
        (async () => {
            const { Api } = await import("./js/sync/api.js");
            const taken = [];
            const api = new Api({ user, end: () => taken.push("a session's end") });
            const asked = (what) => what.then(() => "success", (fault) =>
                fault.status === 0 && fault.isTransient && !fault.isLimit && fault.retryAfter <= 60
                    ? "" : String(fault));
            for (let status = 200; status < 600; status += 1) {
                taken.push(
                    await asked(api.send({ id: "x", to: friend, text: `status ${status}` })),
                    await asked(api.history(friend, { limit: status })));
            }
            done(taken.filter((each) => each));
        })().catch((error) => done([String(error)]));""", {"id": sari.id, "token": "x"}, budi.id)
    assert taken == []
    assert set(answered) == set(range(200, 600)) and len(answered) >= 800
    page.not_see("#login")


def test_a_proxy_that_answers_everything_logs_nobody_out(open_browser, box, proxy):
    page, sari, budi = at_chat(open_browser, box, proxy)
    for status in (200, 401, 403, 404, 502):
        proxy.spoil("/", html(status, [("Retry-After", "1")]))
        page.write(f"saat {status}")
        page.run("dispatchEvent(new Event('focus'))")
        page.see("#connection", "Menyambung kembali")
        page.see("#rows .trouble", "Belum terkirim")
        assert page.messages()[0] == "yang pertama"
        proxy.mend()
        page.retry()
        page.see("#rows .sent .text", f"saat {status}")
        page.not_see("#connection")
    assert len(budi.texts(sari)) == 6


def test_an_answer_that_is_cut_or_never_comes_doubles_nothing(open_browser, box, proxy):
    page, sari, budi = at_chat(open_browser, box, proxy)
    proxy.spoil("/chat/send", cut)
    page.write("terpotong")
    page.see("#rows .sent .text", "terpotong")  # a round has told of what the answer did not
    proxy.mend()
    proxy.spoil("/", silence(30))
    page.write("tanpa kabar")
    page.see("#rows .pending .text", "tanpa kabar")
    page.see("#rows .trouble", "Belum terkirim")  # after what the page holds for 20 s
    page.see("#connection", "Menyambung kembali")
    proxy.mend()
    page.retry()
    page.see("#rows .sent .text", "tanpa kabar")
    assert page.messages() == budi.texts(sari) == ["yang pertama", "terpotong", "tanpa kabar"]
    page.until(lambda: page.run(
        "return Object.keys(localStorage).filter((name) => name.includes('outbox'))") == [],
        "nothing that waits")


def test_a_history_that_cannot_be_fetched_says_so_and_can_be_tried_again(
        open_browser, box, proxy):
    sari, budi = box.friends("sari", "budi")
    for number in range(70):
        last = budi.send(sari, f"pesan {number}")
    sari.read(budi, last["timestamp"])
    proxy.spoil("/chat/history", html(404))
    page = open_browser(proxy).enter_chat(sari, budi)
    for rule in (cut, other_json({}), other_json([None]), html(200), html(404)):
        proxy.mend()
        proxy.spoil("/chat/history", rule)
        page.see("#log-state", "Pesan belum bisa dimuat")
        page.click("#log-retry")
    page.see("#log-state", "Pesan belum bisa dimuat")
    page.screenshot("history-failed")
    assert page.violations() == []
    proxy.mend()
    page.click("#log-retry")
    page.see("#rows .text", "pesan 69")
    page.not_see("#log-retry")

    proxy.spoil("/chat/history", html(502))
    page.run("document.getElementById('log').scrollTop = 0")
    page.see("#log-state", "Pesan belum bisa dimuat")
    budi.send(sari, "yang baru")
    page.see("#vault-banner", "Pesan baru belum bisa dimuat")
    page.screenshot("history-behind")
    proxy.mend()
    page.run("document.getElementById('log').scrollTop = 0")
    page.click("#log-retry")
    page.until(lambda: "pesan 0" in page.messages(), "the oldest message")
    page.not_see("#vault-banner")
    page.click("#to-newest")
    page.see("#rows .text", "yang baru")


def test_a_history_comes_by_itself_once_it_can_be_fetched(open_browser, box, proxy):
    sari, budi = box.friends("sari", "budi")
    budi.send(sari, "ada di sini")
    proxy.spoil("/chat/history", html(502))
    page = open_browser(proxy).enter_chat(sari, budi)
    page.see("#log-state", "Pesan belum bisa dimuat")
    proxy.mend()
    page.see("#rows .text", "ada di sini")


def test_a_contact_list_that_was_never_fetched_is_asked_for_again(open_browser, box, proxy):
    sari, _ = box.friends("sari", "budi")
    page = open_browser(proxy).enter(sari)
    page.before_scripts(f"localStorage.removeItem('whatsapp-kw.known.{sari.id}');")
    for rule in (html(304), other_json({"contacts": []}), other_json([7]), cut):
        proxy.spoil("/friends", rule)
        page.reload()
        page.see("#connection", "Menyambung kembali")
        page.see("#contacts-empty", "Kontak belum bisa dimuat")
        proxy.mend()
        page.run("dispatchEvent(new Event('focus'))")
        page.see(".contact .name", "budi")
        page.not_see("#connection")


def test_logging_in_and_adding_friends_survive_a_proxys_pages(open_browser, box, proxy):
    box.person("sari"), box.person("budi")
    page = open_browser(proxy).open("/")
    for rule in (html(401), html(200), other_json({"token": 7}), cut):
        proxy.spoil("/auth/login", rule)
        page.login("sari", PASSWORD)
        page.until(lambda: page.texts("#login-problem") != [""], "a problem")
    proxy.mend()
    page.login("sari", PASSWORD)
    page.see("#dashboard")
    proxy.spoil("/friends/add", cut)  # they are friends now, and she has not been told
    page.befriend("budi")
    page.see("#add-friend-problem", "Server tidak bisa dihubungi")
    proxy.mend()
    page.press(Keys.ESCAPE)
    page.befriend("budi")
    page.see("#chat-name", "budi")
    page.not_see("#add-friend")
