"""The memory of both programs: keys are in locked pages alone, and nothing is left of what is
over: no dropped key, no passphrase, no password, no text."""

import secrets
import time
from pathlib import Path

import pytest

from api import Person, ok
from rings import PASSPHRASE, cipher, done, key_bytes, seal_file


def mappings(pid):
    """(start, end, flags) of each readable part of a process's memory."""
    found = []
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first = line.split()[0]
        if "-" in first and ":" not in first:
            start, end = (int(part, 16) for part in first.split("-"))
            found.append([start, end, line.split()[1], set()])
        elif first == "VmFlags:":
            found[-1][3] = set(line.split()[1:])
    return [(start, end, flags) for start, end, mode, flags in found if mode.startswith("r")]


def places(program, wanted):
    """The flags of each part of a program's memory that holds these bytes."""
    pid = program.process.pid
    held = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, flags in mappings(pid):
            try:
                memory.seek(start)
                if wanted in memory.read(end - start):
                    held.append(flags)
            except OSError:
                continue
    return held


def around(program, wanted):
    """The places of the bytes, for the message of a failure."""
    pid = program.process.pid
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except (OSError, OverflowError):
                continue
            place = held.find(wanted)
            if place >= 0:
                found.append((line, held[max(0, place - 64):place + len(wanted) + 64]))
    return found


def is_gone(program, wanted):
    """Waits: a buffer may be freed just after the answer."""
    end = time.monotonic() + 10
    while places(program, wanted):
        assert time.monotonic() < end, (wanted[:12], around(program, wanted))
        time.sleep(0.1)


@pytest.fixture
def readable(vault):
    """A running Cipher whose memory this process may read."""
    try:
        open(f"/proc/{vault.program.process.pid}/mem", "rb").close()
    except PermissionError:
        pytest.skip("the memory of the programs may not be read here")
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
    if not Path(f"/proc/{box.core.process.pid}/mem").exists():
        pytest.skip("there is no such file here")
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
    for program in (box.core, box.cipher):
        for secret in (password, text):
            is_gone(program, secret.encode())


def test_the_shared_secret_is_in_locked_pages(box):
    secret = box.secret_file.read_bytes().strip()
    time.sleep(0.5)
    for program in (box.core, box.cipher):
        locked = [flags for flags in places(program, secret) if {"lo", "dd"} <= flags]
        assert locked, program.name
