"""Rows of the friends list, and the cursor that follows them."""

import signal
import threading
import time

import pytest

from api import PASSWORD, Person, ok, refusal
from crowds import PASSWORD as CROWD_PASSWORD
from crowds import crowd
from programs import eventually

FIELDS = {
    "id", "username", "order", "lastMessage", "receivedCount", "sentCount", "unreadCount",
    "readUpTo", "friendReadUpTo", "addedAt", "addedBy", "changed", "lastDeletedAt"}
LEAVE = {"currentPassword": PASSWORD}


def cursor(rows, before=0):
    return max([before, *(row["changed"] for row in rows)])


def test_a_row_has_all_of_its_fields(people):
    anna, budi = people("anna", "budi")
    sent = budi.send(anna, "halo")
    row, = anna.friends()
    assert set(row) == FIELDS
    assert row["lastMessage"] == {
        "id": sent["id"], "senderId": budi.id, "timestamp": sent["timestamp"]}
    assert (row["receivedCount"], row["sentCount"], row["lastDeletedAt"]) == (1, 0, None)
    assert row["addedBy"] == anna.id and budi.friends()[0]["addedBy"] == anna.id
    assert abs(row["addedAt"] - time.time() * 1000) < 60_000
    assert 2 ** 32 <= row["changed"] < 2 ** 53
    assert budi.friends()[0]["sentCount"] == 1


def test_a_row_that_changed_is_told_alone(people):
    anna, budi, citra = people("anna", "budi", "citra")
    now = cursor(anna.friends())
    assert anna.friends(since=now) == []
    budi.send(anna, "halo")
    rows = anna.friends(since=now)
    assert [row["id"] for row in rows] == [budi.id]
    assert rows[0]["changed"] > now and anna.friends(since=rows[0]["changed"]) == []
    assert {row["id"] for row in anna.friends(since=0)} == {budi.id, citra.id}


def test_both_people_of_a_message_hear_of_it_and_nobody_else(people):
    anna, budi, citra = people("anna", "budi", "citra")
    cursors = [cursor(person.friends()) for person in (anna, budi, citra)]
    anna.send(budi, "halo")
    heard = [
        [row["id"] for row in person.friends(since=now)]
        for person, now in zip((anna, budi, citra), cursors, strict=True)]
    assert heard == [[budi.id], [anna.id], []]


def test_lists_are_sorted_by_order(people):
    anna, budi, citra, dodi = people("anna", "budi", "citra", "dodi")
    anna.send(citra, "satu")
    anna.send(budi, "dua")
    rows = anna.friends()
    assert [row["id"] for row in rows] == [budi.id, citra.id, dodi.id]
    orders = [row["order"] for row in rows]
    assert orders == sorted(orders, reverse=True) and len(set(orders)) == 3


def test_a_deletion_is_told_to_both_and_leaves_a_tombstone_in_the_row(people):
    anna, budi = people("anna", "budi")
    sent = budi.send(anna, "halo")
    cursors = [cursor(person.friends()) for person in (anna, budi)]
    body = {"myId": budi.id, "friendId": anna.id, "id": sent["id"]}
    ok(budi.api.post("/chat/delete", body))
    for person, now in zip((anna, budi), cursors, strict=True):
        row, = person.friends(since=now, preview=1)
        assert row["lastMessage"] == {
            "id": sent["id"], "senderId": budi.id, "timestamp": sent["timestamp"],
            "content": "", "deleted": True}
        assert row["lastDeletedAt"] > sent["timestamp"]
    assert anna.friends()[0]["receivedCount"] == 1


def test_who_was_removed_is_told_and_may_return(people):
    anna, budi = people("anna", "budi")
    budi.send(anna, "halo")
    now = cursor(anna.friends())
    budi.end("remove", anna)
    gone, = anna.friends(since=now)
    assert gone == {"id": budi.id, "removed": True, "changed": gone["changed"]}
    assert gone["changed"] > now and anna.friends() == []
    assert anna.friends(since=gone["changed"]) == []
    anna.befriend(budi)
    row, = anna.friends(since=gone["changed"])
    assert (row["id"], row["receivedCount"], row["addedBy"]) == (budi.id, 1, anna.id)


def test_a_block_tells_the_blocked_no_more_than_a_removal(people):
    anna, budi, citra = people("anna", "budi", "citra")
    now = cursor(anna.friends())
    budi.end("block", anna)
    citra.end("remove", anna)
    rows = anna.friends(since=now)
    assert {row.pop("id") for row in rows} == {budi.id, citra.id}
    assert [set(row) for row in rows] == [{"removed", "changed"}] * 2


@pytest.mark.parametrize("wrong", [1, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 63 - 1])
def test_a_cursor_of_nothing_is_unknown(people, wrong):
    anna, _ = people("anna", "budi")
    assert refusal(anna.try_friends(since=wrong))[:2] == (410, "cursor_unknown")


def test_a_cursor_above_the_newest_is_unknown(people):
    anna, budi = people("anna", "budi")
    now = cursor(anna.friends())
    for wrong in (now + 1, now + 2 ** 32, now - 2 ** 32):
        assert refusal(anna.try_friends(since=wrong))[:2] == (410, "cursor_unknown")
    budi.send(anna, "halo")
    assert len(anna.friends(since=now)) == 1


@pytest.mark.parametrize("query", [
    {"since": -1}, {"since": "x"}, {"since": ""}, {"since": "1.0"}, {"since": 2 ** 63},
    {"preview": 2}, {"preview": "ya"}, {"since": 0, "wait": 0}, {"since": 0, "wait": 26},
    {"wait": "lama"}, {"since": [0, 1]},
])
def test_a_parameter_that_is_none_is_malformed(people, query):
    anna, _ = people("anna", "budi")
    assert refusal(anna.try_friends(**query))[:2] == (400, "malformed")


def test_an_account_that_is_gone_leaves_no_row_and_no_cursor(people):
    anna, budi, citra = people("anna", "budi", "citra")
    anna.end("remove", budi)
    old = cursor(anna.friends(since=0))
    ok(budi.api.post("/auth/delete-account", LEAVE | {"userId": budi.id}))
    assert refusal(anna.try_friends(since=old))[:2] == (410, "cursor_unknown")
    now = cursor(anna.friends())
    assert anna.friends(since=now) == []
    ok(citra.api.post("/auth/delete-account", LEAVE | {"userId": citra.id}))
    assert refusal(anna.try_friends(since=now))[:2] == (410, "cursor_unknown")
    assert anna.friends() == anna.friends(since=0) == []


def test_previews_come_with_the_list_and_follow_the_vault(box):
    anna, budi, citra = [box.person(name) for name in ("anna", "budi", "citra")]
    for friend in (budi, citra):
        anna.befriend(friend)
    budi.send(anna, "halo")
    tag = anna.try_friends(preview=1).headers["ETag"]
    assert tag != anna.try_friends().headers["ETag"]
    rows = {row["id"]: row["lastMessage"] for row in anna.friends(preview=1)}
    assert rows[budi.id]["content"] == "halo" and rows[citra.id] is None
    assert "content" not in anna.friends(preview=0)[0]["lastMessage"]
    box.cipher.kill()
    again = anna.try_friends(preview=1, headers={"If-None-Match": tag})
    assert again.status_code == 304
    away = anna.try_friends(preview=1)
    assert "ETag" not in away.headers
    last, = (row["lastMessage"] for row in ok(away) if row["id"] == budi.id)
    assert "content" not in last and last["senderId"] == budi.id
    box.start_cipher()
    eventually(lambda: "ETag" in anna.try_friends(preview=1).headers, within=10)


def test_a_list_of_several_pieces_comes_whole_while_the_vault_is_away(box):
    """Long last messages fill a piece long before a hundred rows do."""
    anna, *others = box.friends("anna", *(f"teman{number}" for number in range(8)))
    for other in others:
        other.send(anna, "\U0001f600" * 4_000)
    assert all(row["lastMessage"]["content"] for row in anna.friends(preview=1))
    box.cipher.kill()
    rows = anna.friends(preview=1)
    assert {row["id"] for row in rows} == {other.id for other in others}
    assert not any("content" in row["lastMessage"] for row in rows)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_cursors_survive_an_orderly_restart_alone(box, how):
    anna, budi = box.friends("anna", "budi")
    budi.send(anna, "halo")
    before = anna.friends()
    tag = anna.try_friends().headers["ETag"]
    budi.end("remove", anna)
    anna.befriend(budi)
    box.restart_core(how)
    person = Person(box.url, anna.id, anna.username, anna.token)
    answer = person.try_friends(since=cursor(before))
    # A database loses nothing with a process.
    if how == signal.SIGKILL and not box.database:
        assert refusal(answer)[:2] == (410, "cursor_unknown")
        assert person.friends()[0]["changed"] >> 32 != before[0]["changed"] >> 32
    else:
        row, = ok(answer)
        assert (row["id"], row["receivedCount"]) == (budi.id, 1)
        assert row["changed"] > cursor(before)
    assert person.try_friends(headers={"If-None-Match": tag}).status_code == 200


def test_a_client_that_follows_the_cursor_ends_with_the_whole_list(people):
    anna, budi, citra = people("anna", "budi", "citra")
    rows = {row["id"]: row for row in anna.friends()}
    now = cursor(rows.values())
    ended = threading.Event()

    def disturb():
        for number in range(12):
            budi.send(anna, f"#{number}")
            citra.end("remove", anna)
            citra.befriend(anna)
        ended.set()
    writer = threading.Thread(target=disturb)
    writer.start()
    while True:
        isLast = ended.is_set()
        changed = anna.friends(since=now)
        for row in changed:
            assert row["changed"] > now
            if "removed" in row:
                rows.pop(row["id"], None)
            else:
                rows[row["id"]] = row
        now = cursor(changed, now)
        if isLast:
            break
    writer.join()
    whole = {row["id"]: row for row in anna.friends()}
    assert rows == whole and set(whole) == {budi.id, citra.id}


def test_removing_a_friend_who_is_sending_ends_the_sending(people):
    anna, budi = people("anna", "budi")
    codes = []

    def write():
        for number in range(40):
            codes.append(budi.try_send(anna, f"#{number}").status_code)
    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: len(codes) > 3)
    anna.end("remove", budi)
    writer.join()
    assert codes == sorted(codes) and set(codes) <= {200, 403}
    anna.befriend(budi)
    assert anna.friends()[0]["receivedCount"] == codes.count(200)


def test_a_long_list_comes_in_pieces_and_whole(tmp_path):
    names = [f"teman{number:03}" for number in range(230)]
    box = crowd(tmp_path, names, ["halo", "apa kabar?"])
    try:
        box.start()
        sari = Person.login(box.client(), "sari", CROWD_PASSWORD)
        answer = sari.try_friends(preview=1)
        assert answer.headers["Transfer-Encoding"] == "chunked"
        rows = ok(answer)
        assert [row["username"] for row in rows] == names
        assert rows[0]["lastMessage"]["content"] == "apa kabar?"
        assert {(row["addedBy"], row["addedAt"]) for row in rows} == {(None, None)}
        again = sari.try_friends(preview=1, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        budi = Person.login(box.client(), "teman017", CROWD_PASSWORD)
        budi.send(sari, "saya juga")
        assert [row["id"] for row in sari.friends(since=cursor(rows))] == [budi.id]
    finally:
        box.stop()
