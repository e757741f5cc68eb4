"""Cipher by itself: what it seals, opens, refuses, and never shows."""

import base64
import json
import os
import signal
import stat

import pytest
import requests

from api import ok, refusal
from programs import eventually, run
from vault import CipherServer


def forms_of_key(digits):
    """Returns the forms in which a key's bytes might show by mistake."""
    key = bytes.fromhex(digits)
    yield from (digits, digits.upper(), digits[:32])
    yield base64.b64encode(key).decode().rstrip("=")
    yield base64.urlsafe_b64encode(key).decode().rstrip("=")


@pytest.fixture(scope="module")
def shared_vault(tmp_path_factory):
    vault = CipherServer(tmp_path_factory.mktemp("vault")).start()
    yield vault
    vault.program.end()


@pytest.mark.parametrize("text", [
    "", "halo", "a\u0000b", "日本語 😀", '"kutip" \\ /', "baris\nbaris", "x" * (1 << 20),
    "\u0001\u001f\u007f\u2028",
])
def test_what_is_sealed_opens_again(shared_vault, text):
    assert shared_vault.decrypt(shared_vault.encrypt(text)) == text
    assert shared_vault.decrypt(
        shared_vault.encrypt(text, keyContext="a-b-c"), keyContext="a-b-c") == text


def test_no_two_seals_are_alike(shared_vault):
    assert len({shared_vault.encrypt("sama") for _ in range(50)}) == 50


def test_another_context_does_not_open(shared_vault):
    sealed = shared_vault.encrypt("halo", keyContext="a-b-c")
    for context in ({"keyContext": "a-c-b"}, {"keyContext": ""}, {}):
        answer = shared_vault.ask("/decrypt", {"text": sealed} | context)
        assert refusal(answer)[:2] == (422, "not_authentic")


@pytest.mark.parametrize("text", [
    "", "v1:", "v1:AAAA", "v1:!!!!", "v99:" + "A" * 40, "v:AAAA", "v1", "vx:AAAA", "bukan sandi",
    "v01:" + "A" * 40, "v-1:" + "A" * 40,
])
def test_what_is_no_ciphertext_is_refused(shared_vault, text):
    answer = shared_vault.ask("/decrypt", {"text": text})
    assert refusal(answer)[:2] == (422, "not_authentic")


@pytest.mark.parametrize("route", ["/encrypt", "/decrypt", "/rewrap"])
@pytest.mark.parametrize("body", [
    {}, {"text": 7}, {"text": None}, {"text": "x", "keyContext": 7}, {"batch": {}}, [], 7,
])
def test_a_request_of_another_shape_is_refused(shared_vault, route, body):
    assert refusal(shared_vault.ask(route, body))[:2] == (400, "malformed")


@pytest.mark.parametrize("data", [b"{", b"", b'{"text":"a","text":"b"}', b'{"text":"\xff"}'])
def test_bytes_that_are_not_json_are_refused(shared_vault, data):
    answer = requests.post(
        shared_vault.program.url + "/encrypt", data=data, timeout=30,
        headers={"Content-Type": "application/json"})
    assert refusal(answer)[0] == 400


@pytest.mark.parametrize("type_", [
    None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1",
])
def test_a_body_is_taken_as_json_alone(shared_vault, type_):
    answer = requests.post(
        shared_vault.program.url + "/encrypt", data=b'{"text":"halo"}', timeout=30,
        headers={"Content-Type": type_} if type_ else {})
    assert refusal(answer)[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize("field", [
    {"Origin": "http://127.0.0.1:8080"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
])
def test_no_page_is_answered_whatever_its_host(shared_vault, field):
    url, body = shared_vault.program.url, {"text": "halo"}
    for path in ("/keys", "/healthz", "/readyz", "/nowhere"):
        answer = requests.get(url + path, headers=field, timeout=30)
        assert refusal(answer)[:2] == (403, "cross_origin")
    for route in ("/encrypt", "/decrypt", "/rewrap"):
        answer = requests.post(url + route, json=body, headers=field, timeout=30)
        assert refusal(answer)[:2] == (403, "cross_origin")
    ok(requests.post(url + "/encrypt", json=body, headers={"Host": "any.example"}, timeout=30))


def test_a_batch_is_answered_in_order_and_one_bad_item_spoils_no_other(shared_vault):
    texts = [f"pesan {n}" for n in range(1000)]
    body = {"batch": [{"text": text, "keyContext": text} for text in texts]}
    sealed = [item["result"] for item in ok(shared_vault.ask("/encrypt", body))["results"]]
    batch = [
        {"text": one, "keyContext": text} for one, text in zip(sealed, texts, strict=True)]
    batch[500]["keyContext"] = "lain"
    results = ok(shared_vault.ask("/decrypt", {"batch": batch}))["results"]
    assert results[500]["code"] == "not_authentic" and "result" not in results[500]
    assert [item.get("result") for item in results] \
        == texts[:500] + [None] + texts[501:]
    assert ok(shared_vault.ask("/encrypt", {"batch": []})) == {"results": []}


def test_an_item_of_another_shape_is_answered_in_its_place(shared_vault):
    body = {"batch": [7, {"text": "x"}, {"keyContext": "x"}]}
    results = ok(shared_vault.ask("/encrypt", body))["results"]
    assert [item.get("code") for item in results] == ["malformed", None, "malformed"]


def test_too_much_at_once_is_refused(shared_vault):
    many = {"batch": [{"text": "x"}] * 1001}
    assert refusal(shared_vault.ask("/encrypt", many))[:2] == (413, "too_large")
    long = {"text": "x" * ((1 << 20) + 1)}
    assert refusal(shared_vault.ask("/encrypt", long))[:2] == (400, "malformed")
    heavy = {"batch": [{"text": "x" * (1 << 20)}] * 5}
    assert refusal(shared_vault.ask("/encrypt", heavy))[:2] == (413, "too_large")


def test_rewrapping_moves_a_text_to_the_current_key_without_showing_it(vault):
    old = vault.encrypt("pindah", keyContext="k")
    assert old.startswith("v1:")
    vault.add_key()
    vault.restart()
    answer = vault.ask("/rewrap", {"text": old, "keyContext": "k"})
    new = ok(answer)["result"]
    assert new.startswith("v2:") and "pindah" not in answer.text
    assert vault.decrypt(new, keyContext="k") == "pindah"
    assert vault.decrypt(old, keyContext="k") == "pindah"
    wrong = vault.ask("/rewrap", {"text": old, "keyContext": "lain"})
    assert refusal(wrong)[:2] == (422, "not_authentic")


def test_the_list_of_keys_shows_no_material(vault):
    vault.encrypt("halo")
    listed = vault.ask("/keys")
    key, = ok(listed)["keys"]
    assert (key["version"], key["state"], key["sealed"]) == (1, "current", 1)
    stored, = json.loads(vault.key_file.read_text())["keys"]
    assert key["fingerprint"] == stored["fingerprint"]
    shown = listed.text + vault.keys("list").stdout + vault.program.log
    for form in forms_of_key(stored["key"]):
        assert form not in shown


def test_the_ring_is_made_once_for_its_owner_alone(vault):
    assert stat.S_IMODE(vault.key_file.stat().st_mode) == 0o600
    sealed, ring = vault.encrypt("halo"), vault.key_file.read_bytes()
    vault.restart()
    assert vault.decrypt(sealed) == "halo"
    assert vault.key_file.read_bytes() == ring


def test_a_ring_that_others_may_read_or_that_is_damaged_is_refused_and_kept(vault):
    vault.program.end()
    ring = vault.key_file.read_bytes()
    for bytes_, mode in ((ring, 0o644), (ring, 0o640), (ring[:-10], 0o600), (b"", 0o600)):
        vault.key_file.write_bytes(bytes_)
        vault.key_file.chmod(mode)
        done = run("Cipher", "serve", "--port", "0", "--key-file", vault.key_file)
        assert done.returncode != 0
        assert "keys.json" in done.stderr.strip().splitlines()[-1]
        assert vault.key_file.read_bytes() == bytes_


def test_a_hang_up_makes_cipher_reread_its_ring(vault):
    vault.add_key()
    vault.program.process.send_signal(signal.SIGHUP)
    eventually(lambda: vault.encrypt("x").startswith("v2:"), within=10)


def test_a_key_that_is_not_32_bytes_is_not_imported(vault):
    ring = vault.key_file.read_bytes()
    for key in (b"", os.urandom(31), os.urandom(33)):
        done = vault.keys("import", input=key)
        assert done.returncode != 0 and done.stderr.strip()
    assert vault.key_file.read_bytes() == ring


def test_where_a_secret_is_configured_only_its_holder_is_served(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("sebuah-rahasia-bersama-yang-panjang\n")
    secret.chmod(0o600)
    vault = CipherServer(tmp_path, "--secret-file", secret).start()
    try:
        for wrong in (None, "salah", "sebuah-rahasia-bersama-yang-panjan"):
            vault.secret = wrong
            for route in ("/encrypt", "/decrypt", "/rewrap"):
                assert refusal(vault.ask(route, {"text": "x"}))[0] == 401
            assert refusal(vault.ask("/keys"))[0] == 401
        for route in ("/healthz", "/readyz"):
            assert vault.ask(route).status_code == 200
        vault.secret = "sebuah-rahasia-bersama-yang-panjang"
        assert vault.decrypt(vault.encrypt("x")) == "x"
    finally:
        vault.program.end()


def ask_chunk(vault, route, chunk, context, type_="application/octet-stream"):
    return requests.post(
        vault.program.url + route, timeout=30, headers={"Content-Type": type_},
        data=len(context).to_bytes(4, "big") + context + chunk)


@pytest.mark.parametrize("length", [0, 1, 65_536])
def test_a_chunk_of_bytes_opens_in_its_place_alone(shared_vault, length):
    chunk, place = os.urandom(length), b"p1:4:foto1:01:2"
    sealed = ask_chunk(shared_vault, "/encrypt/chunk", chunk, place).content
    assert len(sealed) == length + 32
    moved = ask_chunk(shared_vault, "/rewrap/chunk", sealed, place).content
    for content in (sealed, moved):
        assert ask_chunk(shared_vault, "/decrypt/chunk", content, place).content == chunk
        for wrong, context in (
                (content, b"p1:4:foto1:11:2"), (content[:-1], place), (content[1:], place)):
            answer = ask_chunk(shared_vault, "/decrypt/chunk", wrong, context)
            assert refusal(answer)[:2] == (422, "not_authentic")


def test_a_chunk_of_another_shape_is_refused(shared_vault):
    for chunk, type_, expected in (
            (bytes(65_537), "application/octet-stream", (413, "too_large")),
            (b"x", "application/json", (415, "unsupported_media_type"))):
        answer = ask_chunk(shared_vault, "/encrypt/chunk", chunk, b"c", type_)
        assert refusal(answer)[:2] == expected
    answer = requests.post(
        shared_vault.program.url + "/encrypt/chunk", data=b"\0\0\0\x09x", timeout=30,
        headers={"Content-Type": "application/octet-stream"})
    assert refusal(answer)[:2] == (400, "malformed")
