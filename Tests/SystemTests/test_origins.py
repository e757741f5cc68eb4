"""Requests with a cookie alone, and requests from other origins."""

import pytest

import raw
from api import PASSWORD, Client, ok, refusal

PAGE = "https://chat.example"


@pytest.fixture
def browser(client, people):
    """A client that holds nothing but the cookie, whose user has one friend."""
    anna, budi = people("anna", "budi")
    ok(client.post("/auth/login", {"username": anna.username, "password": PASSWORD}))

    def send(**fields):
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        return client.post(
            "/chat/send", {"senderId": anna.id, "receiverId": budi.id, "message": "halo"}, fields)
    return anna, budi, client, send


def test_a_cookie_alone_reads(browser):
    anna, budi, client, _ = browser
    assert [friend["id"] for friend in ok(client.get(f"/friends/{anna.id}"))] == [budi.id]


def test_a_cookie_proves_only_its_own_user(browser):
    _, budi, client, _ = browser
    assert refusal(client.get(f"/friends/{budi.id}"))[:2] == (403, "forbidden")


def test_the_same_origin_may_change_things_by_cookie(browser):
    _, _, client, send = browser
    ok(send(Sec_Fetch_Site="same-origin"))
    ok(send(Origin=client.url))
    ok(send(Sec_Fetch_Site="same-origin", Origin=client.url))


@pytest.mark.parametrize("fields", [
    {},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
    {"Origin": PAGE},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec_Fetch_Site": "same-origin", "Origin": PAGE},
])
def test_another_origin_changes_nothing_by_cookie(browser, fields):
    anna, budi, _, send = browser
    assert refusal(send(**fields))[:2] == (403, "cross_origin")
    assert anna.history(budi) == []


def test_the_page_cannot_vouch_for_itself_against_the_browser(browser):
    _, _, client, send = browser
    assert refusal(send(Sec_Fetch_Site="cross-site", Origin=client.url))[:2] \
        == (403, "cross_origin")


def log_out(client, **fields):
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post("/auth/logout", {}, fields)


@pytest.mark.parametrize("has_cookie", [True, False])
@pytest.mark.parametrize("fields", [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
    {"Origin": PAGE},
    {"Origin": "null"},
    {"Sec_Fetch_Site": "same-origin", "Origin": PAGE},
])
def test_a_page_of_another_origin_logs_nobody_out(browser, has_cookie, fields):
    """`SameSite` keeps the cookie from such a request, but not its answer from clearing it."""
    anna, _, client, _ = browser
    asking = client if has_cookie else Client(client.url)
    answer = log_out(asking, **fields)
    assert refusal(answer)[:2] == (403, "cross_origin")
    assert "Set-Cookie" not in answer.headers
    assert ok(client.get(f"/friends/{anna.id}"))


def test_a_cookie_of_a_page_that_does_not_say_its_origin_stays(browser):
    assert refusal(log_out(browser[2]))[:2] == (403, "cross_origin")


def test_a_page_of_this_origin_clears_its_cookie_with_and_without_a_token(browser):
    anna, _, client, _ = browser
    token = {"Authorization": f"Bearer {anna.token}"}
    for fields in ({}, token):
        for proof in ({"Origin": client.url}, {"Sec_Fetch_Site": "same-origin"}):
            answer = log_out(Client(client.url), **proof | fields)
            assert ok(answer)["message"] and "Max-Age=0" in answer.headers["Set-Cookie"]


def test_a_client_that_is_no_page_logs_out(browser):
    """With its token its cookie goes, too. A page of another origin clears nothing."""
    anna, _, client, _ = browser
    token = {"Authorization": f"Bearer {anna.token}"}
    for fields, clears in (({}, False), (token, True), (token | {"Origin": PAGE}, False)):
        answer = log_out(Client(client.url), **fields)
        assert ok(answer)["message"] and ("Set-Cookie" in answer.headers) == clears
    answer = log_out(client, **token)
    assert "Max-Age=0" in answer.headers["Set-Cookie"] and not client.http.cookies


def test_a_bearer_header_wins_over_the_cookie_even_a_bad_one(browser):
    anna, _, client, _ = browser
    for header in ("Bearer x", "Basic x", "Bearer"):
        answer = client.get(f"/friends/{anna.id}", headers={"Authorization": header})
        if header.startswith("Bearer"):
            assert refusal(answer)[:2] == (401, "unauthorized"), header


def test_a_bearer_header_needs_no_origin(people):
    anna, budi = people("anna", "budi")
    answer = anna.api.post(
        "/chat/send", {"senderId": anna.id, "receiverId": budi.id, "message": "halo"},
        {"Sec-Fetch-Site": "cross-site", "Origin": PAGE})
    ok(answer)


def allowed_fields(answer):
    return {
        name.lower(): value for name, value in answer.headers.items()
        if name.lower().startswith("access-control-")
    }


def words(field):
    return {part.strip().lower() for part in field.split(",")}


def preflight(url, origin):
    return Client(url).http.options(f"{url}/chat/send", timeout=30, headers={
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type"})


def test_other_origins_are_closed_by_default(client):
    assert allowed_fields(preflight(client.url, PAGE)) == {}
    assert allowed_fields(client.get("/healthz", headers={"Origin": PAGE})) == {}


def test_a_configured_origin_is_let_in_without_credentials(new_box):
    box = new_box(f"--allowed-origins={PAGE},https://other.example").start()
    for origin in (PAGE, "https://other.example"):
        answer = preflight(box.url, origin)
        assert answer.status_code == 204
        fields = allowed_fields(answer)
        assert fields["access-control-allow-origin"] == origin
        assert "POST" in fields["access-control-allow-methods"]
        assert words(fields["access-control-allow-headers"]) \
            == {"authorization", "content-type", "if-none-match"}
        assert fields["access-control-max-age"] == "7200"
        assert "access-control-allow-credentials" not in fields
        assert "Origin" in answer.headers["Vary"]

        plain = box.client().get("/friends/x", headers={"Origin": origin})
        assert refusal(plain)[0] == 401
        assert plain.headers["Access-Control-Allow-Origin"] == origin
        exposed = plain.headers["Access-Control-Expose-Headers"]
        assert words(exposed) == {"etag", "retry-after"}
    for origin in ("https://chat.example.evil", "http://chat.example", "null"):
        assert allowed_fields(preflight(box.url, origin)) == {}


def refused_by_http(origin):
    field = f"Origin: {origin}"
    yield 413, raw.post("/chat/send", b"x" * 65_537, field)
    yield 417, raw.post("/chat/send", b"{}", field, "Expect: more")
    yield 411, f"POST /chat/send HTTP/1.0\r\n{field}\r\n\r\n".encode()
    chunked = "Host: test\r\nTransfer-Encoding: chunked"
    yield 400, f"POST /chat/send HTTP/1.1\r\n{chunked}\r\n{field}\r\n\r\nx\r\n".encode()


def test_a_configured_origin_reads_why_http_itself_refuses(new_box):
    box = new_box(f"--allowed-origins={PAGE}").start()
    for status, request in refused_by_http(PAGE):
        answer = raw.say(box.url, request)
        assert refusal(answer)[0] == status
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert answer.headers["Vary"] == "Origin"
    for status, request in refused_by_http("https://other.example"):
        answer = raw.say(box.url, request)
        assert refusal(answer)[0] == status
        assert allowed_fields(answer) == {}


def test_behind_https_the_cookie_is_secure_when_a_trusted_proxy_says_so(new_box):
    box = new_box("--trusted-proxies=127.0.0.0/8,::1").start()
    anna = box.person("anna")
    body = {"username": "anna", "password": PASSWORD}
    answer = box.client().post("/auth/login", body, {"X-Forwarded-Proto": "https"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-") and "secure" in cookie.lower()
    pair = cookie.split(";")[0]
    assert ok(box.client().get(f"/friends/{anna.id}", headers={
        "Cookie": pair, "X-Forwarded-Proto": "https"})) == []


def test_a_stranger_cannot_claim_to_be_a_proxy(shared_box, people):
    anna, = people("anna")
    answer = shared_box.client().post(
        "/auth/login", {"username": anna.username, "password": PASSWORD},
        {"X-Forwarded-Proto": "https", "CF-Connecting-IP": "203.0.113.9"})
    assert "secure" not in answer.headers["Set-Cookie"].lower()
    assert "CF-Connecting-IP" in shared_box.core.log


def test_whatever_is_asked_a_stranger_that_names_its_client_is_warned_about(new_box):
    box = new_box("--trusted-proxies=192.0.2.1").start()
    client = box.client()
    client.get("/healthz")
    assert "CF-Connecting-IP" not in box.core.log
    for _ in range(2):
        client.get("/healthz", headers={"CF-Connecting-IP": "203.0.113.9"})
    assert box.core.log.count("CF-Connecting-IP") == 1


def test_a_user_from_elsewhere_is_throttled_by_their_own_address(new_box):
    box = new_box("--auth-attempts=5", "--trusted-proxies=127.0.0.1").start()
    box.person("anna")

    def attempt(address, password="bukan ini sandi"):
        return box.client().post(
            "/auth/login", {"username": "anna", "password": password},
            {"CF-Connecting-IP": address})

    answers = [attempt("203.0.113.9") for _ in range(8)]
    assert refusal(answers[0])[0] == 401
    assert refusal(answers[-1])[:2] == (429, "too_many_attempts")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert attempt("198.51.100.7", PASSWORD).status_code == 200, "the owner is locked out"

    answers = [attempt(f"2001:db8::{n}") for n in range(1, 9)]
    assert answers[-1].status_code == 429, "IPv6 counts by /64"
    assert attempt("2001:db8:0:1::1", PASSWORD).status_code == 200


def test_registrations_are_throttled_too(new_box):
    box = new_box("--auth-attempts=5").start()
    answers = [box.client().register(f"orang{n}") for n in range(8)]
    assert answers[0].status_code == 200
    assert refusal(answers[-1])[:2] == (429, "too_many_attempts")
    assert box.client().get("/healthz").status_code == 200
