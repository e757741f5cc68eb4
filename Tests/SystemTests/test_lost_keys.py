"""Key versions that are retired or lost for good, and a count of uses that is gone."""

import json
import os

from api import new_id, ok, refusal
from forged import sign_snapshot
from programs import Box, eventually, run
from rings import done, hang_up, key_bytes
from stores import one_line, store, well
from vault import seal

LEGACY_KEY = b"12345678901234567890123456789012"


def keys(box, *arguments, input=b""):
    return run("Cipher", "keys", *arguments, "--key-file", box.key_file, input=input)


def change(box, *arguments, input=b""):
    text = done(keys(box, *arguments, input=input))
    hang_up(box.cipher)
    return text


def forget_in_store(box, version, typed=None):
    return run(
        "ChatCore", "store", "forget-key", str(version), "--data", box.data,
        input=f"{version if typed is None else typed}\n".encode())


def test_a_message_of_a_retired_key_says_so_and_is_not_another_one(box):
    budi, sari = box.friends("budi", "sari")
    id = new_id()
    budi.send(sari, "lama", id)
    change(box, "rotate")
    budi.send(sari, "baru")
    change(box, "retire", "1")
    old, new = eventually(lambda: sari.history(budi))
    assert (old["code"], new["content"]) == ("key_retired", "baru")
    assert old["content"] != "[Gagal Decrypt]" and "code" not in new
    assert refusal(budi.try_send(sari, "lama", id))[:2] == (503, "key_retired")
    assert box.core.log.count("key version that is retired") == 1
    assert "version=1" in box.core.log and "not authentic" not in box.core.log
    rewrap = store("rewrap", data=box.data)
    assert rewrap.returncode != 0 and "restore" in rewrap.stderr
    change(box, "restore", "1")
    assert "1 of them moved" in well(store("rewrap", data=box.data))
    change(box, "retire", "1")
    assert [message["content"] for message in sari.history(budi)] == ["lama", "baru"]
    assert ok(budi.try_send(sari, "lama", id))["id"] == id


def test_a_version_is_forgotten_by_both_programs_when_its_number_is_typed(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "lama")
    change(box, "rotate")
    assert "retire 1 first" in one_line(keys(box, "forget", "1", input=b"1\n"))
    change(box, "retire", "1")
    secret = key_bytes(box, 1).hex()
    for typed in (b"", b"2\n", b"yes\n", b"1 \n"):
        assert "nothing was removed" in one_line(keys(box, "forget", "1", input=typed))
    assert secret in box.key_file.read_text()
    assert "still holds" in one_line(forget_in_store(box, 1))
    assert "has not counted" in one_line(keys(box, "forget", "1", input=b"1\n"))
    change(box, "forget", "1", "--even-if-needed", input=b"1\n")
    for file in box.key_file.parent.iterdir():
        assert file.is_socket() or secret not in file.read_text()
    eventually(lambda: not box.core.is_ready())
    assert "store forget-key 1" in box.core.log
    assert "nothing was changed" in one_line(forget_in_store(box, 1, "x"))
    well(forget_in_store(box, 1))
    box.core.wait_ready()
    assert "no such key version" in one_line(forget_in_store(box, 1))
    assert sari.history(budi)[0]["code"] == "key_retired"
    budi.send(sari, "baru")
    assert "forgotten" in one_line(keys(box, "restore", "1"))
    box.restart_core()
    assert [message["content"] for message in sari.__class__.login(
        box.client(), "sari").history(budi)][1:] == ["baru"]
    assert "version 3 is current" in done(keys(box, "rotate"))


def test_a_version_is_forgotten_once_chatcore_has_counted_that_nothing_needs_it(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "lama")
    change(box, "rotate")
    change(box, "retire", "1")
    assert store("rewrap", data=box.data).returncode != 0
    assert "1 stored contents still need" in one_line(keys(box, "forget", "1", input=b"1\n"))
    change(box, "restore", "1")
    well(store("rewrap", data=box.data))
    change(box, "retire", "1")
    secret = key_bytes(box, 1).hex()
    change(box, "forget", "1", input=b"1\n")
    for file in box.key_file.parent.iterdir():
        assert file.is_socket() or secret not in file.read_text()
    eventually(lambda: not box.core.is_ready())
    well(forget_in_store(box, 1))
    box.core.wait_ready()
    assert [message["content"] for message in sari.history(budi)] == ["lama"]
    change(box, "rotate")
    change(box, "retire", "2")
    assert "has not counted" in one_line(keys(box, "forget", "2", input=b"2\n"))


def test_a_legacy_key_is_needed_for_bare_contents_that_did_not_move(box):
    change(box, "import", "--legacy", input=LEGACY_KEY)
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "lama")
    box.folded()
    # No program of now writes a bare content.
    sealed = json.loads(box.db_file.read_bytes())["chats"][0]["content"]
    sign_snapshot(box.db_file, sealed.encode(), seal("lama", LEGACY_KEY).encode())
    box.start_core()
    change(box, "retire", "2")
    assert "restore" in store("rewrap", data=box.data).stderr
    assert "1 stored contents still need" in one_line(keys(box, "forget", "2", input=b"2\n"))
    change(box, "restore", "2")
    assert "1 of them moved" in well(store("rewrap", data=box.data))
    change(box, "retire", "2")
    change(box, "forget", "2", input=b"2\n")


def test_a_lost_ring_can_be_done_without_while_the_server_is_stopped(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "lama")
    box.core.end()
    box.cipher.end()
    box.key_file.unlink()
    box.start_cipher()
    box.start_core(ready=False)
    eventually(lambda: "store forget-key 1" in box.core.log)
    box.core.end()
    well(forget_in_store(box, 1))
    box.start_core()
    again = sari.__class__.login(box.client(), "sari")
    assert again.history(budi)[0]["content"] == "[Gagal Decrypt]"
    assert ok(again.try_send(budi, "masih ada"))
    assert "no such key version" in one_line(forget_in_store(box, 7))


def test_a_lost_count_of_uses_is_never_taken_for_nothing(vault):
    content = vault.encrypt("satu")
    spent = vault.key_file.with_name("keys.json.spent")
    vault.program.end()
    spent.unlink()
    vault.start()
    assert "count of the current key's uses is missing" in vault.program.log
    assert refusal(vault.ask("/encrypt", {"text": "dua"}))[:2] == (503, "key_exhausted")
    assert vault.decrypt(content) == "satu"
    assert ok(vault.ask("/keys"))["keys"][0]["spent"] == 1 << 32
    assert "recount" in one_line(vault.keys("check"))
    assert "lost" in done(vault.keys("list"))
    assert "version 1" in done(vault.keys("recount"))
    hang_up(vault.program)
    assert vault.encrypt("dua").startswith("v1:")
    assert (1 << 31) <= ok(vault.ask("/keys"))["keys"][0]["spent"] <= (1 << 31) + (1 << 20)
    assert "nothing changed" in done(vault.keys("recount"))
    assert "half as often as it may" in vault.program.log
    done(vault.keys("check"))


def test_a_fresh_key_seals_where_the_count_was_lost(vault):
    vault.program.end()
    vault.key_file.with_name("keys.json.spent").unlink()
    done(vault.keys("rotate"))
    vault.start()
    assert vault.encrypt("dua").startswith("v2:")


def test_a_ring_that_is_swapped_away_and_back_goes_on_counting(vault):
    content = vault.encrypt("satu")
    vault.program.end()
    away = vault.key_file.with_suffix(".away")
    vault.key_file.rename(away)
    vault.start()
    assert vault.encrypt("lain").startswith("v1:")
    vault.program.end()
    away.replace(vault.key_file)
    vault.start()
    assert vault.decrypt(content) == "satu"
    vault.encrypt("dua")
    assert ok(vault.ask("/keys"))["keys"][0]["spent"] == 2


def test_the_key_file_of_a_new_box_has_its_count(tmp_path):
    box = Box(tmp_path)
    done(run(
        "Cipher", "keys", "import", "--key-file", box.key_file, input=os.urandom(32)))
    assert box.key_file.with_name("keys.json.spent").read_text().count(":0") == 1
