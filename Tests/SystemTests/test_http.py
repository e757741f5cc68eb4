"""The answers to requests that are malformed as HTTP, on any route."""

import json

import pytest

import raw
from api import refusal

LOGIN = json.dumps({"username": "budi", "password": "bukan sandinya"}).encode()


@pytest.fixture
def client(either_box):
    """All of this holds over TLS too."""
    return either_box.client()


@pytest.fixture(params=["ChatCore", "ChatCore over TLS", "Cipher"])
def door(request, shared_box, secure_box):
    """The URL of either program: both stand behind the same server."""
    return {
        "ChatCore": shared_box.url, "ChatCore over TLS": secure_box.url,
        "Cipher": shared_box.cipher.url,
    }[request.param]


@pytest.mark.parametrize("route", [
    "/auth/login", "/api/auth/login", "/friends/x", "/api/friends/x",
    "/chat/history?myId=a&friendId=b", "/api/chat/history?myId=a&friendId=b",
])
def test_every_route_answers_at_the_root_and_under_api(client, route):
    answer = client.post(route, {}) if "login" in route else client.get(route)
    assert answer.status_code in (400, 401)
    refusal(answer)


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_health_answers_under_both(client, prefix):
    for path in ("/healthz", "/readyz"):
        assert client.get(prefix + path).status_code == 200, prefix + path


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_the_documents_answer_under_both(client, prefix):
    assert client.get(f"{prefix}/api-docs.json").status_code == 200
    assert "text/html" in client.get(f"{prefix}/api-docs/").headers["Content-Type"]


def test_the_openapi_document_names_every_route(client):
    document = client.get("/api-docs.json").json()
    assert document["openapi"].startswith("3.")
    assert {
        "/auth/register", "/auth/login", "/auth/change-password", "/auth/logout",
        "/friends/add", "/friends/{userId}", "/friends/remove", "/friends/block",
        "/friends/unblock", "/friends/{userId}/blocked", "/chat/send", "/chat/delete",
        "/chat/read", "/chat/history", "/chat/search", "/chat/photo/{id}", "/account/export",
        "/push/key", "/push/subscribe",
    } <= set(document["paths"])


@pytest.mark.parametrize("path", [
    "/tidak/ada", "/api/tidak/ada", "/auth", "/friends", "/friends/a/b", "/AUTH/LOGIN",
])
def test_no_such_route_is_not_found(client, path):
    assert refusal(client.get(path))[:2] == (404, "not_found")


@pytest.mark.parametrize("method, path, allowed", [
    ("GET", "/auth/login", "POST"), ("DELETE", "/chat/send", "POST"),
    ("POST", "/chat/history", "GET"), ("PUT", "/friends/x", "GET"), ("PATCH", "/healthz", "GET"),
])
def test_another_method_is_not_allowed_and_the_right_one_named(client, method, path, allowed):
    answer = client.http.request(method, client.url + path, json={}, timeout=30)
    assert refusal(answer)[:2] == (405, "method_not_allowed")
    assert allowed in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("kind", [
    None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
    "application/xml", "application/jsonp",
])
def test_a_body_that_is_not_json_is_an_unsupported_type(client, kind):
    fields = [f"Content-Type: {kind}"] if kind else []
    answer = raw.say(client.url, raw.post("/auth/login", LOGIN, *fields))
    assert refusal(answer)[:2] == (415, "unsupported_media_type")


def test_json_is_recognised_with_parameters_and_in_any_case(client):
    for kind in ("application/json; charset=utf-8", "Application/JSON",
                 "application/json;charset=UTF-8"):
        answer = raw.say(client.url, raw.post("/auth/login", LOGIN, f"Content-Type: {kind}"))
        assert answer.status_code == 401, kind


def test_a_body_over_64_kib_is_too_large(client):
    filling = b" " * (64 * 1024 - len(LOGIN))
    kind = "Content-Type: application/json"
    assert raw.say(client.url, raw.post("/auth/login", LOGIN + filling, kind)).status_code == 401
    answer = raw.say(client.url, raw.post("/auth/login", LOGIN + filling + b" ", kind))
    assert refusal(answer)[:2] == (413, "too_large")


def test_a_chunked_body_over_64_kib_is_too_large(client):
    head = (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    answer = raw.say(client.url, head, *[chunk] * 5, b"0\r\n\r\n")
    assert refusal(answer)[:2] == (413, "too_large")


@pytest.mark.parametrize("body", [
    b"", b"{", b"[1,]", b'{"username":"a","username":"b","password":"c"}', b"nul", b'"\xff"',
    b'{"username": "a\x01", "password": "b"}', b"[" * 60000, b"{}{}", b"\xef\xbb\xbf{}",
])
def test_bytes_that_are_not_json_are_malformed(client, body):
    answer = raw.say(
        client.url, raw.post("/auth/login", body, "Content-Type: application/json"))
    assert refusal(answer)[:2] == (400, "malformed")


@pytest.mark.parametrize("request_bytes, status", [
    (b"GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505),
    (b"GET  / HTTP/1.1\r\nHost: t\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: t\r\nname : x\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: t\r\n folded: x\r\n\r\n", 400),
    (b"GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n", 400),
    (b"BREW / HTTP/1.1\r\nHost: t\r\n\r\n", 501),
    (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: t\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: t\r\n" + b"".join(
        b"x%d: %s\r\n" % (n, b"y" * 500) for n in range(200)) + b"\r\n", 431),
    (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
     400),
    (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: +2\r\n\r\n{}", 400),
    (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    (b"POST /auth/login HTTP/1.1\r\nHost: t\r\nExpect: wonders\r\nContent-Length: 2\r\n\r\n{}",
     417),
])
def test_what_is_wrong_as_http_is_refused_with_the_right_status(door, request_bytes, status):
    answer = raw.say(door, request_bytes)
    assert refusal(answer)[0] == status
    assert answer.headers.get("Connection", "").lower() == "close"


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_body_of_unknown_length_is_refused(client, version):
    head = b"POST /auth/login HTTP/%s\r\nHost: t\r\n" % version
    head += b"Content-Type: application/json\r\n\r\n"
    assert refusal(raw.say(client.url, head))[:2] == (411, "length_required")


def test_a_request_that_never_ends_times_out(door):
    answer = raw.say(door, b"GET / HTTP/1.1\r\nHost: t\r\n", timeout=90)
    assert refusal(answer)[:2] == (408, "timeout")


def test_a_request_that_arrives_byte_by_byte_is_answered(client):
    whole = raw.post("/auth/login", LOGIN, "Content-Type: application/json")
    answer = raw.say(client.url, *(bytes([byte]) for byte in whole))
    assert refusal(answer)[:2] == (401, "bad_credentials")


def test_requests_sent_at_once_are_answered_in_order(door):
    well = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
    last = b"GET /tidak/ada HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    received = raw.everything(door, well + well + last)
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.index(b"HTTP/1.1 404") > received.rindex(b"HTTP/1.1 200")


def test_head_answers_as_get_without_the_body(client):
    answer = client.http.head(client.url + "/healthz", timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_page_comes_with_a_strict_policy(client):
    answer = client.get("/")
    assert answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", [
    "/../Package.swift", "/%2e%2e/Package.swift", "/css/../../Package.swift", "/..%2fPackage.swift",
    "/css/%2e%2e%2f%2e%2e%2fPackage.swift", "//etc/passwd", "/%00", "/.git/config", "/css",
])
def test_nothing_outside_the_pages_is_served(client, path):
    answer = raw.say(client.url, f"GET {path} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
    assert answer.status_code in (400, 404)
    refusal(answer)
