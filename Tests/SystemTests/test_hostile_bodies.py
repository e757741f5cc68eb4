"""Bodies that no client would send, on every route: refused, and never a fault of ours."""

import json
import random
import statistics
import time

import pytest

from api import Client

ROUTES = {
    "/auth/register": ("username", "password"),
    "/auth/login": ("username", "password"),
    "/auth/change-password": ("userId", "newPassword", "currentPassword"),
    "/auth/delete-account": ("userId", "currentPassword"),
    "/auth/logout": (),
    "/friends/add": ("myId", "friendUsername"),
    "/friends/remove": ("myId", "friendId"),
    "/friends/block": ("myId", "friendId"),
    "/friends/unblock": ("myId", "friendId"),
    "/chat/send": ("senderId", "receiverId", "message", "id", "replyTo", "photo"),
    "/chat/delete": ("myId", "friendId", "id"),
    "/chat/read": ("myId", "friendId", "upTo"),
    "/push/subscribe": ("userId", "subscription", "endpoint"),
}
ODD = [
    None, True, 0, -1, 1e308, 10**400, "", " ", "\u0000", "\ud800", "x" * 5000, "\u202e\ufeff",
    "💥" * 2000, [], {}, [[[[]]]], {"$gt": ""}, {"__proto__": 1}, "../../etc/passwd", "' OR 1=1 --",
]
TEXTS = [
    b"", b"{", b"[]", b"null", b'"x"', b"{}x", b'{"a":1,"a":2}', b"\xff\xfe{}", b"\xef\xbb\xbf{}",
    b'{"username":"\\ud800"}', b"[" * 10_000, b'{"a":' * 5000, b"{'username': 'x'}", b"\x00" * 64,
    b'{"username":NaN}', b'{"username":"a\nb"}', b"{" + b" " * 60_000 + b"}",
]


def check(answer, sent):
    assert answer.status_code < 500, (answer.status_code, answer.text, sent)
    assert answer.headers["Content-Type"].startswith("application/json")
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error", "code"}


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_no_object_of_ours_is_refused(shared_box, name, route):
    me = shared_box.person(name("usil"))
    for text in TEXTS:
        answer = me.api.http.post(
            shared_box.url + route, data=text, timeout=30,
            headers={"Content-Type": "application/json"})
        check(answer, text[:40])
        if ROUTES[route]:
            assert answer.status_code in (400, 411), (answer.status_code, text[:40])


@pytest.mark.parametrize("route", ROUTES)
def test_values_of_any_kind_in_any_field_are_answered(shared_box, name, route):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    me = shared_box.person(name("acak"))
    fields = [*ROUTES[route], "lain"]
    for _ in range(120):
        body = {field: chance.choice([*ODD, me.id, me.username]) for field in
                chance.sample(fields, chance.randint(0, len(fields)))}
        # Lets lone surrogates and large numbers through as they are.
        text = json.dumps(body, ensure_ascii=chance.random() < 0.5).encode(
            "utf-8", "surrogatepass")
        check(me.api.http.post(
            shared_box.url + route, data=text, timeout=30,
            headers={"Content-Type": "application/json"}), (seed, text[:200]))


def test_an_unknown_name_takes_as_long_as_a_wrong_password(shared_box, name):
    """Prints its figures; only a difference that anybody would see fails."""
    known = name("dikenal")
    shared_box.person(known)
    client = Client(shared_box.url)
    times = {known: [], "tiada-yang-bernama-ini": []}
    for _ in range(15):
        for username, found in times.items():
            begin = time.perf_counter()
            assert client.login(username, "salah salah salah").status_code == 401
            found.append(time.perf_counter() - begin)
    known_ms, unknown_ms = (1000 * statistics.median(found) for found in times.values())
    print(f"wrong password {known_ms:.2f} ms, unknown name {unknown_ms:.2f} ms, medians of 15")
    assert 0.5 < known_ms / unknown_ms < 2
