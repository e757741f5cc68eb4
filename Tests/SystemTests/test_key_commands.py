"""The key ring's life: rotated, retired, restored, taken over while requests run."""

import re
import signal
import threading
import time

import pytest

from api import Refused, ok, refusal
from memory import need_readable, places
from programs import eventually, run
from rings import done, hang_up, key_bytes
from stores import store, well


def states(vault):
    return {key["version"]: key["state"] for key in ok(vault.ask("/keys"))["keys"]}


def test_a_ring_is_rotated_retired_and_restored_while_cipher_runs(vault):
    old = vault.encrypt("lama", keyContext="a")
    assert "version 2 is current" in done(vault.keys("rotate"))
    assert states(vault) == {1: "current"}
    hang_up(vault.program)
    assert states(vault) == {1: "decrypt-only", 2: "current"}
    assert vault.encrypt("baru").startswith("v2:")
    assert vault.decrypt(old, keyContext="a") == "lama"
    done(vault.keys("retire", "1"))
    hang_up(vault.program)
    with pytest.raises(Refused) as refusal:
        vault.decrypt(old, keyContext="a")
    assert "422" in str(refusal.value) and "key_retired" in str(refusal.value)
    done(vault.keys("restore", "1"))
    hang_up(vault.program)
    assert vault.decrypt(old, keyContext="a") == "lama"
    assert "2 is current" in done(vault.keys("check"))


@pytest.mark.parametrize(("command", "word"), [
    (["retire", "1"], "rotate first"), (["retire", "7"], "no version 7"),
    (["restore", "1"], "not retired"), (["retire", "x"], "version"), (["retire"], "version"),
])
def test_what_a_ring_does_not_take_is_one_line(vault, command, word):
    before = vault.key_file.read_bytes()
    result = vault.keys(*command)
    assert result.returncode != 0
    assert word in result.stderr and len(result.stderr.splitlines()) == 1
    assert vault.key_file.read_bytes() == before


def test_a_retired_key_is_no_longer_in_memory(vault):
    need_readable(vault.program)
    vault.encrypt("lama")
    done(vault.keys("rotate"))
    hang_up(vault.program)
    key, current = key_bytes(vault, 1), key_bytes(vault, 2)
    assert places(vault.program, key), "or the search would prove nothing"
    done(vault.keys("retire", "1"))
    hang_up(vault.program)
    assert places(vault.program, current)
    assert not places(vault.program, key)
    assert not places(vault.program, key.hex().encode())
    assert not places(vault.program, current.hex().encode())


def test_a_ring_that_lost_a_key_is_not_taken_over(vault):
    content = vault.encrypt("halo")
    ring = vault.key_file.read_bytes()
    vault.key_file.unlink()
    vault.add_key()
    hang_up(vault.program, "kept the keys as they were")
    assert vault.decrypt(content) == "halo"
    vault.key_file.write_bytes(ring)
    hang_up(vault.program)


def test_uses_are_counted_across_restarts(vault):
    for _ in range(3):
        vault.encrypt("x")
    assert ok(vault.ask("/keys"))["keys"][0]["spent"] == 3
    vault.restart()
    assert ok(vault.ask("/keys"))["keys"][0]["spent"] == 3
    vault.encrypt("x")
    vault.program.kill()
    vault.start()
    assert ok(vault.ask("/keys"))["keys"][0]["spent"] > 4
    assert oct((vault.key_file.parent / "keys.json.spent").stat().st_mode)[-3:] == "600"


def ready(box):
    return box.client().get("/readyz").json()


def test_both_logs_say_that_a_key_may_seal_no_more(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "lama")
    box.cipher.end()
    spent = box.key_file.parent / "keys.json.spent"
    spent.write_text(re.sub(r":\d+", f":{2 ** 32}", spent.read_text()))
    box.start_cipher()
    box.core.wait_ready()
    for _ in range(3):
        assert refusal(budi.try_send(sari, "baru"))[:2] == (503, "vault_unavailable")
        box.core.wait_ready()
    assert box.cipher.log.count("sealed as often as it may: run Cipher keys rotate") == 1
    assert "key_exhausted" in box.core.log
    eventually(lambda: ready(box).get("keyExhausted") is True, what="readiness says so")
    assert sari.texts(budi) == ["lama"]
    done(run("Cipher", "keys", "rotate", "--key-file", box.key_file))
    hang_up(box.cipher)
    eventually(lambda: budi.try_send(sari, "baru").status_code == 200)
    eventually(lambda: "keyExhausted" not in ready(box), what="readiness says nothing of it")


def test_a_rotation_under_load_loses_nothing(box):
    budi, sari = box.friends("budi", "sari")
    sent, stop = [], threading.Event()

    def write(number):
        count = 0
        while not stop.is_set():
            text = f"{number}-{count}"
            budi.send(sari, text)
            sent.append(text)
            count += 1
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for _ in range(4):
        time.sleep(0.3)
        done(run("Cipher", "keys", "rotate", "--key-file", box.key_file))
        hang_up(box.cipher)
    time.sleep(0.3)
    stop.set()
    for writer in writers:
        writer.join()
    assert sorted(sari.texts(budi)) == sorted(sent)
    tag = sari.try_history(budi).headers["ETag"]
    assert "moved under key version 5" in well(store("rewrap", data=box.data))
    again = sari.try_history(budi, headers={"If-None-Match": tag})
    assert again.status_code == 304, "a rewrap does not change what is read"
    for version in range(1, 5):
        done(run("Cipher", "keys", "retire", str(version), "--key-file", box.key_file))
    hang_up(box.cipher)
    assert sorted(sari.texts(budi)) == sorted(sent)
    assert ", 0 of them moved" in well(store("rewrap", data=box.data))
    box.core.end()
    contents = re.findall(rb'"content":"(v\d+):', box.db_file.read_bytes())
    assert set(contents) == {b"v5"} and len(contents) == len(sent)


def test_a_poll_hears_of_a_key_that_is_retired_and_restored(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")

    def change(*arguments):
        done(run("Cipher", "keys", *arguments, "--key-file", box.key_file))
        hang_up(box.cipher)

    def polled(tag):
        answer = sari.try_history(budi, headers={"If-None-Match": tag})
        return answer if answer.status_code == 200 else None
    change("rotate")
    tag = sari.try_history(budi).headers["ETag"]
    for command, text in (("retire", "[Kunci Nonaktif]"), ("restore", "halo")):
        change(command, "1")
        eventually(lambda text=text: sari.texts(budi) == [text])
        answer = eventually(lambda tag=tag: polled(tag), what="another answer")
        assert [message["content"] for message in answer.json()] == [text]
        # No cache keeps an unreadable text: the key may be back before anyone saw it gone.
        assert ("ETag" in answer.headers) == (text == "halo")
        tag = answer.headers.get("ETag", '"none"')


def test_a_rewrap_goes_on_after_a_kill_and_names_what_would_not_open(box):
    budi, sari = box.friends("budi", "sari")
    for number in range(30):
        budi.send(sari, f"pesan {number}")
    box.core.end()
    text = box.db_file.read_text()
    spoiled = re.sub(r'("content":"v1:)....', r"\1AAAA", text, count=1)
    box.db_file.write_text(spoiled)
    well(store("accept", data=box.data))
    done(run("Cipher", "keys", "rotate", "--key-file", box.key_file))
    hang_up(box.cipher)
    box.start_core()
    result = store("rewrap", data=box.data)
    assert result.returncode != 0 and "1 message would not open" in result.stderr
    assert box.core.log.count("a message is not authentic") == 1
    box.restart_core(signal.SIGKILL)
    texts = sari.__class__.login(box.client(), "sari").texts(budi)
    assert texts.count("[Gagal Decrypt]") == 1 and len(texts) == 30


def test_a_rewrap_without_a_server_says_so(box):
    box.core.end()
    result = store("rewrap", data=box.data)
    assert result.returncode != 0 and "no server runs" in result.stderr
