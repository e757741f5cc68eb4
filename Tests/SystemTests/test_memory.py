"""The memory of both programs: keys are in locked pages alone, and nothing is left of what is
over: no dropped key, no passphrase, no password, no text."""

import secrets
import time
from pathlib import Path

import pytest

from api import Person, ok
from memory import around, need_readable, places
from rings import PASSPHRASE, cipher, done, key_bytes, seal_file


def is_gone(program, wanted):
    """Waits: a buffer may be freed just after the answer."""
    end = time.monotonic() + 10
    while places(program, wanted):
        assert time.monotonic() < end, (wanted[:12], around(program, wanted))
        time.sleep(0.1)


def is_locked(program, wanted):
    """Waits until every place of it is in locked pages that no dump holds, and there is one."""
    end = time.monotonic() + 10
    while not (held := places(program, wanted)) or any(not {"lo", "dd"} <= each for each in held):
        assert time.monotonic() < end, (program.name, held, around(program, wanted))
        time.sleep(0.1)


@pytest.fixture
def readable(vault):
    """A running Cipher whose memory this process may read."""
    need_readable(vault.program)
    return vault


def test_keys_are_in_locked_pages_alone_that_no_dump_holds(readable):
    key = key_bytes(readable, 1)
    readable.decrypt(readable.encrypt("halo", keyContext="a"), keyContext="a")
    held = places(readable.program, key)
    assert held
    for flags in held:
        assert {"lo", "dd"} <= flags, flags
    assert not places(readable.program, key.hex().encode())
    limits = Path(f"/proc/{readable.program.process.pid}/limits").read_text()
    assert "Max core file size        0 " in limits


def test_a_sealed_cipher_holds_no_key_and_no_passphrase(readable):
    key = key_bytes(readable, 1)
    seal_file(readable.key_file)
    done(cipher(readable.key_file, "seal"))
    for secret in (key, key.hex().encode(), PASSPHRASE.strip(), PASSPHRASE.strip().hex().encode()):
        is_gone(readable.program, secret)
    done(cipher(readable.key_file, "unseal", input=PASSPHRASE))
    assert places(readable.program, key)
    for secret in (PASSPHRASE.strip(), PASSPHRASE.strip().hex().encode()):
        is_gone(readable.program, secret)
    done(cipher(readable.key_file, "seal"))
    is_gone(readable.program, key)


def test_a_key_that_was_given_leaves_no_copy(readable):
    key = secrets.token_bytes(32)
    seal_file(readable.key_file)
    readable.add_key(key)
    for flags in places(readable.program, key):
        assert {"lo", "dd"} <= flags, flags
    is_gone(readable.program, key.hex().encode())


def test_texts_and_passwords_leave_the_memory_of_both_programs(box):
    need_readable(box.core)
    password = f"kata-sandi-{secrets.token_hex(12)}"
    text = f"teks yang rahasia {secrets.token_hex(12)}"
    client = box.client()
    ok(client.register("anna", password))
    anna = Person.login(client, "anna", password)
    budi = box.person("budi")
    anna.befriend(budi)
    anna.send(budi, text)
    assert budi.texts(anna) == [text]
    assert budi.friends(preview=1)[0]["lastMessage"]["content"] == text
    for each in (client, anna.api, budi.api):
        each.http.close()
    assert places(box.core, budi.id.encode()), "or the search would prove nothing"
    for program in (box.core, box.cipher):
        for secret in (password, text):
            is_gone(program, secret.encode())


def test_the_shared_secret_is_in_locked_pages(box):
    need_readable(box.core)
    secret = box.secret_file.read_bytes().strip()
    for program in (box.core, box.cipher):
        is_locked(program, secret)
