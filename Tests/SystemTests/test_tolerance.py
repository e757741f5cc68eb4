"""Requests as browsers, gateways and other clients really send them."""

import pytest

from api import new_id, ok, refusal
from programs import Box
from raw import say


def get(box, target, *fields):
    lines = [f"GET {target} HTTP/1.1", "Host: chat.example", *fields]
    return say(box.url + "/", "\r\n".join(lines).encode() + b"\r\n\r\n")


def test_a_session_is_found_in_any_of_several_cookie_fields(shared_box, name):
    me = shared_box.person(name("kue"))
    target = f"/friends/{me.id}"
    ours = f"kw-session={me.token}"
    for cookies in (["a=b", f"c=d; {ours}", "e=f"], [ours, "x=y"], [f"session=other; {ours}"]):
        answer = get(shared_box, target, *(f"Cookie: {cookie}" for cookie in cookies))
        assert answer.status_code == 200, cookies
    assert get(shared_box, target, f"Cookie: session={me.token}").status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer  ", "BEARER    "])
def test_a_bearer_token_may_stand_behind_several_spaces(shared_box, name, scheme):
    me = shared_box.person(name("spasi"))
    answer = get(shared_box, f"/friends/{me.id}", f"Authorization: {scheme}{me.token}")
    assert answer.status_code == 200


@pytest.mark.parametrize("query", [
    "a={b}", "a=b|c", "a[0]=1", "a=^", "a=`", "a=\\", "q=100%", "%", "a=%zz", "utm=%e9", "a=%00",
])
def test_a_page_is_served_whatever_its_query_says(shared_box, query):
    for path in ("/", "/index.html", "/api/"):
        assert get(shared_box, f"{path}?{query}").status_code == 200


def test_a_parameter_that_cannot_be_read_is_malformed_alone(people, shared_box):
    me, friend = people("tanya", "jawab")
    authorization = f"Authorization: Bearer {me.token}"
    both = f"/chat/history?myId={me.id}&friendId={friend.id}"
    assert get(shared_box, f"{both}&x=100%", authorization).status_code == 200
    for query in (f"myId={me.id}&friendId=%zz", f"myId=%&friendId={friend.id}"):
        answer = get(shared_box, f"/chat/history?{query}", authorization)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert get(shared_box, f"{both}&limit=%", authorization).status_code == 400


def test_ids_that_are_uuids_are_the_same_in_either_case(people):
    me, friend = people("besar", "kecil")
    id = new_id()
    first = me.send(friend, "sekali", id.upper())
    assert me.send(friend, "sekali", id) == first
    assert refusal(me.try_send(friend, "lain", id))[:2] == (409, "id_reused")
    body = {"senderId": me.id.upper(), "receiverId": friend.id.upper(), "message": "dua"}
    sent = ok(me.api.post("/chat/send", body))
    assert (sent["senderId"], sent["receiverId"]) == (me.id, friend.id)
    assert me.texts(friend) == ["sekali", "dua"]
    assert friend.texts(me) == ["sekali", "dua"]
    upper = me.api.get("/chat/history", myId=me.id.upper(), friendId=friend.id.upper())
    assert ok(upper) == me.history(friend)
    assert ok(me.api.get(f"/friends/{me.id.upper()}")) == me.friends()
    assert refusal(me.api.get(f"/friends/{friend.id.upper()}"))[0] == 403


def test_of_a_list_of_forwarded_protocols_the_first_counts(tmp_path):
    box = Box(tmp_path, "--trusted-proxies=127.0.0.1").start()
    try:
        box.person("proksi")
        for value, is_secure in [
            ("https", True), ("HTTPS", True), ("https, http", True), ("https,http", True),
            ("http, https", False), ("", False), ("httpsx", False),
        ]:
            answer = box.client().post(
                "/auth/login", {"username": "proksi", "password": "kata sandi untuk semua"},
                headers={"X-Forwarded-Proto": value})
            assert answer.status_code == 200
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith("__Host-kw-session=") == is_secure, value
            assert ("Secure" in cookie) == is_secure
    finally:
        box.stop()


def test_a_password_is_the_same_however_a_keyboard_spells_it(shared_box, name):
    spellings = ["caf\u00e9 di Bandung", "cafe\u0301 di Bandung"]
    for chosen in spellings:
        person = name("sandi")
        ok(shared_box.client().post("/auth/register", {"username": person, "password": chosen}))
        for typed in spellings:
            ok(shared_box.client().post("/auth/login", {"username": person, "password": typed}))
        wrong = {"username": person, "password": "cafe di Bandung"}
        assert refusal(shared_box.client().post("/auth/login", wrong))[0] == 401
