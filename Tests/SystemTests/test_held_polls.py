"""Polls that the server holds until there is something to tell."""

import json
import resource
import select
import signal
import socket
import statistics
import threading
import time
from urllib.parse import urlsplit

import pytest
from test_friend_rows import cursor

from api import PASSWORD, Person, ok, refusal
from crowds import PASSWORD as CROWD_PASSWORD
from crowds import crowd
from readers import settled
from tokens import claims_of, signed

pytestmark = pytest.mark.alone


class Poll:
    """A poll on a connection of its own, which the test need not wait for."""

    def __init__(self, person, since, wait=20, preview=None, etag=None):
        query = f"since={since}&wait={wait}" + ("&preview=1" if preview else "")
        self.person = person
        target = urlsplit(person.api.url)
        self.connection = socket.create_connection((target.hostname, target.port), timeout=30)
        self.ask(query, etag)

    def ask(self, query, etag=None):
        lines = [
            f"GET /friends/{self.person.id}?{query} HTTP/1.1", "Host: here",
            f"Authorization: Bearer {self.person.token}"]
        if etag:
            lines.append(f"If-None-Match: {etag}")
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())

    @property
    def is_held(self):
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return not poll.poll(0)

    def answer(self):
        """(status, head, body), read to the end of the body."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.more()
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1]) for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")]
        while lengths and len(body) < lengths[0]:
            body += self.more()
        return int(head.split()[1]), head.decode(), body.decode()

    def more(self):
        piece = self.connection.recv(65536)
        assert piece, "closed without an answer"
        return piece

    def close(self):
        self.connection.close()


def settle():
    """Gives a poll the time to be answered, if it is not held."""
    time.sleep(0.3)


def test_a_held_poll_is_answered_by_a_message(people):
    anna, budi = people("anna", "budi")
    now = cursor(anna.friends())
    poll = Poll(anna, now, preview=True)
    settle()
    assert poll.is_held
    begin = time.monotonic()
    budi.send(anna, "halo")
    status, head, body = poll.answer()
    assert time.monotonic() - begin < 2 and status == 200
    assert '"content":"halo"' in body and "etag" in head.lower()


def test_what_there_is_to_tell_is_told_at_once(people):
    anna, budi = people("anna", "budi")
    now = cursor(anna.friends())
    budi.send(anna, "halo")
    begin = time.monotonic()
    row, = anna.friends(since=now, wait=20)
    assert row["id"] == budi.id and time.monotonic() - begin < 2
    assert refusal(anna.try_friends(since=now + 2 ** 32, wait=20))[:2] == (410, "cursor_unknown")
    assert len(anna.friends(wait=20)) == 1


def test_nothing_comes_when_the_time_is_over(people):
    anna, _ = people("anna", "budi")
    now, tag = cursor(anna.friends()), anna.try_friends().headers["ETag"]
    for etag, expected in ((None, (200, b"[]")), (tag, (304, b""))):
        begin = time.monotonic()
        headers = {"If-None-Match": etag} if etag else None
        answer = anna.try_friends(since=now, wait=1, headers=headers)
        assert (answer.status_code, answer.content) == expected
        assert answer.headers["ETag"] == tag and 0.9 < time.monotonic() - begin < 5


def test_only_those_whom_it_concerns_are_woken(people):
    anna, budi, citra = people("anna", "budi", "citra")
    polls = [Poll(person, cursor(person.friends()), 3) for person in (anna, budi, citra)]
    settle()
    anna.send(budi, "halo")
    for poll in polls[:2]:
        assert poll.answer()[0] == 200
    settle()
    assert polls[2].is_held
    anna.end("remove", citra)
    assert '"removed":true' in polls[2].answer()[2]


def test_somebody_without_friends_hears_of_the_first(people):
    anna, = people("anna")
    budi, = people("budi")
    poll = Poll(anna, 0)
    settle()
    assert poll.is_held
    budi.befriend(anna)
    assert budi.id in poll.answer()[2]


def test_a_third_poll_of_a_user_is_answered_at_once(people):
    anna, budi = people("anna", "budi")
    now = cursor(anna.friends())
    polls = [Poll(anna, now) for _ in range(2)]
    settle()
    assert anna.friends(since=now, wait=20) == []
    assert all(poll.is_held for poll in polls)
    polls[0].close()
    settle()
    third = Poll(anna, now)
    settle()
    assert third.is_held
    budi.send(anna, "halo")
    assert [poll.answer()[0] for poll in (polls[1], third)] == [200, 200]


@pytest.mark.parametrize("limit, held", [(0, 0), (1, 1)])
def test_beyond_the_limit_polls_are_answered_at_once(new_box, limit, held):
    box = new_box(f"--held-polls={limit}").start()
    anna, budi = box.friends("anna", "budi")
    polls = [Poll(person, cursor(person.friends())) for person in (anna, budi)]
    settle()
    assert sum(poll.is_held for poll in polls) == held


def test_the_session_is_judged_again(people):
    anna, budi = people("anna", "budi")
    poll = Poll(anna, cursor(anna.friends()))
    settle()
    body = {"userId": anna.id, "newPassword": "sandi yang lain", "currentPassword": PASSWORD}
    ok(anna.api.post("/auth/change-password", body))
    budi.send(anna, "halo")
    status, _, text = poll.answer()
    assert status == 401 and "unauthorized" in text


def test_an_account_that_is_deleted_ends_its_polls(people):
    anna, budi = people("anna", "budi")
    polls = [Poll(person, cursor(person.friends())) for person in (anna, budi)]
    settle()
    ok(anna.api.post(
        "/auth/delete-account", {"userId": anna.id, "currentPassword": PASSWORD}))
    assert [poll.answer()[0] for poll in polls] == [401, 410]


def test_another_request_on_the_connection_ends_the_wait(people):
    anna, _ = people("anna", "budi")
    poll = Poll(anna, cursor(anna.friends()))
    settle()
    poll.connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
    assert poll.answer()[2].startswith("[]")


def test_the_server_stops_at_once_with_polls_held(box):
    anna, budi = box.friends("anna", "budi")
    polls = [Poll(person, cursor(person.friends())) for person in (anna, budi) for _ in range(2)]
    settle()
    begin = time.monotonic()
    box.core.end(signal.SIGTERM)
    assert time.monotonic() - begin < 3
    for poll in polls:
        status, head, body = poll.answer()
        assert (status, body) == (200, "[]") and "Connection: close" in head


def test_a_client_that_asks_again_and_again_misses_nothing(box):
    anna, budi = box.friends("anna", "budi")
    begun = threading.Event()

    def write():
        begun.wait()
        for number in range(60):
            budi.send(anna, f"#{number}")
    writer = threading.Thread(target=write)
    writer.start()
    rows = anna.friends()
    now, count, polls = cursor(rows), 0, 0
    begun.set()
    while count < 60:
        changed = anna.friends(since=now, wait=10)
        assert changed, "a change was missed"
        now, count, polls = cursor(changed, now), changed[0]["receivedCount"], polls + 1
    writer.join()
    assert polls <= 60


def test_sends_are_on_the_other_screen_in_a_blink(box):
    anna, budi = box.friends("anna", "budi")
    now, times = cursor(anna.friends()), []
    for number in range(30):
        poll = Poll(anna, now, preview=True)
        time.sleep(0.02)
        begin = time.monotonic()
        budi.send(anna, f"#{number}")
        status, _, body = poll.answer()
        times.append(time.monotonic() - begin)
        assert status == 200 and f'"#{number}"' in body
        now = cursor(anna.friends())
        poll.close()
    print("p50 from send to held answer:", statistics.median(times))
    assert statistics.median(times) < 0.2


def test_five_thousand_held_polls_take_under_4_kb_each(tmp_path):
    """Each poll is over a connection of its own; two are of one user."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(5000, hard - 500) // 2 * 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    box = crowd(tmp_path, [f"orang{number}" for number in range(count // 2)])
    box.options = (f"--held-polls={count}",)
    polls = []
    try:
        box.start()
        key = (box.folder / "session.key").read_bytes()
        sari = Person.login(box.client(), "sari", CROWD_PASSWORD)
        claims = claims_of(sari.token)
        people = [
            Person(box.url, row["id"], "", signed(key, claims | {"sub": row["id"]}))
            for row in sari.friends()]
        # The idle connections were served once.
        polls += [Poll(person, 0) for person in people * 2]
        cursors = [json.loads(poll.answer()[2])[0]["changed"] for poll in polls]
        idle = settled(box.core)
        for poll, now in zip(polls, cursors, strict=True):
            poll.ask(f"since={now}&wait=25")
        settle()
        held = settled(box.core)
        print(f"{count} held polls: {(held - idle) / count:.0f} bytes each above idle")
        assert sum(poll.is_held for poll in polls) == count
        assert held - idle < 4096 * count
        begin = time.monotonic()
        box.core.end(signal.SIGTERM)
        print("stopped in", time.monotonic() - begin)
        assert time.monotonic() - begin < 5
        assert {poll.answer()[2] for poll in polls} == {"[]"}
    finally:
        for poll in polls:
            poll.close()
        box.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
