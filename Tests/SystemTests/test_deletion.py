"""Deleting an own message: what is left of it, for whom, and in which files."""

import signal
import threading
import time

import pytest
from test_key_commands import hang_up

from api import Person, new_id, ok, refusal
from programs import run
from stores import store, well

SECRET = "rahasia yang dihapus"


def again(box, *people):
    return [Person(box.url, each.id, each.username, each.token) for each in people]


def tombstone(message, deleted_at):
    return {name: message[name] for name in ("id", "senderId", "receiverId", "timestamp")} | {
        "content": "", "deleted": True, "deletedAt": deleted_at}


def test_both_see_the_tombstone_and_nothing_else_changes(people):
    anna, budi = people("anna", "budi")
    first, second = anna.send(budi, SECRET), budi.send(anna, "jawaban")
    before = budi.friends()[0]
    tags = [anna.try_history(budi).headers["ETag"], anna.try_friends().headers["ETag"]]
    assert anna.delete(budi, first) == {"message": "Pesan dihapus"}
    for reader, other in ((anna, budi), (budi, anna)):
        gone, kept = reader.history(other)
        assert gone == tombstone(first, gone["deletedAt"])
        assert gone["deletedAt"] > second["timestamp"]
        assert kept["content"] == "jawaban" and "deleted" not in kept
    assert budi.friends()[0]["receivedCount"] == before["receivedCount"] == 1
    assert [anna.try_history(budi).headers["ETag"], anna.try_friends().headers["ETag"]] != tags
    assert SECRET not in anna.try_history(budi).text


def test_only_the_sender_deletes_and_only_their_own(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    anna.befriend(citra)
    message = anna.send(budi, "halo")
    for caller, other, id, expected in (
            (budi, anna, message["id"], (403, "not_yours")),
            (anna, citra, message["id"], (404, "not_found")),
            (citra, anna, message["id"], (404, "not_found")),
            (citra, budi, message["id"], (404, "not_found")),
            (anna, budi, new_id(), (404, "not_found")), (anna, budi, "", (404, "not_found")),
            (anna, anna, message["id"], (404, "not_found"))):
        assert refusal(caller.try_delete(other, id))[:2] == expected
    pair = {"myId": anna.id, "friendId": new_id(), "id": message["id"]}
    unknown = refusal(anna.api.post("/chat/delete", pair))
    assert unknown == (404, "not_found", "User tidak ditemukan")
    foreign = {"myId": budi.id, "friendId": anna.id, "id": message["id"]}
    assert refusal(anna.api.post("/chat/delete", foreign))[:2] == (403, "forbidden")
    for lacking in pair:
        body = {name: pair[name] for name in pair if name != lacking}
        assert refusal(anna.api.post("/chat/delete", body)) == (
            400, "malformed", "Parameter kurang")
    assert anna.texts(budi) == ["halo"]


def test_again_is_a_success_and_the_id_stays_used(people):
    anna, budi = people("anna", "budi")
    id = new_id()
    message = anna.send(budi, "halo", id)
    for spelling in (id, id.upper(), id):
        ok(anna.try_delete(budi, spelling))
    first = anna.history(budi)
    anna.delete(budi, message)
    assert anna.history(budi) == first
    for text in ("halo", "lain"):
        assert refusal(anna.try_send(budi, text, id))[:2] == (409, "id_reused")
        assert refusal(budi.try_send(anna, text, id))[:2] == (409, "id_reused")


def test_tombstones_are_read_by_the_time_of_their_deletion(people):
    anna, budi = people("anna", "budi")
    sent = [anna.send(budi, str(number)) for number in range(6)]
    start = sent[-1]["timestamp"]
    for number in (4, 0, 2):
        anna.delete(budi, sent[number])
    late = anna.send(budi, "nanti")
    stones = budi.history(anna, deletedAfter=0)
    assert [each["id"] for each in stones] == [sent[number]["id"] for number in (4, 0, 2)]
    times = [each["deletedAt"] for each in stones]
    assert times == sorted(set(times)) and start < times[0] and times[-1] < late["timestamp"]
    assert budi.history(anna, deletedAfter=times[0]) == stones[1:]
    assert budi.history(anna, deletedAfter=times[-1]) == []
    assert budi.history(anna, deletedAfter=0, limit=2) == stones[:2]
    tag = budi.try_history(anna, deletedAfter=0).headers["ETag"]
    assert budi.try_history(
        anna, deletedAfter=0, headers={"If-None-Match": tag}).status_code == 304
    anna.delete(budi, sent[1])
    fresh = budi.try_history(anna, deletedAfter=times[-1], headers={"If-None-Match": tag})
    assert [each["id"] for each in ok(fresh)] == [sent[1]["id"]]
    for wrong in ({"after": 0}, {"before": 5}, {"after": 0, "before": 5}):
        assert refusal(budi.try_history(anna, deletedAfter=0, **wrong))[:2] == (400, "malformed")
    for wrong in (-1, "x", ""):
        assert refusal(budi.try_history(anna, deletedAfter=wrong))[:2] == (400, "malformed")


def test_hundreds_of_tombstones_come_in_one_answer(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    sent = [anna.send(budi, f"#{number}") for number in range(230)]
    for message in sent[:220]:
        anna.delete(budi, message)
    stones = budi.history(anna, deletedAfter=0)
    assert [each["id"] for each in stones] == [each["id"] for each in sent[:220]]
    assert len(budi.history(anna)) == 230


def test_own_messages_are_deleted_after_the_friendship_has_ended(people):
    anna, budi = people("anna", "budi")
    mine, theirs = anna.send(budi, "punyaku"), budi.send(anna, "punyamu")
    ok(budi.api.post("/friends/block", {"myId": budi.id, "friendId": anna.id}))
    anna.delete(budi, mine)
    assert refusal(anna.try_delete(budi, theirs["id"]))[:2] == (403, "not_yours")
    assert refusal(anna.try_history(budi, deletedAfter=0))[:2] == (403, "not_friends")
    budi.befriend(anna)
    assert [each.get("deleted") for each in budi.history(anna)] == [True, None]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_tombstones_survive_every_restart(box, how):
    anna, budi = box.friends("anna", "budi")
    messages = [anna.send(budi, f"{number}") for number in range(4)]
    anna.delete(budi, messages[2])
    expected = anna.history(budi)
    for _ in range(2):
        box.restart_core(how)
        anna, budi = again(box, anna, budi)
        assert anna.history(budi) == expected
        assert budi.history(anna, deletedAfter=0) == expected[2:3]
        anna.delete(budi, messages[2])
    late = anna.send(budi, "nanti")
    assert late["timestamp"] > expected[2]["deletedAt"]


def ciphertext(box, id):
    """Returns the records of the message in all files."""
    box.looks_into_data()
    contents = set()
    for file in box.data.iterdir():
        if file.name == "db.json" or file.name.startswith("journal-"):
            for line in file.read_text().splitlines():
                if id in line and '"content":"v' in line:
                    contents.add(line.split('"content":"', 1)[1].split('"', 1)[0])
    return contents


def test_the_content_leaves_the_files_within_a_minute(box):
    anna, budi = box.friends("anna", "budi")
    message = anna.send(budi, SECRET)
    well(store("fold", data=box.data))
    assert len(ciphertext(box, message["id"])) == 1
    anna.delete(budi, message)
    end = time.monotonic() + 60
    while ciphertext(box, message["id"]) and time.monotonic() < end:
        time.sleep(0.2)
    assert not ciphertext(box, message["id"])
    assert '"deleted":true' in box.db_file.read_text()
    assert box.core.end() == 0
    well(store("verify", data=box.data))


def test_rotation_and_rewrap_leave_a_tombstone_as_it_is(box):
    anna, budi = box.friends("anna", "budi")
    gone, kept = anna.send(budi, SECRET), anna.send(budi, "tetap")
    anna.delete(budi, gone)
    before = anna.history(budi)
    assert run("Cipher", "keys", "rotate", "--key-file", box.key_file).returncode == 0
    hang_up(box.cipher)
    assert "moved under key version 2" in well(store("rewrap", data=box.data))
    assert anna.history(budi) == before
    assert kept["content"] == before[1]["content"]
    box.restart_core(signal.SIGKILL)
    anna, budi = again(box, anna, budi)
    assert anna.history(budi) == before


def test_a_store_signed_by_hand_and_one_that_is_salvaged_keep_tombstones(box):
    anna, budi = box.friends("anna", "budi")
    message = anna.send(budi, SECRET)
    anna.send(budi, "jawaban", reply=message["id"])
    anna.delete(budi, message)
    expected = anna.history(budi)
    assert box.core.end() == 0
    box.db_file.write_text(box.db_file.read_text().replace('{"id"', '{ "id"'))
    well(store("accept", data=box.data))
    salvaged = box.data.with_name("salvaged")
    well(run("ChatCore", "store", "salvage", box.data, salvaged))
    box.data.rename(box.data.with_name("before"))
    salvaged.rename(box.data)
    box.start_core()
    anna, budi = again(box, anna, budi)
    assert anna.history(budi) == expected
    assert budi.history(anna, deletedAfter=0) == expected[:1]


def test_readers_see_the_message_or_its_tombstone_and_nothing_between(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    sent = [anna.send(budi, f"#{number}") for number in range(120)]
    faults, done = [], threading.Event()

    def read():
        reader = Person(box.url, budi.id, budi.username, budi.token)
        gone = 0
        while not done.is_set():
            rows = reader.history(anna)
            for number, row in enumerate(rows):
                whole = {"content": f"#{number}"} if "deleted" not in row else {"content": ""}
                if row["content"] != whole["content"] or "code" in row:
                    faults.append(row)
            deleted = sum("deleted" in row for row in rows)
            if len(rows) != 120 or deleted < gone:
                faults.append((len(rows), deleted, gone))
            gone = deleted
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for message in sent[::-1]:
        anna.delete(budi, message)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []


def test_deletions_of_one_message_at_once_are_one(people):
    anna, budi = people("anna", "budi")
    message = anna.send(budi, "halo")
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(
            Person(anna.api.url, anna.id, anna.username, anna.token)
            .try_delete(budi, message["id"]).status_code))
        for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 12
    assert len(anna.history(budi, deletedAfter=0)) == 1


def test_tombstones_are_read_while_the_vault_is_away(box):
    anna, budi = box.friends("anna", "budi")
    message = anna.send(budi, SECRET)
    anna.send(budi, "masih ada")
    anna.delete(budi, message)
    box.cipher.kill()
    assert len(budi.history(anna, deletedAfter=0)) == 1
    assert refusal(budi.try_history(anna))[:2] == (503, "vault_unavailable")
    anna.delete(budi, message)
