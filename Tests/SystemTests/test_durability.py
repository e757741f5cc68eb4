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


def journals(house):
    return sorted(house.data.glob("journal-*"))


def reconnected(house, person):
    """The same person and token at the restarted program's new port."""
    return Person(house.url, person.id, person.username, person.token)


def tags(anna, budi):
    return [anna.try_history(budi).headers["ETag"], anna.try_friends().headers["ETag"]]


def test_a_clean_restart_shows_the_same_history_and_friends_under_the_same_tags(house):
    anna, budi = house.friends("anna", "budi")
    for n in range(10):
        anna.send(budi, f"pesan {n} 😀")
    before = anna.history(budi), anna.friends(), tags(anna, budi)
    house.restart_core()
    anna = reconnected(house, anna)
    assert (anna.history(budi), anna.friends(), tags(anna, budi)) == before
    assert Person.login(house.client(), "budi").friends()[0]["receivedCount"] == 10


def test_tags_end_with_a_crash_and_with_a_restored_backup(house):
    anna, budi = house.friends("anna", "budi")
    anna.send(budi, "halo")
    first = tags(anna, budi)
    house.restart_core(signal.SIGKILL)
    anna = reconnected(house, anna)
    second = tags(anna, budi)
    assert house.core.end() == 0
    copy = house.data.with_name("copy")
    shutil.copytree(house.data, copy)
    shutil.rmtree(house.data)
    shutil.copytree(copy, house.data)
    house.start_core()
    third = tags(reconnected(house, anna), budi)
    assert len({*first, *second, *third}) == 6


def test_timestamps_go_on_increasing_after_a_restart(house):
    anna, budi = house.friends("anna", "budi")
    before = anna.send(budi, "satu")["timestamp"]
    house.restart_core()
    assert reconnected(house, anna).send(budi, "dua")["timestamp"] > before


def test_stopping_folds_a_small_store_into_one_document_that_jq_reads(house):
    anna, budi = house.friends("anna", "budi")
    sent = [anna.send(budi, f"pesan {n}") for n in range(3)]
    assert house.core.end() == 0

    def jq(query):
        return subprocess.run(
            ["jq", "-c", query, house.db_file], capture_output=True, text=True, check=True
        ).stdout.splitlines()
    assert jq(".chats[].id") == [f'"{message["id"]}"' for message in sent]
    assert jq('.chats[] | select(.content | startswith("v1:") | not)') == []
    assert jq('.chats[] | keys') == ['["content","id","receiverId","senderId","timestamp"]'] * 3
    assert jq(".users[].username") == ['"anna"', '"budi"']
    assert all(hash.startswith('"$2b$10$') for hash in jq(".users[].password"))
    assert jq("keys") == ['["chats","meta","users"]']
    for message in sent:
        lines = [line for line in house.db_file.read_text().splitlines() if message["id"] in line]
        assert len(lines) == 1 and message["data"]["receiverId"] in lines[0]


def test_two_quiet_seconds_fold_a_small_store(house):
    anna, budi = house.friends("anna", "budi")
    id = anna.send(budi, "halo")["id"]
    eventually(lambda: id in house.db_file.read_text(), within=10, what="the fold")
    assert anna.texts(budi) == ["halo"]


def test_a_kill_between_messages_loses_nothing(house):
    anna, budi = house.friends("anna", "budi")
    sent = []
    for _ in range(5):
        sent += [anna.send(budi, f"#{len(sent) + n}") for n in range(3)]
        house.restart_core(signal.SIGKILL)
        anna = reconnected(house, anna)
        assert [m["timestamp"] for m in anna.history(budi)] == [m["timestamp"] for m in sent]
    assert anna.texts(budi) == [f"#{n}" for n in range(15)]


def test_a_kill_right_after_registering_or_befriending_loses_nothing(house):
    anna = house.person("anna")
    house.restart_core(signal.SIGKILL)
    anna, budi = reconnected(house, anna), house.person("budi")
    anna.befriend(budi)
    house.restart_core(signal.SIGKILL)
    assert reconnected(house, anna).friends()[0]["id"] == budi.id
    assert reconnected(house, budi).friends()[0]["id"] == anna.id
    ok(reconnected(house, anna).api.post(
        "/auth/change-password", {"userId": anna.id, "newPassword": "sandi yang baru"}))
    house.restart_core(signal.SIGKILL)
    Person.login(house.client(), "anna", "sandi yang baru")


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
def test_a_kill_under_eight_writers_loses_nothing_acknowledged(house, round):
    anna, budi = house.friends("anna", "budi")
    pairs = [(anna, budi), (budi, anna)] * 4
    writers = [
        Writer(n, Person(house.url, me.id, me.username, me.token), other)
        for n, (me, other) in enumerate(pairs)
    ]
    for writer in writers:
        writer.start()
    seed = random.randrange(1 << 32)
    print("seed", seed)
    time.sleep(0.5 + random.Random(seed).random())
    house.restart_core(signal.SIGKILL)
    for writer in writers:
        writer.join(30)

    anna, budi = reconnected(house, anna), reconnected(house, budi)
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


def test_every_file_is_its_owners_alone(house):
    anna, budi = house.friends("anna", "budi")
    anna.send(budi, "halo")
    files = [*house.data.iterdir(), house.key_file, house.folder / "session.key"]
    house.core.end()
    files += house.data.iterdir()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files if file.exists()}
    assert {"db.json", "lock", "keys.json", "session.key"} <= set(modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o600} == {}


def test_a_second_chatcore_on_the_same_data_refuses(house):
    anna, budi = house.friends("anna", "budi")
    second = house.core_program()
    second.log_file = house.folder / "second.log"
    second.launch()
    assert second.process.wait(30) != 0
    assert f"{house.data}: another process owns" in second.log
    assert anna.send(budi, "masih jalan")["content"] == "masih jalan"


def torn_store(house):
    """A store killed before it could fold, with three messages in its journal."""
    anna, budi = house.friends("anna", "budi")
    for n in range(3):
        anna.send(budi, f"#{n}")
    house.core.kill()
    return anna, budi, journals(house)[-1]


@pytest.mark.parametrize("rest", [b"x", b"\0" * 4096, b'{"half a record', b"\n\n"])
def test_a_torn_tail_is_cut_off_with_a_word_in_the_log(house, rest):
    anna, budi, journal = torn_store(house)
    whole = journal.stat().st_size
    with journal.open("ab") as file:
        file.write(rest)
    house.start_core()
    assert reconnected(house, anna).texts(budi) == ["#0", "#1", "#2"]
    line, = (line for line in house.core.log.splitlines() if "torn tail" in line)
    assert f"bytes={len(rest)} offset={whole}" in line


def test_damage_before_the_tail_stops_the_start_and_is_left_as_it_is(house):
    _, _, journal = torn_store(house)
    damaged = bytearray(journal.read_bytes())
    place = len(damaged) // 3
    damaged[place] ^= 0x04
    journal.write_bytes(damaged)
    start = len(house.core.log)
    house.core.launch()
    assert house.core.process.wait(30) != 0
    assert journal.name in house.core.log[start:]
    assert journal.read_bytes() == damaged


def test_a_db_json_edited_by_hand_stops_the_start_and_the_way_out_works(house):
    house.friends("anna", "budi")
    edited = house.folded().replace(b'"anna"', b'"hana"')
    house.db_file.write_bytes(edited)
    start = len(house.core.log)
    house.core.launch()
    assert house.core.process.wait(30) != 0
    said = house.core.log[start:]
    assert "db.json" in said and "store accept" in said
    assert house.db_file.read_bytes() == edited

    done = run("ChatCore", "store", "accept", "--data", house.data)
    assert done.returncode == 0, done.stderr
    house.start_core()
    assert Person.login(house.client(), "hana").friends()[0]["username"] == "budi"


def test_the_session_survives_a_restart_and_a_lost_session_key_ends_it(house):
    anna = house.person("anna")
    house.restart_core()
    assert reconnected(house, anna).friends() == []
    house.core.end()
    (house.folder / "session.key").unlink()
    house.start_core()
    assert Client(house.url, anna.token).get(f"/friends/{anna.id}").status_code == 401
