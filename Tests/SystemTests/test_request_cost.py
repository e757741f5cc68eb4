"""No input costs more than its length: text that is expensive to normalise (UAX 15), in every place
where a request may hold text. Judged by the CPU time of the process, with a wide margin."""

import json
import os
import urllib.parse

import pytest

from raw import post, say

pytestmark = pytest.mark.alone

REQUESTS = 3
SECONDS_MAX = 0.5  # for all of them, a bcrypt each included; the largest took 5.9 s each before
BODY_BYTES = 62_000


#: Combining marks of two bytes by falling class. To bring runs of them into canonical order, each
#: has to be moved past all that stand before it.
MARKS = ["\u0345", "\u035d", "\u035c", "\u0315", "\u0301", "\u0316", "\u0327", "\u0335"]


def marks(byte_count):
    run = byte_count // 2 // len(MARKS)
    return "a" + "".join(mark * run for mark in MARKS)


def cpu_seconds(program):
    fields = (program.process_folder / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check_cost(program, ask, *arguments):
    ask(*arguments)  # what is only made once is not counted
    before = cpu_seconds(program)
    for _ in range(REQUESTS):
        ask(*arguments)
    spent = cpu_seconds(program) - before
    assert spent < SECONDS_MAX, f"{spent:.2f} s of CPU for {REQUESTS} requests"


def body(**members):
    return json.dumps(members, ensure_ascii=False).encode()


def send(box, path, content, *fields):
    answer = say(box.url + path, post(path, content, "Content-Type: application/json", *fields))
    assert answer.status_code < 500, answer.text


MEMBER_BODIES = {
    "a member's name": lambda text: body(**{text: 1}),
    "many members' names": lambda text: body(**{
        f"{text[:len(text) // 20]}{number}": 1 for number in range(20)}),
    "a log-in name": lambda text: body(username=text, password="x"),
    "a password": lambda text: body(username="x", password=text),
    "a name and a password": lambda text: body(
        username=text[:len(text) // 2], password=text[len(text) // 2:]),
}


@pytest.mark.parametrize("place", MEMBER_BODIES)
def test_a_strangers_body(shared_box, name, place):
    shared_box.person(name("ada"))  # names are compared only where there are any
    content = MEMBER_BODIES[place](marks(BODY_BYTES))
    for path in ("/auth/login", "/auth/register"):
        check_cost(shared_box.core, send, shared_box, path, content)


@pytest.mark.parametrize(("path", "field"), [
    ("/friends/add", "friendUsername"), ("/friends/add", "myId"), ("/chat/send", "receiverId"),
    ("/chat/send", "senderId"), ("/chat/send", "id"), ("/chat/send", "message"),
    ("/chat/send", "lain"), ("/auth/change-password", "userId"),
    ("/auth/change-password", "newPassword"),
])
def test_a_users_body(shared_box, name, path, field):
    me = shared_box.person(name("mahal"))
    friend = shared_box.person(name("teman"))
    me.befriend(friend)
    members = {
        "/friends/add": {"myId": me.id, "friendUsername": "x"},
        "/chat/send": {"senderId": me.id, "receiverId": friend.id, "message": "x"},
        "/auth/change-password": {"userId": me.id, "newPassword": "x"},
    }[path]
    content = body(**members | {field: marks(BODY_BYTES - 500)})
    token = f"Authorization: Bearer {me.token}"
    check_cost(shared_box.core, send, shared_box, path, content, token)


FIELDS = [
    "If-None-Match", "Content-Type", "Cookie", "X-Forwarded-Proto", "CF-Connecting-IP", "Origin",
    "Authorization", "Sec-Fetch-Site", "Accept", "Access-Control-Request-Method", "Connection",
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field(shared_box, name, field):
    me = shared_box.person(name("kepala"))
    text = marks(15_000)
    values = [text, f"bearer {text}", f"kw-session={text}", f"http://{text}", f'W/"{text}", {text}']
    for value in values:
        line = f"{field}: {value}"
        token = () if field == "Authorization" else (f"Authorization: Bearer {me.token}",)
        for path in (f"/friends/{me.id}", "/", "/auth/login", "/auth/logout"):
            method = "POST" if path.startswith("/auth") else "GET"
            head = [f"{method} {path} HTTP/1.1", "Host: test", "Content-Length: 0", line, *token]
            request = "\r\n".join(head).encode()[:16_300] + b"\r\n\r\n"
            check_cost(shared_box.core, say, shared_box.url, request)


@pytest.mark.parametrize("target", [
    "/{}", "/friends/{}", "/api/{}", "/chat/history?myId={}&friendId=x",
    "/chat/history?{}=1&myId=x&friendId=y", "/api-docs/{}", "/{}/",
])
def test_a_target(shared_box, name, target):
    me = shared_box.person(name("alamat"))
    escaped = target.format(urllib.parse.quote(marks(2_400)))
    head = [f"GET {escaped} HTTP/1.1", "Host: test", f"Authorization: Bearer {me.token}"]
    request = "\r\n".join(head).encode() + b"\r\n\r\n"
    check_cost(shared_box.core, say, shared_box.url, request)


@pytest.mark.parametrize("content", [
    lambda text: body(**{text: 1}), lambda text: body(text="x", **{text: 1}),
    lambda text: body(text=text, keyContext=text[:1000]),
    lambda text: body(batch=[{text: 1}]), lambda text: body(text="v1:" + text),
], ids=["a member", "a second member", "a text", "an item's member", "a content"])
def test_a_body_for_cipher(shared_box, content):
    secret = shared_box.secret_file.read_text().strip()
    fields = ("Content-Type: application/json", f"Authorization: Bearer {secret}")
    data = content(marks(BODY_BYTES))
    for path in ("/encrypt", "/decrypt", "/rewrap"):
        request = post(path, data, *fields)
        check_cost(shared_box.cipher, say, shared_box.cipher.url, request)
