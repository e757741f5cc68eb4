"""A takeover never seals gibberish, loses a list, or holds all messages in memory."""

import base64
import json
import os
import time
from pathlib import Path

import pytest

from api import Person
from programs import Box, run
from stores import well
from test_takeover import EXPECTED, OLD_KEY, OLD_STORE, check_everything, old_box, residents
from vault import seal

__all__ = ["old_box"]
WRONG_KEY = b"x" * 32
PASSWORD_HASH = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
USERS = [
    {"id": "u1", "username": "wati", "password": PASSWORD_HASH, "contacts": ["u2"]},
    {"id": "u2", "username": "agus", "password": PASSWORD_HASH, "contacts": ["u1"]},
]


def box_of(tmp_path, key, document):
    box = Box(tmp_path)
    box.data.mkdir()
    box.db_file.write_text(document if isinstance(document, str) else json.dumps(document))
    box.db_file.chmod(0o600)
    well(run("Cipher", "keys", "import", "--legacy", "--key-file", box.key_file, input=key))
    box.start_cipher()
    return box


def message(number, content, **fields):
    return {
        "id": f"m{number}", "senderId": "u1", "receiverId": "u2", "content": content,
        "timestamp": 1_700_000_000 + number} | fields


def refused(box):
    before = box.db_file.read_bytes()
    core = box.core_program()
    core.launch()
    assert core.process.wait(60) != 0
    assert box.db_file.read_bytes() == before
    assert sorted(file.name for file in box.data.iterdir()) == ["db.json", "lock"]
    return core.log.splitlines()[-1]


def test_a_wrong_legacy_key_is_refused_by_name(tmp_path):
    box = box_of(tmp_path, WRONG_KEY, OLD_STORE.read_text())
    said = refused(box)
    assert "keys forget 2`" in said and "keys import --legacy" in said
    assert "--accept-plaintext" in said
    box.stop()


def test_the_right_key_takes_over_what_a_wrong_one_did_not(tmp_path):
    box = box_of(tmp_path, WRONG_KEY, OLD_STORE.read_text())
    refused(box)
    box.cipher.end()
    box.key_file.unlink()
    well(run("Cipher", "keys", "import", "--legacy", "--key-file", box.key_file, input=OLD_KEY))
    box.start_cipher()
    box.start_core()
    check_everything(box)
    box.stop()


@pytest.mark.parametrize("as_flag", [True, False])
def test_texts_that_look_like_ciphertext_are_taken_when_they_are_meant(tmp_path, as_flag):
    text = base64.b64encode(bytes(range(60))).decode()
    box = box_of(tmp_path, OLD_KEY, {"users": USERS, "messages": [message(1, text)]})
    assert "--accept-plaintext" in refused(box)
    core = box.core_program()
    if as_flag:
        core.arguments.append("--accept-plaintext")
    else:
        box.environment["CHATCORE_ACCEPT_PLAINTEXT"] = "true"
        core = box.core_program()
    core.start().wait_ready()
    assert "sealed as they stand" in core.log and "m1" in core.log
    core.end()
    box.stop()


def test_two_lists_of_messages_are_refused_and_one_of_them_may_be_empty(tmp_path):
    both = {"users": USERS, "messages": [message(1, "satu")], "chats": [message(2, "dua")] * 2}
    box = box_of(tmp_path, OLD_KEY, both)
    said = refused(box)
    assert "1 `messages` and 2 `chats`" in said and "jq" in said
    both["chats"] = []
    box.db_file.write_text("\ufeff" + json.dumps(both))
    box.start_core()
    assert "byte-order mark" in box.core.log
    assert "1 message" in well(run("ChatCore", "store", "fold", "--data", box.data))
    box.stop()


def test_two_equal_names_are_named(tmp_path):
    users = [*USERS, USERS[0] | {"id": "u3", "contacts": []}]
    box = box_of(tmp_path, OLD_KEY, {"users": users, "messages": []})
    said = refused(box)
    assert "wati" in said and "u1" in said and "u3" in said
    box.stop()


def test_rows_of_the_future_are_listed_and_do_not_stop_the_clock(old_box):
    document = json.loads(OLD_STORE.read_text())
    document["messages"][5]["timestamp"] = 4_102_444_800_000
    id = document["messages"][5]["id"]
    old_box.db_file.write_text(json.dumps(document))
    old_box.start()
    line, = (line for line in old_box.core.log.splitlines() if "dated in the future" in line)
    assert id in line and "clock-reset" in line
    people = residents(old_box)
    for person in people.values():
        claims = json.loads(base64.urlsafe_b64decode(person.token.split(".")[1] + "=="))
        assert abs(claims["iat"] - time.time()) < 60
    old_box.restart_core()
    assert "store's time is ahead" not in old_box.core.log.split("stopped")[-1]
    name, password = next(iter(EXPECTED["users"].items()))
    assert Person.login(old_box.client(), name, password).friends()


def peak_memory(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def test_300_000_messages_are_taken_over_in_under_200_mb(tmp_path):
    content = base64.b64encode(os.urandom(12)).decode()
    sealed = seal("halo, apa kabar?", OLD_KEY, b"")
    rows = (json.dumps(message(n, sealed if n % 2 else content)) for n in range(300_000))
    text = '{"users":' + json.dumps(USERS) + ',"messages":[' + ",".join(rows) + "]}"
    box = box_of(tmp_path, OLD_KEY, text)
    box.core = box.core_program()
    box.core.start().wait_ready(within=300)
    peak = peak_memory(box.core.process)
    print(f"peak {peak >> 20} MiB")
    assert "300000" in box.core.log and peak < 200 << 20, f"{peak >> 20} MiB"
    box.stop()
