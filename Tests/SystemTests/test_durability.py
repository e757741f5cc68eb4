"""An acknowledged write is on the disk: after a stop, a kill, and a kill in the middle of many."""

import random
import shutil
import signal
import stat
import subprocess
import threading
import time

import pytest
import requests

from api import Client, Person, new_id, ok
from programs import eventually, run


def journals(box):
    return sorted(box.data.glob("journal-*"))


def reconnected(box, person):
    """The same person and token at the restarted program's new port."""
    return Person(box.url, person.id, person.username, person.token)


def tags(anna, budi):
    return [anna.try_history(budi).headers["ETag"], anna.try_friends().headers["ETag"]]


def test_a_clean_restart_shows_the_same_history_and_friends_under_the_same_tags(box):
    anna, budi = box.friends("anna", "budi")
    for n in range(10):
        anna.send(budi, f"pesan {n} 😀")
    before = anna.history(budi), anna.friends(), tags(anna, budi)
    box.restart_core()
    anna = reconnected(box, anna)
    assert (anna.history(budi), anna.friends(), tags(anna, budi)) == before
    assert Person.login(box.client(), "budi").friends()[0]["receivedCount"] == 10


def test_tags_end_with_a_crash_and_with_a_restored_backup(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    first = tags(anna, budi)
    box.restart_core(signal.SIGKILL)
    anna = reconnected(box, anna)
    second = tags(anna, budi)
    assert box.core.end() == 0
    copy = box.data.with_name("copy")
    shutil.copytree(box.data, copy)
    shutil.rmtree(box.data)
    shutil.copytree(copy, box.data)
    box.start_core()
    third = tags(reconnected(box, anna), budi)
    assert len({*first, *second, *third}) == 6


def test_timestamps_go_on_increasing_after_a_restart(box):
    anna, budi = box.friends("anna", "budi")
    before = anna.send(budi, "satu")["timestamp"]
    box.restart_core()
    assert reconnected(box, anna).send(budi, "dua")["timestamp"] > before


def test_stopping_folds_a_small_store_into_one_document_that_jq_reads(box):
    anna, budi = box.friends("anna", "budi")
    sent = [anna.send(budi, f"pesan {n}") for n in range(3)]
    assert box.core.end() == 0

    def jq(query):
        return subprocess.run(
            ["jq", "-c", query, box.db_file], capture_output=True, text=True, check=True
        ).stdout.splitlines()
    assert jq(".chats[].id") == [f'"{message["id"]}"' for message in sent]
    assert jq('.chats[] | select(.content | startswith("v1:") | not)') == []
    assert jq('.chats[] | keys') == [
        '["content","context","id","receiverId","senderId","timestamp"]'] * 3
    assert jq(".users[].username") == ['"anna"', '"budi"']
    assert all(hash.startswith('"$2b$10$') for hash in jq(".users[].password"))
    assert jq("keys") == ['["chats","meta","users"]']
    for message in sent:
        lines = [line for line in box.db_file.read_text().splitlines() if message["id"] in line]
        assert len(lines) == 1 and message["data"]["receiverId"] in lines[0]


def test_two_quiet_seconds_fold_a_small_store(box):
    anna, budi = box.friends("anna", "budi")
    id = anna.send(budi, "halo")["id"]
    eventually(lambda: id in box.db_file.read_text(), within=10, what="the fold")
    assert anna.texts(budi) == ["halo"]


def test_a_kill_between_messages_loses_nothing(box):
    anna, budi = box.friends("anna", "budi")
    sent = []
    for _ in range(5):
        sent += [anna.send(budi, f"#{len(sent) + n}") for n in range(3)]
        box.restart_core(signal.SIGKILL)
        anna = reconnected(box, anna)
        assert [m["timestamp"] for m in anna.history(budi)] == [m["timestamp"] for m in sent]
    assert anna.texts(budi) == [f"#{n}" for n in range(15)]


def test_a_kill_right_after_registering_or_befriending_loses_nothing(box):
    anna = box.person("anna")
    box.restart_core(signal.SIGKILL)
    anna, budi = reconnected(box, anna), box.person("budi")
    anna.befriend(budi)
    box.restart_core(signal.SIGKILL)
    assert reconnected(box, anna).friends()[0]["id"] == budi.id
    assert reconnected(box, budi).friends()[0]["id"] == anna.id
    ok(reconnected(box, anna).api.post(
        "/auth/change-password", {"userId": anna.id, "newPassword": "sandi yang baru"}))
    box.restart_core(signal.SIGKILL)
    Person.login(box.client(), "anna", "sandi yang baru")


class Writer(threading.Thread):
    """Sends until the server is gone; remembers what was acknowledged, and what was under way."""

    def __init__(self, number, person, other):
        super().__init__()
        self.number, self.person, self.other = number, person, other
        self.acknowledged = []
        self.under_way = None

    def run(self):
        for n in range(100_000):
            self.under_way = (new_id(), f"dari {self.number}: {n}")
            id, text = self.under_way
            try:
                self.acknowledged.append(self.person.send(self.other, text, id))
            except requests.RequestException:
                return


@pytest.mark.parametrize("round", range(3))
def test_a_kill_under_eight_writers_loses_nothing_acknowledged(box, round):
    anna, budi = box.friends("anna", "budi")
    pairs = [(anna, budi), (budi, anna)] * 4
    writers = [
        Writer(n, Person(box.url, me.id, me.username, me.token), other)
        for n, (me, other) in enumerate(pairs)
    ]
    for writer in writers:
        writer.start()
    seed = random.randrange(1 << 32)
    print("seed", seed)
    time.sleep(0.5 + random.Random(seed).random())
    box.restart_core(signal.SIGKILL)
    for writer in writers:
        writer.join(30)

    anna, budi = reconnected(box, anna), reconnected(box, budi)
    stored = {message["id"]: message for message in anna.history(budi)}
    acknowledged = [message for writer in writers for message in writer.acknowledged]
    assert len(acknowledged) >= 8
    for message in acknowledged:
        kept = stored.pop(message["id"])
        assert kept == {name: message[name] for name in kept}
    under_way = {writer.under_way[0] for writer in writers}
    assert set(stored) <= under_way, "a message that nobody sent"

    # Sends under way are repeated with the same id: stored now, or found stored already.
    for writer in writers:
        id, text = writer.under_way
        sender = anna if writer.person.id == anna.id else budi
        again = sender.send(budi if sender is anna else anna, text, id)
        assert id not in stored or again["timestamp"] == stored[id]["timestamp"]
    history = anna.history(budi)
    assert len(history) == len(acknowledged) + len(writers)
    times = [message["timestamp"] for message in history]
    assert times == sorted(set(times))


def test_every_file_is_its_owners_alone(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    files = [*box.data.iterdir(), box.key_file, box.folder / "session.key"]
    box.core.end()
    files += box.data.iterdir()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files if file.exists()}
    assert {"db.json", "lock", "keys.json", "session.key"} <= set(modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o600} == {}


def test_the_data_folder_holds_the_store_and_its_socket_alone(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    growth = box.folder / "store-growth"
    eventually(growth.exists, what="a note of the store's size")

    def others():
        return {file.name for file in box.data.iterdir()
                if not file.name.startswith("journal-")} - {"db.json", "lock"}
    assert others() == {"control.sock"}
    box.core.end()
    assert others() == set()


def test_a_second_chatcore_on_the_same_data_refuses(box):
    # A database is for any number of them.
    box.looks_into_data()
    anna, budi = box.friends("anna", "budi")
    second = box.core_program()
    second.log_file = box.folder / "second.log"
    second.launch()
    assert second.process.wait(30) != 0
    assert f"{box.data}: another process owns" in second.log
    assert anna.send(budi, "masih jalan")["content"] == "masih jalan"


def torn_store(box):
    """A store killed before it could fold, with three messages in its journal."""
    anna, budi = box.friends("anna", "budi")
    for n in range(3):
        anna.send(budi, f"#{n}")
    box.core.kill()
    return anna, budi, journals(box)[-1]


@pytest.mark.parametrize("rest", [b"x", b"\0" * 4096, b'{"half a record', b"\n\n"])
def test_a_torn_tail_is_cut_off_with_a_word_in_the_log(box, rest):
    anna, budi, journal = torn_store(box)
    whole = journal.stat().st_size
    with journal.open("ab") as file:
        file.write(rest)
    box.start_core()
    assert reconnected(box, anna).texts(budi) == ["#0", "#1", "#2"]
    line, = (line for line in box.core.log.splitlines() if "torn tail" in line)
    assert f"bytes={len(rest)} offset={whole}" in line


def test_damage_before_the_tail_stops_the_start_and_is_left_as_it_is(box):
    _, _, journal = torn_store(box)
    damaged = bytearray(journal.read_bytes())
    place = len(damaged) // 3
    damaged[place] ^= 0x04
    journal.write_bytes(damaged)
    start = len(box.core.log)
    box.core.launch()
    assert box.core.process.wait(30) != 0
    assert journal.name in box.core.log[start:]
    assert journal.read_bytes() == damaged


def test_a_db_json_edited_by_hand_stops_the_start_and_the_way_out_works(box):
    box.friends("anna", "budi")
    edited = box.folded().replace(b'"anna"', b'"hana"')
    box.db_file.write_bytes(edited)
    start = len(box.core.log)
    box.core.launch()
    assert box.core.process.wait(30) != 0
    said = box.core.log[start:]
    assert "db.json" in said and "store accept" in said
    assert box.db_file.read_bytes() == edited

    done = run("ChatCore", "store", "accept", "--data", box.data)
    assert done.returncode == 0, done.stderr
    box.start_core()
    assert Person.login(box.client(), "hana").friends()[0]["username"] == "budi"


def test_the_session_survives_a_restart_and_a_lost_session_key_ends_it(box):
    anna = box.person("anna")
    box.restart_core()
    assert reconnected(box, anna).friends() == []
    box.core.end()
    (box.folder / "session.key").unlink()
    box.start_core()
    assert Client(box.url, anna.token).get(f"/friends/{anna.id}").status_code == 401
