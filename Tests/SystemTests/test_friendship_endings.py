"""Removing, blocking and unblocking: for both people, at once, and after every kind of restart."""

import signal
import threading

import pytest

from api import Person, new_id, ok, refusal
from programs import run
from stores import store, well

UNKNOWN_NAME = (404, "not_found", "Username teman tidak ditemukan!")


def change(person, what, other):
    return person.api.post(f"/friends/{what}", {"myId": person.id, "friendId": other.id})


def blocked(person):
    return ok(person.api.get(f"/friends/{person.id}/blocked"))


def ids(person):
    return [friend["id"] for friend in person.friends()]


def test_removing_is_mutual_and_may_be_done_again(people):
    anna, budi = people("anna", "budi")
    anna.send(budi, "halo")
    before = anna.try_friends().headers["ETag"], budi.try_friends().headers["ETag"]
    for _ in range(2):
        assert ok(change(anna, "remove", budi)) == {"message": "Teman dihapus"}
    assert (ids(anna), ids(budi)) == ([], [])
    after = anna.try_friends().headers["ETag"], budi.try_friends().headers["ETag"]
    assert after[0] != before[0] and after[1] != before[1]
    for sender, receiver in ((anna, budi), (budi, anna)):
        assert refusal(sender.try_send(receiver, "masih?"))[:2] == (403, "not_friends")


def test_messages_are_hidden_and_come_back_when_two_are_friends_again(people):
    anna, budi = people("anna", "budi")
    anna.send(budi, "satu")
    tag = anna.try_history(budi).headers["ETag"]
    ok(change(budi, "remove", anna))
    for reader, other in ((anna, budi), (budi, anna)):
        for query in ({}, {"after": 0, "limit": 5}, {"headers": {"If-None-Match": tag}}):
            assert refusal(reader.try_history(other, **query))[:2] == (403, "not_friends")
    head = anna.api.http.head(
        f"{anna.api.url}/chat/history", params={"myId": anna.id, "friendId": budi.id})
    assert head.status_code == 403
    anna.befriend(budi)
    assert anna.texts(budi) == budi.texts(anna) == ["satu"]
    budi.send(anna, "dua")
    assert anna.texts(budi) == ["satu", "dua"]


def test_a_blocked_user_hears_the_words_of_an_unknown_name(people):
    anna, budi = people("anna", "budi")
    for _ in range(2):
        assert ok(change(anna, "block", budi)) == {"message": "Pengguna diblokir"}
    assert blocked(anna) == [{"id": budi.id, "username": budi.username}]
    assert (ids(anna), ids(budi), blocked(budi)) == ([], [], [])
    for name in (anna.username, anna.username.upper(), f" @{anna.username} "):
        assert refusal(budi.try_befriend(name)) == UNKNOWN_NAME
    assert (ids(anna), ids(budi)) == ([], [])
    for _ in range(2):
        assert ok(change(anna, "unblock", budi)) == {"message": "Blokir dicabut"}
    assert blocked(anna) == [] and ids(anna) == []
    budi.befriend(anna)
    assert ids(anna) == [budi.id]


def test_somebody_who_is_no_friend_can_be_blocked_and_added_again_by_the_blocker(people):
    anna, = people("anna")
    budi, = people("budi")
    ok(change(anna, "block", budi))
    assert refusal(budi.try_befriend(anna.username)) == UNKNOWN_NAME
    anna.befriend(budi)
    assert (blocked(anna), ids(anna), ids(budi)) == ([], [budi.id], [anna.id])


def test_the_refusals(people):
    anna, budi = people("anna", "budi")
    for what in ("remove", "block", "unblock"):
        path = f"/friends/{what}"
        unknown = anna.api.post(path, {"myId": anna.id, "friendId": new_id()})
        assert refusal(unknown) == (404, "not_found", "User tidak ditemukan")
        missing = anna.api.post(path, {"myId": anna.id})
        assert refusal(missing) == (400, "malformed", "Parameter kurang")
        other = anna.api.post(path, {"myId": budi.id, "friendId": anna.id})
        assert refusal(other)[:2] == (403, "forbidden")
        oneself = anna.api.post(path, {"myId": anna.id, "friendId": anna.id})
        assert refusal(oneself)[:2] == (400, "malformed")
        stranger = budi.api.post(path, {"myId": budi.id, "friendId": anna.id}, headers={
            "Authorization": "Bearer x.y.z"})
        assert refusal(stranger)[:2] == (401, "unauthorized")
    assert refusal(anna.api.get(f"/friends/{budi.id}/blocked"))[:2] == (403, "forbidden")
    assert ids(anna) == [budi.id]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_blocks_and_endings_survive_restarts_and_folds(box, how):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    citra = box.person("citra")
    ok(change(anna, "remove", budi))
    ok(change(anna, "block", citra))
    for _ in range(2):
        box.restart_core(how)
        anna, budi, citra = (
            Person(box.url, each.id, each.username, each.token) for each in (anna, budi, citra))
        assert (ids(anna), ids(budi)) == ([], [])
        assert [each["id"] for each in blocked(anna)] == [citra.id]
        assert refusal(citra.try_befriend("anna")) == UNKNOWN_NAME
        assert refusal(anna.try_history(budi))[:2] == (403, "not_friends")


def test_a_store_signed_by_hand_and_one_that_is_salvaged_keep_them(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    citra = box.person("citra")
    ok(change(anna, "remove", budi))
    ok(change(anna, "block", citra))
    assert box.core.end() == 0
    users = box.db_file.read_text()
    assert '"blocked":' in users and '"formerFriends":' in users
    box.db_file.write_text(users.replace('{"id"', '{ "id"'))
    well(store("accept", data=box.data))
    assert '"blocked":' in box.db_file.read_text()
    salvaged = box.data.with_name("salvaged")
    assert run("ChatCore", "store", "salvage", box.data, salvaged).returncode == 0
    assert '"formerFriends":' in (salvaged / "db.json").read_text()
    box.start_core()
    anna, budi, citra = (
        Person(box.url, each.id, each.username, each.token) for each in (anna, budi, citra))
    assert refusal(citra.try_befriend("anna")) == UNKNOWN_NAME
    assert refusal(budi.try_history(anna))[:2] == (403, "not_friends")


def test_a_deleted_user_leaves_every_block_list(box):
    anna, budi = box.friends("anna", "budi")
    ok(change(anna, "block", budi))
    well(run("ChatCore", "users", "delete", "budi", "--yes", "--data", box.control))
    assert blocked(anna) == []
    assert budi.id not in box.db_file.read_text()


def test_removing_while_the_other_sends_leaves_no_message_of_strangers(people):
    anna, budi = people("anna", "budi")
    answers = []

    def send():
        for n in range(30):
            answers.append(budi.try_send(anna, f"#{n}"))
    sending = threading.Thread(target=send)
    sending.start()
    ok(change(anna, "remove", budi))
    sending.join()
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {200, 403} and codes == sorted(codes)
    anna.befriend(budi)
    assert len(anna.history(budi)) == codes.count(200)


def test_blocking_while_the_other_adds_leaves_a_block_and_no_friendship(people):
    """Whichever comes first: an add before the block is ended by it, one after it is refused."""
    anna, budi = people("anna", "budi")
    found = set()
    for _ in range(10):
        ok(change(anna, "remove", budi))
        answers = []
        ready = threading.Barrier(2)

        def add(ready=ready, answers=answers):
            ready.wait()
            answers.append(budi.try_befriend(anna.username))
        adding = threading.Thread(target=add)
        adding.start()
        ready.wait()
        ok(change(anna, "block", budi))
        adding.join()
        answer, = answers
        if answer.status_code != 200:
            assert refusal(answer) == UNKNOWN_NAME
        found.add(answer.status_code)
        assert (ids(anna), ids(budi)) == ([], [])
        assert [each["id"] for each in blocked(anna)] == [budi.id]
        assert refusal(budi.try_send(anna, "masih?"))[:2] == (403, "not_friends")
        assert refusal(budi.try_befriend(anna.username)) == UNKNOWN_NAME
        ok(change(anna, "unblock", budi))
        budi.befriend(anna)
    assert found <= {200, 404}
