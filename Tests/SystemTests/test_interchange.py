"""Cipher's contents are plain AES-256-GCM: another implementation seals and opens them."""

import base64

import pytest

from api import ok, refusal
from vault import CipherServer, open_sealed, seal

KEY = bytes(range(32))
TEXTS = ["halo", "", "a\u0000b", "日本語のひみつ 😀", "baris satu\nbaris dua", "x" * 100_000]


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    """A vault whose first key we chose."""
    vault = CipherServer(tmp_path_factory.mktemp("vault"))
    vault.add_key(KEY)
    yield vault.start()
    vault.program.end()


@pytest.mark.parametrize("text", TEXTS)
def test_what_another_implementation_seals_cipher_opens(vault, text):
    assert vault.decrypt("v1:" + seal(text, KEY, b"konteks"), keyContext="konteks") == text
    assert vault.decrypt("v1:" + seal(text, KEY)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_what_cipher_seals_another_implementation_opens(vault, text):
    sealed = vault.encrypt(text, keyContext="konteks é")
    assert sealed.startswith("v1:")
    assert open_sealed(sealed, KEY, "konteks é".encode()) == text
    assert open_sealed(vault.encrypt(text), KEY) == text


def test_every_flipped_bit_is_noticed(vault):
    sealed = base64.b64decode(seal("utuh", KEY, b"k"))
    batch = []
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        batch.append({"text": "v1:" + base64.b64encode(flipped).decode(), "keyContext": "k"})
    results = ok(vault.ask("/decrypt", {"batch": batch}))["results"]
    assert len(results) == len(batch)
    assert {result.get("code") for result in results} == {"not_authentic"}


def test_every_cut_is_noticed(vault):
    sealed = base64.b64decode(seal("utuh", KEY))
    batch = [
        {"text": "v1:" + base64.b64encode(sealed[:length]).decode()}
        for length in range(len(sealed))
    ]
    results = ok(vault.ask("/decrypt", {"batch": batch}))["results"]
    assert len(results) == len(batch)
    assert {result.get("code") for result in results} == {"not_authentic"}


def test_bare_contents_of_an_earlier_system_open_with_the_legacy_key_only(tmp_path):
    old_key = b"12345678901234567890123456789012"
    vault = CipherServer(tmp_path)
    vault.add_key(KEY)
    try:
        vault.start()
        bare = {"text": seal("pesan lama", old_key), "keyContext": "apa saja"}
        assert refusal(vault.ask("/decrypt", bare))[:2] == (422, "not_authentic")
        vault.add_key(old_key, "--legacy")
        vault.restart()
        assert ok(vault.ask("/decrypt", bare)) == {"result": "pesan lama"}
        assert open_sealed(vault.encrypt("baru"), KEY) == "baru", "sealed with the legacy key"
    finally:
        vault.program.end()
