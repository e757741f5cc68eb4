"""Notifications that reach a closed tab: the choice, the subscription, and the worker's part."""

import json
import time

import pytest
from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from played_push import CACHES, KEY, OTHER_KEY, PLAYED, SETTINGS, allow, told
from programs import CHECKOUT

WORKER = (CHECKOUT / "Sources" / "Frontend" / "worker" / "push.js").read_text()


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_the_settings_turn_notifications_on_and_off(
        open_browser, people, shared_box, appearance):
    sari, _ = people("sari", "budi")
    page = open_browser(shared_box)
    page.prefer(prefers_color_scheme=appearance)
    page.before_scripts(PLAYED % KEY)
    page.enter(sari)
    page.wait_for_worker()
    page.open_settings("notifications")
    page.see("#notifications-state", "Beri tahu kalau ada pesan")
    assert page.violations() == []
    allow(page)
    page.run("document.getElementById('settings-tab-notifications').focus()")
    page.press(Keys.TAB)
    page.press(Keys.ENTER)
    page.see("#notifications-state", "Notifikasi menyala")
    page.until(lambda: told(page, "POST"), "the subscription")
    body, = told(page, "POST")
    assert body == {"userId": sari.id, "subscription": {
        "endpoint": "https://push.example/1", "keys": {"p256dh": "p", "auth": "a"}}}
    settings = page.until(
        lambda: page.driver.execute_async_script(SETTINGS), "what the worker needs")
    assert settings["userId"] == sari.id and settings["message"] == "Pesan baru"
    page.click("#notifications-stop")
    page.see("#notifications-state", "Beri tahu kalau ada pesan")
    page.until(lambda: told(page, "DELETE"), "the end of it")
    assert told(page, "DELETE") == [
        {"userId": sari.id, "endpoint": "https://push.example/1"}]
    assert page.driver.execute_async_script(SETTINGS) is None


@pytest.fixture
def subscriber(open_browser, people, shared_box):
    """A page whose notifications are on, and its person."""
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box)
    page.before_scripts(PLAYED % KEY)
    allow(page)
    page.enter(sari)
    page.wait_for_worker()
    page.reload()
    page.until(lambda: page.driver.execute_async_script(SETTINGS), "what the worker needs")
    return page, sari, budi


def test_each_visit_tells_the_server_and_renews_what_a_new_key_has_ended(subscriber):
    """The server may have dropped the oldest of many, or be an older backup of itself."""
    page, sari, _ = subscriber
    page.reload()
    page.until(lambda: told(page, "POST"), "the subscription that there is")
    assert [body["subscription"]["endpoint"] for body in told(page, "POST")] == [
        "https://push.example/1"]
    page.before_scripts(f"window.pushKey = '{OTHER_KEY}';")
    page.reload()
    page.until(lambda: told(page, "POST"), "the subscription of this visit")
    assert told(page, "POST") == [{"userId": sari.id, "subscription": {
        "endpoint": "https://push.example/2", "keys": {"p256dh": "p", "auth": "a"}}}]
    page.until(lambda: page.driver.execute_async_script(SETTINGS)["key"] == OTHER_KEY,
               "what the worker needs")


def test_a_client_in_another_folder_keeps_what_it_has(subscriber):
    page, _, _ = subscriber
    assert "push /" in page.driver.execute_async_script(CACHES, "push /kw/")
    page.open_settings("notifications")
    page.click("#notifications-stop")
    page.until(lambda: told(page, "DELETE"), "the end of it")
    names = page.driver.execute_async_script(CACHES, "push /kw/")
    assert [name for name in names if name.startswith("push")] == ["push /kw/"]


def test_a_new_password_keeps_notifications_on(subscriber):
    """The server drops the subscriptions of the sessions that it ends."""
    page, sari, _ = subscriber
    before = page.driver.execute_async_script(SETTINGS)
    page.run("window.pushCalls.length = 0")
    page.open_settings("security")
    page.fill("#password-current", PASSWORD)
    page.fill("#password-new", "kata sandi yang baru")
    page.click("#password-form .primary")
    page.see("#password-notice", "Password berhasil diganti")
    page.until(lambda: told(page, "POST"), "the subscription under the new session")
    assert [body["subscription"]["endpoint"] for body in told(page, "POST")] == [
        "https://push.example/1"]
    page.until(lambda: page.driver.execute_async_script(SETTINGS)["token"] != before["token"],
               "the token that the worker has")


def test_they_are_offered_once_and_not_at_the_first_visit(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box)
    allow(page, "prompt")
    page.before_scripts("""
        Object.defineProperty(Notification, "permission", { get: () => "default" });""")
    page.enter(sari)
    page.see("#dashboard")
    page.run("localStorage.removeItem(arguments[0])", f"whatsapp-kw.push.{sari.id}")
    page.reload()  # the first visit
    page.open_chat(budi.username)
    page.write("halo")
    page.see("#rows .sent")
    assert not page.find("#push-offer").is_displayed()
    page.reload()
    page.see("#chat-name", budi.username)
    assert not page.find("#push-offer").is_displayed()
    page.click("#message")
    page.write("halo lagi")
    page.see("#push-offer", "Mau diberi tahu")
    assert page.violations() == []
    page.screenshot("push-offer")
    page.click("#push-later")
    page.not_see("#push-offer")
    page.reload()
    page.see("#chat-name", budi.username)
    page.click("#message")
    page.write("dan lagi")
    page.until(lambda: len(page.sent()) == 3, "it is sent")
    assert not page.find("#push-offer").is_displayed()


def test_an_iphone_is_told_to_install_the_client(open_browser, people, shared_box):
    sari, _ = people("sari", "budi")
    page = open_browser(shared_box, (390, 800))
    page.command("Emulation.setUserAgentOverride",
                 userAgent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1")
    page.before_scripts("delete window.Notification;")
    page.enter(sari)
    page.open_settings("notifications")
    page.see("#notifications-state", "Tambah ke Layar Utama")
    page.not_see("#notifications-allow")


def deliver(page, content):
    """As the browser's push service would. A fresh profile counts its registrations from 0."""
    page.command("ServiceWorker.enable")
    for number in range(3):
        page.command("ServiceWorker.deliverPushMessage", origin=page.url + "/",
                     registrationId=str(number), data=content)


def shown(page):
    return page.driver.execute_async_script("""
        const done = arguments[0];
        navigator.serviceWorker.ready.then((each) => each.getNotifications()).then((all) =>
            done(all.map(({ title, body, lang, tag, data, renotify }) =>
                ({ title, body, lang, tag, data, renotify }))));
        """)


def deliver_until_shown(page, content):
    """A worker that is about to stop gets no message that comes just then."""
    deadline = time.monotonic() + 30
    while not shown(page):
        assert time.monotonic() < deadline, "no notification"
        deliver(page, json.dumps(content))
        for _ in range(20):
            if shown(page):
                break
            time.sleep(0.05)


@pytest.mark.parametrize("language, words", [("id", "Pesan baru"), ("en", "New message")])
def test_a_push_message_is_shown_in_the_person_s_language(
        open_browser, people, shared_box, language, words):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, language=language)
    page.before_scripts(PLAYED % KEY)
    allow(page)
    page.enter(sari)
    page.wait_for_worker()
    page.reload()
    page.until(lambda: page.driver.execute_async_script(SETTINGS), "what the worker needs")
    content = {"senderId": budi.id, "senderUsername": budi.username, "receiverId": sari.id}
    deliver_until_shown(page, content)
    assert shown(page) == [{
        "title": budi.username, "body": words, "lang": language, "tag": budi.id,
        "data": {"friendId": budi.id, "isPushed": True}, "renotify": True}]
    page.open_chat(budi.username)
    page.until(lambda: shown(page) == [], "it goes once the chat is open")
    for kind, target in (("focus", "window"), ("visibilitychange", "document")):
        deliver_until_shown(page, content)
        page.run(f"{target}.dispatchEvent(new Event('{kind}'))")
        page.until(lambda: shown(page) == [], f"it goes at {kind}")
    deliver(page, json.dumps(content | {"receiverId": "somebody else"}))
    page.until(lambda: shown(page), "the notification")
    assert [each["title"] for each in shown(page)] == ["WhatsApp KW"], "no name for others"


def test_each_message_alerts_once(subscriber):
    """A hidden page alerts by itself. Where a push message has, it adds the count in silence."""
    page, sari, budi = subscriber
    page.run("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")
    budi.send(sari, "satu")
    page.until(lambda: shown(page), "the page's own notification")
    assert [(each["renotify"], each["data"]["isPushed"]) for each in shown(page)] == [(True, False)]
    deliver(page, json.dumps({
        "senderId": budi.id, "senderUsername": budi.username, "receiverId": sari.id}))
    page.until(lambda: shown(page)[0]["data"]["isPushed"], "the pushed one")
    budi.send(sari, "dua")
    page.until(lambda: shown(page)[0]["body"] == "2 pesan baru", "the count")
    assert [each["renotify"] for each in shown(page)] == [False]


def test_a_photo_is_called_one(subscriber):
    page, sari, budi = subscriber
    page.run("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")
    budi.send_photo(sari, budi.put_photo(sari, b"\xff\xd8\xff\xe0" + bytes(100)), "rahasia")
    page.until(lambda: shown(page), "the notification")
    assert [each["body"] for each in shown(page)] == ["Foto"]


PART = """
    const done = arguments[arguments.length - 1];
    const handlers = {};
    const seen = [];
    const page = arguments[0] && {
        url: "https://chat.example/kw/#chat/x", visibilityState: "hidden",
        focus: async () => seen.push("focus"), postMessage: (message) => seen.push(message),
    };
    const open = async () => ({ match: async () => ({ json: async () => ({
        userId: "u1", token: "t1", key: "k1",
        subscribeURL: "https://chat.example/api/push/subscribe",
    }) }) });
    const caches = { open: (name) => name === "push /kw/" ? open() : seen.push(name) };
    const fetch = async (url, { body, headers }) =>
        seen.push([url, headers.Authorization, JSON.parse(body)]);
    const self = {
        location: "https://chat.example/kw/sw.js",
        addEventListener: (kind, act) => { handlers[kind] = act; },
        clients: {
            matchAll: async () => [
                { url: "https://chat.example/kw/api-docs/" }, ...page ? [page] : []],
            openWindow: async (url) => seen.push(url),
        },
        registration: { pushManager: { subscribe: async ({ applicationServerKey }) =>
            ({ endpoint: "new", under: applicationServerKey }) } },
    };
    WORKER_PART
    const run = async (kind, event) => {
        const waits = [];
        handlers[kind]({ ...event, waitUntil: (each) => waits.push(each) });
        await Promise.all(waits);
    };
    (async () => {
        const notification = { close: () => seen.push("close"), data: { friendId: "a/b" } };
        await run("notificationclick", { notification });
        await run("pushsubscriptionchange", {});
        done(seen);
    })();
""".replace("WORKER_PART", WORKER)


@pytest.mark.parametrize("has_page", [True, False])
def test_a_click_opens_the_conversation_and_an_ended_subscription_is_renewed(
        open_browser, shared_box, has_page):
    page = open_browser(shared_box).open()
    opened = [{"kind": "open", "friendId": "a/b"}, "focus"] if has_page \
        else ["https://chat.example/kw/#chat/a%2Fb"]
    assert page.driver.execute_async_script(PART, has_page) == [
        "close", *opened, [
            "https://chat.example/api/push/subscribe", "Bearer t1",
            {"userId": "u1", "subscription": {"endpoint": "new", "under": "k1"}}]]


def test_a_click_on_a_notification_leads_an_open_page_there(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    page.run("""
        navigator.serviceWorker.dispatchEvent(new MessageEvent(
            "message", { data: { kind: "open", friendId: arguments[0] } }));""", budi.id)
    page.see("#chat-name", budi.username)
