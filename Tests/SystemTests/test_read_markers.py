"""Read markers: in every browser of a person, for friends, and over restarts."""

import signal
import threading
import time

import pytest
from test_friend_rows import cursor
from test_held_polls import Poll, settle

from api import PASSWORD, Person, new_id, ok, refusal
from stores import store, well

ABSURD = [-1, -2 ** 63, 2 ** 53 + 1, 2 ** 63, 10 ** 40, 1.5, "1", "besok", True, [], {}]


def again(box, *people):
    return [Person(box.url, each.id, each.username, each.token) for each in people]


def markers(person, other):
    row = person.row(other)
    return row["unreadCount"], row["readUpTo"], row["friendReadUpTo"]


def test_what_was_received_is_unread_until_it_is_marked(people):
    anna, budi = people("anna", "budi")
    sent = [anna.send(budi, f"pesan {number}")["timestamp"] for number in range(3)]
    assert (markers(budi, anna), markers(anna, budi)) == ((3, 0, 0), (0, 0, 0))
    assert budi.read(anna, sent[1]) == {"message": "Sudah dibaca"}
    assert markers(budi, anna) == (1, sent[1], 0)
    assert markers(anna, budi) == (0, 0, sent[1])
    answer = budi.send(anna, "jawaban")["timestamp"]
    assert markers(budi, anna) == (1, sent[1], 0)
    assert markers(anna, budi) == (1, 0, sent[1])
    budi.read(anna, answer)
    assert markers(budi, anna) == (0, answer, 0)


def test_a_marker_never_moves_back_and_stops_at_a_message(people):
    anna, budi = people("anna", "budi")
    first, second = [anna.send(budi, text)["timestamp"] for text in ("satu", "dua")]
    for time_ in (0, 1, first - 1):
        budi.read(anna, time_)
        assert markers(budi, anna) == (2, 0, 0)
    budi.read(anna, second - 1 if second - 1 > first else first)
    assert markers(budi, anna) == (1, first, 0)
    for time_ in (second + 1, 2 ** 53, first, 0, second):
        budi.read(anna, time_)
        assert markers(budi, anna) == (0, second, 0)
    third = anna.send(budi, "tiga")["timestamp"]
    assert markers(budi, anna) == (1, second, 0) and third > second


def test_a_marker_that_passes_nothing_changes_nothing(people):
    anna, budi = people("anna", "budi")
    now = [person.try_friends().headers["ETag"] for person in (anna, budi)]
    budi.read(anna, 2 ** 53)
    sent = anna.send(budi, "halo")["timestamp"]
    budi.read(anna, sent)
    tags = [person.try_friends().headers["ETag"] for person in (anna, budi)]
    assert tags[0] != now[0] and tags[1] != now[1]
    cursors = [cursor(person.friends()) for person in (anna, budi)]
    for time_ in (sent, 0, 2 ** 53):
        budi.read(anna, time_)
    assert [person.try_friends().headers["ETag"] for person in (anna, budi)] == tags
    assert [anna.friends(since=cursors[0]), budi.friends(since=cursors[1])] == [[], []]


def test_a_marker_alters_the_rows_of_both_and_of_nobody_else(people):
    anna, budi, citra = people("anna", "budi", "citra")
    sent = anna.send(budi, "halo")["timestamp"]
    cursors = [cursor(person.friends()) for person in (anna, budi, citra)]
    history = budi.try_history(anna).headers["ETag"]
    budi.read(anna, sent)
    told = [
        person.friends(since=now)
        for person, now in zip((anna, budi, citra), cursors, strict=True)]
    assert [[row["id"] for row in rows] for rows in told] == [[budi.id], [anna.id], []]
    assert told[0][0]["friendReadUpTo"] == told[1][0]["readUpTo"] == sent
    assert budi.try_history(anna).headers["ETag"] == history


def test_a_held_poll_of_the_friend_and_of_the_reader_hears_of_it(people):
    anna, budi = people("anna", "budi")
    sent = anna.send(budi, "halo")["timestamp"]
    polls = [Poll(person, cursor(person.friends())) for person in (anna, budi)]
    settle()
    assert all(poll.is_held for poll in polls)
    budi.read(anna, sent)
    for poll, field in zip(polls, ("friendReadUpTo", "readUpTo"), strict=True):
        status, _, body = poll.answer()
        assert status == 200 and f'"{field}":{sent}' in body
        poll.close()


def test_deleted_messages_are_not_unread(people):
    anna, budi = people("anna", "budi")
    first, second = [anna.send(budi, text) for text in ("satu", "dua")]
    anna.delete(budi, first)
    assert markers(budi, anna)[0] == 1 and budi.row(anna)["receivedCount"] == 2
    budi.read(anna, first["timestamp"])
    assert markers(budi, anna) == (1, first["timestamp"], 0)
    anna.delete(budi, second)
    assert markers(budi, anna) == (0, first["timestamp"], 0)


@pytest.mark.parametrize("absurd", ABSURD)
def test_a_time_that_is_none_is_malformed(people, absurd):
    anna, budi = people("anna", "budi")
    anna.send(budi, "halo")
    assert refusal(budi.try_read(anna, absurd))[:2] == (400, "malformed")
    assert markers(budi, anna) == (1, 0, 0)


def test_only_the_reader_marks_and_only_what_friends_write(people):
    anna, budi = people("anna", "budi")
    sent = anna.send(budi, "halo")["timestamp"]
    stranger, = people("wati")
    foreign = {"myId": anna.id, "friendId": budi.id, "upTo": sent}
    assert refusal(budi.api.post("/chat/read", foreign))[:2] == (403, "forbidden")
    assert refusal(budi.try_read(stranger, sent))[:2] == (403, "not_friends")
    assert refusal(budi.try_read(budi, sent))[:2] == (403, "not_friends")
    nobody = foreign | {"myId": budi.id, "friendId": new_id()}
    assert refusal(budi.api.post("/chat/read", nobody)) == (
        404, "not_found", "User tidak ditemukan")
    for lacking in foreign:
        body = {name: foreign[name] for name in foreign if name != lacking}
        assert refusal(budi.api.post("/chat/read", body)) == (
            400, "malformed", "Parameter kurang")
    anna.end("remove", budi)
    assert refusal(budi.try_read(anna, sent))[:2] == (403, "not_friends")
    anna.befriend(budi)
    assert markers(budi, anna) == (1, 0, 0)


def test_two_browsers_of_one_person_read_at_once_and_agree(people):
    anna, budi = people("anna", "budi")
    browsers = [budi, Person.login(budi.api, budi.username)]
    times = [anna.send(budi, f"pesan {number}")["timestamp"] for number in range(40)]
    seen = []

    def read(person, times):
        for time_ in times:
            person.read(anna, time_)
            seen.append((time_, person.row(anna)["readUpTo"]))
    readers = [
        threading.Thread(target=read, args=(browsers[0], times[::2])),
        threading.Thread(target=read, args=(browsers[1], times[1::2]))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert all(found >= time_ for time_, found in seen)
    assert {markers(browser, anna) for browser in browsers} == {(0, times[-1], 0)}
    assert anna.row(budi)["friendReadUpTo"] == times[-1]


def test_reading_beside_sending_and_deleting_counts_right(people):
    anna, budi = people("anna", "budi")
    sent = []

    def write():
        for number in range(30):
            sent.append(anna.send(budi, f"pesan {number}"))
            if number % 4 == 3:
                anna.delete(budi, sent[-2])
    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        if sent:
            budi.read(anna, sent[len(sent) // 2]["timestamp"])
    writer.join()
    row = budi.row(anna)
    unread = [
        message for message in budi.history(anna)
        if message["timestamp"] > row["readUpTo"] and "deleted" not in message]
    assert row["unreadCount"] == len(unread) > 0


def test_one_person_who_marks_a_thousand_times_disturbs_nobody(box):
    anna, budi, citra = box.friends("anna", "budi", "citra")
    sent = anna.send(budi, "halo")["timestamp"]
    ended = threading.Event()

    def mark():
        reader = Person(box.url, budi.id, budi.username, budi.token)
        while not ended.is_set():
            reader.read(anna, sent)
    writers = [threading.Thread(target=mark) for _ in range(4)]
    for writer in writers:
        writer.start()
    try:
        slowest = 0
        for number in range(20):
            begin = time.monotonic()
            anna.send(citra, f"pesan {number}")
            slowest = max(slowest, time.monotonic() - begin)
    finally:
        ended.set()
        for writer in writers:
            writer.join()
    assert slowest < 2
    assert markers(citra, anna)[0] == 20


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_markers_outlive_an_orderly_restart_and_a_crash_loses_the_latest(box, how):
    anna, budi = box.friends("anna", "budi")
    first = anna.send(budi, "satu")["timestamp"]
    budi.read(anna, first)
    # The next message takes the marker along.
    second = anna.send(budi, "dua")["timestamp"]
    budi.read(anna, second)
    rows = budi.friends()
    box.restart_core(how)
    anna, budi = again(box, anna, budi)
    if how == signal.SIGTERM:
        assert markers(budi, anna) == (0, second, 0)
        assert budi.friends(since=cursor(rows)) == [] and budi.friends() == rows
    else:
        unread, read, _ = markers(budi, anna)
        assert (unread, read) in ((1, first), (0, second))
        budi.read(anna, second)
        assert markers(budi, anna) == (0, second, 0)
    assert anna.row(budi)["friendReadUpTo"] == budi.row(anna)["readUpTo"]


def test_a_marker_is_lost_for_30_seconds_at_most(box):
    anna, budi = box.friends("anna", "budi")
    sent = anna.send(budi, "satu")["timestamp"]
    time.sleep(2.5)
    budi.read(anna, sent)
    time.sleep(29)
    box.restart_core(signal.SIGKILL)
    anna, budi = again(box, anna, budi)
    assert markers(budi, anna) == (0, sent, 0)


def test_an_account_that_goes_takes_its_markers_along(box):
    anna, budi = box.friends("anna", "budi")
    sent = anna.send(budi, "satu")["timestamp"]
    budi.read(anna, sent)
    leave = {"userId": anna.id, "currentPassword": PASSWORD}
    ok(anna.api.post("/auth/delete-account", leave))
    assert refusal(budi.try_read(anna, sent))[:2] == (404, "not_found")
    box.restart_core()
    assert anna.id not in box.db_file.read_text()


def test_a_store_from_before_markers_counts_as_read(box):
    anna, budi = box.friends("anna", "budi")
    last = [anna.send(budi, text)["timestamp"] for text in ("satu", "dua")][-1]
    box.core.end()
    edited = box.db_file.read_text().replace('"markers":true,', "")
    box.db_file.write_text(edited)
    well(store("accept", data=box.data))
    box.start_core()
    anna, budi = again(box, anna, budi)
    assert markers(budi, anna) == markers(anna, budi) == (0, last, last)
    anna.send(budi, "tiga")
    box.restart_core(signal.SIGKILL)
    anna, budi = again(box, anna, budi)
    assert markers(budi, anna) == (1, last, last)
    box.core.end()
    well(store("verify", data=box.data))
