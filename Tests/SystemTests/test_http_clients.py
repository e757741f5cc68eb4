"""Clients that are not ours understand what the door says, each in its own way of asking."""

import http.client
import json
import os
import shutil
import subprocess

import pytest

from api import PASSWORD, ok
from certificates import AUTHORITY, context

BODY = json.dumps({"username": "tidakada", "password": PASSWORD})
FORMS = {
    "1.1": [],
    "1.0": ["--http1.0"],
    "an upgrade to 2": ["--http2"],
    "chunks": ["-H", "Transfer-Encoding: chunked"],
    "an expectation": ["-H", "Expect: 100-continue", "--expect100-timeout", "20"],
    "compression": ["--compressed"],
    "no keeping alive": ["-H", "Connection: close"],
}


@pytest.fixture
def shared_box(either_box):
    """All of this holds over TLS too."""
    return either_box


def curl(*arguments):
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "30", "--noproxy", "*", "--cacert", AUTHORITY, *arguments],
        capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_curl_posts(client, form):
    said = curl(
        *form, "-H", "Content-Type: application/json", "-d", BODY, "-w", " %{http_code}",
        client.url + "/auth/login")
    body, status = said.rsplit(" ", 1)
    assert (status, json.loads(body)["code"]) == ("401", "bad_credentials")


@pytest.mark.parametrize("form", ["1.1", "1.0", "an upgrade to 2", "compression"])
def test_curl_gets_a_page_and_then_only_its_tag(client, form, tmp_path):
    page, tag = tmp_path / "page", tmp_path / "tag"
    fetch = [*FORMS[form], "-o", page, "-w", "%{http_code}", client.url + "/"]
    tagged = ["--etag-save", tag, "--etag-compare", tag]
    assert curl(*tagged, *fetch) == "200"
    assert page.read_text().lower().startswith("<!doctype html>")
    assert curl(*tagged, *fetch) == "304"
    weakened = f"If-None-Match: W/{tag.read_text().strip()}"
    assert curl("-H", weakened, *fetch) == "304"


def test_curl_reads_a_streamed_answer_in_both_versions(client, people):
    anna, budi = people("anna", "budi")
    texts = [f"{number} " + "isi " * 500 for number in range(60)]
    for text in texts:
        anna.send(budi, text)
    url = f"{client.url}/chat/history?myId={anna.id}&friendId={budi.id}"
    fields = ["-H", f"Authorization: Bearer {anna.token}", "-D", "/dev/stderr"]
    answers = [curl(*form, *fields, url) for form in ([], ["--http1.0"])]
    for answer in answers:
        assert [row["content"] for row in json.loads(answer)] == [text.strip() for text in texts]


def test_curl_uses_one_connection_for_several_requests(client):
    url = client.url + "/healthz"
    counts = curl(
        "-o", "/dev/null", url, "-o", "/dev/null", url, "-o", "/dev/null", url,
        "-w", "%{num_connects} ")
    assert counts.split() == ["1", "0", "0"]
    old = curl(
        "--http1.0", "-H", "Connection: keep-alive", "-o", "/dev/null", url, "-o", "/dev/null",
        url, "-w", "%{num_connects} ")
    assert old.split() == ["1", "0"]


def test_the_client_of_pythons_library(client):
    scheme, host = client.url.split("://")
    connection = (
        http.client.HTTPSConnection(host, timeout=30, context=context()) if scheme == "https"
        else http.client.HTTPConnection(host, timeout=30))
    kind = {"Content-Type": "application/json"}
    sizes = iter([BODY[:5].encode(), BODY[5:].encode()])
    for body in (BODY, sizes):
        connection.request(
            "POST", "/api/auth/login", body, kind, encode_chunked=body is sizes)
        answer = connection.getresponse()
        assert answer.status == 401 and json.loads(answer.read())["code"] == "bad_credentials"
        socket = connection.sock
        assert socket is not None
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"") and int(answer.headers["Content-Length"])
    assert connection.sock is socket, "the connection was not kept"
    connection.close()


NODE = """
const [url, body] = process.argv.slice(2);
const say = async (path, options) => {
    const answer = await fetch(url + path, options);
    return [answer.status, await answer.text()];
};
const headers = {"Content-Type": "application/json"};
const stream = () => new Blob([body.slice(0, 5), body.slice(5)]).stream();
const page = await fetch(url + "/");
const tag = page.headers.get("ETag");
await page.text();
console.log(JSON.stringify([
    await say("/healthz"),
    await say("/auth/login", {method: "POST", headers, body}),
    await say("/auth/login", {method: "POST", headers, body: stream(), duplex: "half"}),
    await say("/", {headers: {"If-None-Match": tag}}),
    (await Promise.all(Array.from({length: 50}, () => say("/readyz")))).map(([status]) => status),
]));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_fetch_of_node(client, tmp_path):
    program = tmp_path / "fetch.mjs"
    program.write_text(NODE)
    done = subprocess.run(
        ["node", program, client.url, BODY], capture_output=True, text=True, timeout=60,
        check=True, env=os.environ | {"NODE_EXTRA_CA_CERTS": str(AUTHORITY)})
    health, whole, streamed, unchanged, many = json.loads(done.stdout)
    assert health[0] == 200
    for status, body in (whole, streamed):
        assert (status, json.loads(body)["code"]) == (401, "bad_credentials")
    assert unchanged == [304, ""]
    assert many == [200] * 50


def test_a_file_unchanged_is_answered_as_the_file_would_be(client):
    page = client.get("/")
    same = client.get("/", headers={"If-None-Match": f'"x", W/{page.headers["ETag"]}'})
    assert (same.status_code, same.content) == (304, b"")
    for name in ("Cache-Control", "ETag", "Content-Security-Policy", "Referrer-Policy",
                 "X-Frame-Options", "Cross-Origin-Opener-Policy", "X-Content-Type-Options"):
        assert same.headers[name] == page.headers[name], name
    assert "Date" in same.headers and "Content-Length" not in same.headers


def test_an_origin_that_browsers_do_not_trust_gets_no_policy_that_they_complain_about(client):
    policy = "Cross-Origin-Opener-Policy"
    for host, is_trusted in (
            ("localhost:1", True), ("127.0.0.1", True), ("[::1]:8080", True),
            ("192.0.2.2:8080", False), ("box.lan", False), ("localhost.example", False)):
        is_trusted = is_trusted or client.url.startswith("https:")
        assert (policy in client.get("/", headers={"Host": host}).headers) == is_trusted, host


def test_every_answer_of_the_api_tells_browsers_to_distrust_it(client):
    for answer in (client.get("/healthz"), client.get("/nowhere"), client.post("/auth/login", {})):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Date"].endswith(" GMT")


def test_another_policy_for_pages_replaces_the_strict_one(new_box):
    box = new_box("--csp=default-src 'self'").start()
    assert box.client().get("/").headers["Content-Security-Policy"] == "default-src 'self'"
    answer = box.client().get("/healthz")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    ok(box.client().register("anna"))
