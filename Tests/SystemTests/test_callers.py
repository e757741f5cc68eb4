"""Every route that acts for somebody, asked by everybody who is not that somebody."""

import time

import pytest

from api import Client, Person, ok, refusal
from tokens import claims_of, signed

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def routes(me, friend):
    """method, path, query, body: each of them claims to be `me`."""
    return {
        "change-password": (
            "POST", "/auth/change-password", None,
            {"userId": me.id, "newPassword": "kata sandi yang lain"}),
        "delete-account": (
            "POST", "/auth/delete-account", None,
            {"userId": me.id, "currentPassword": "salah sekali"}),
        "friends-add": (
            "POST", "/friends/add", None, {"myId": me.id, "friendUsername": friend.username}),
        "friends-remove": (
            "POST", "/friends/remove", None, {"myId": me.id, "friendId": friend.id}),
        "friends-block": (
            "POST", "/friends/block", None, {"myId": me.id, "friendId": friend.id}),
        "friends-unblock": (
            "POST", "/friends/unblock", None, {"myId": me.id, "friendId": friend.id}),
        "blocked": ("GET", f"/friends/{me.id}/blocked", None, None),
        "friends": ("GET", f"/friends/{me.id}", None, None),
        "send": (
            "POST", "/chat/send", None,
            {"senderId": me.id, "receiverId": friend.id, "message": "bukan saya"}),
        "delete": (
            "POST", "/chat/delete", None,
            {"myId": me.id, "friendId": friend.id, "id": "00000000-0000-4000-8000-000000000000"}),
        "read": (
            "POST", "/chat/read", None, {"myId": me.id, "friendId": friend.id, "upTo": 1}),
        "search": ("GET", "/chat/search", {"myId": me.id, "q": "saya"}, None),
        "subscribe": ("POST", "/push/subscribe", None, {
            "userId": me.id, "subscription": {"endpoint": "https://fcm.googleapis.com/bukan-saya",
                                              "keys": {"p256dh": "", "auth": ""}}}),
        "unsubscribe": (
            "DELETE", "/push/subscribe", None,
            {"userId": me.id, "endpoint": "https://fcm.googleapis.com/punya-saya"}),
        "photo-put": (
            "PUT", "/chat/photo/00000000-0000-4000-8000-000000000000",
            {"myId": me.id, "friendId": friend.id}, {"bukan": "foto"}),
        "photo-get": (
            "GET", "/chat/photo/00000000-0000-4000-8000-000000000000",
            {"myId": me.id, "friendId": friend.id}, None),
        "export": ("GET", "/account/export", {"myId": me.id}, None),
        "history": ("GET", "/chat/history", {"myId": me.id, "friendId": friend.id}, None),
    }


ROUTES = [
    "change-password", "delete-account", "friends-add", "friends-remove", "friends-block",
    "friends-unblock", "blocked", "friends", "send", "delete", "read", "search", "export",
    "photo-put", "photo-get",
    "subscribe", "unsubscribe", "history",
]


@pytest.fixture(scope="module")
def scene(shared_box):
    """Me, a friend, a stranger, and the key that real tokens are signed with."""
    me, friend, stranger = (shared_box.person(name) for name in ("saya", "kawan", "asing"))
    me.befriend(friend)
    me.send(friend, "punya saya")
    return me, friend, stranger, (shared_box.folder / "session.key").read_bytes()


def callers(me, stranger, key):
    real = claims_of(me.token)
    unsigned = {"alg": "none", "typ": "JWT"}
    bearer = {
        "no token": None, "nonsense": "x.y.z", "another's token": stranger.token,
        "an expired one": signed(key, real | {"exp": int(time.time()) - 10}),
        "another epoch": signed(key, {
            name: value + 1 if name not in ("sub", "iat", "exp") else value
            for name, value in real.items()}),
        "another key": signed(b"k" * 32, real),
        "no algorithm": signed(key, real, unsigned),
        "no signature": signed(key, real, unsigned).rsplit(".", 1)[0] + ".",
        "another algorithm": signed(key, real, {"alg": "HS512", "typ": "JWT"}),
        "nobody's": signed(key, real | {"sub": "00000000-0000-4000-8000-000000000000"}),
    }
    return {
        name: {"Authorization": f"Bearer {token}"} if token else {}
        for name, token in bearer.items()
    }


def ask(url, route, headers):
    method, path, query, body = route
    client = Client(url)
    return client.http.request(
        method, url + path, params=query, json=body, headers=headers, timeout=30)


def test_the_forger_of_these_tests_makes_tokens_that_count(shared_box, scene):
    me, friend, _, key = scene
    token = signed(key, claims_of(me.token))
    answer = ask(
        shared_box.url, routes(me, friend)["friends"], {"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_acts_for_somebody_else(shared_box, scene, route):
    me, friend, stranger, key = scene
    seen = {}
    for prefix in ("", "/api"):
        for caller, headers in callers(me, stranger, key).items():
            answer = ask(shared_box.url + prefix, routes(me, friend)[route], headers)
            seen[prefix, caller] = refusal(answer)[:2]
            assert "punya saya" not in answer.text
            assert (answer.status_code == 401) == ("WWW-Authenticate" in answer.headers)
    for (prefix, caller), outcome in seen.items():
        expected = (403, "forbidden") if caller == "another's token" else (401, "unauthorized")
        assert outcome == expected, (prefix, caller)
    assert me.texts(friend) == ["punya saya"]
    ok(Person.login(shared_box.client(), "saya").try_friends())


def test_the_cookie_that_names_me_changes_nothing_from_another_site(shared_box, scene):
    me, friend, _, _ = scene
    browser = Client(shared_box.url)
    cookie = browser.post(
        "/auth/login", {"username": "saya", "password": "kata sandi untuk semua"}
    ).headers["Set-Cookie"].split(";")[0]
    for route in ("change-password", "friends-add", "send", "delete"):
        answer = ask(shared_box.url, routes(me, friend)[route], {"Cookie": cookie} | ELSEWHERE)
        assert refusal(answer)[:2] == (403, "cross_origin"), route


def test_the_earlier_client_works_which_knows_ids_alone(shared_box, name):
    """It sends no token: the page's cookie speaks for it."""
    page = Client(shared_box.url)
    headers = {"Origin": shared_box.url}
    person = {"username": name("lama"), "password": "kata sandi untuk semua"}
    ok(page.post("/api/auth/register", person, headers=headers))
    body = ok(page.post("/api/auth/login", person, headers=headers))
    other = shared_box.person(name("teman"))
    added = ok(page.post("/api/friends/add", {
        "myId": body["id"], "friendUsername": other.username}, headers=headers))
    assert added["message"] == "Berhasil tambah teman"
    sent = ok(page.post("/api/chat/send", {
        "senderId": body["id"], "receiverId": other.id, "message": "tanpa token"},
        headers=headers))
    assert sent["message"] == "Berhasil kirim pesan" and sent["data"]["senderId"] == body["id"]
    assert [m["content"] for m in ok(page.get(
        "/api/chat/history", myId=body["id"], friendId=other.id))] == ["tanpa token"]
    assert ok(page.get(f"/api/friends/{body['id']}"))[0]["username"] == other.username
    changed = ok(page.post("/api/auth/change-password", {
        "userId": body["id"], "newPassword": "kata sandi berikutnya"}, headers=headers))
    assert changed["message"] == "Password berhasil diganti"
    assert ok(page.get(f"/api/friends/{body['id']}")), "the fresh cookie speaks from here on"
