"""The vault is shared: one who reads much keeps nobody else from reading and sending."""

import json
import selectors
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

from api import refusal
from programs import BUILD, CHECKOUT, eventually

pytestmark = pytest.mark.alone

AWAY = (503, "vault_unavailable")
GREEDY = 400
SAME_FIELDS = ("Cache-Control", "Content-Type", "ETag", "X-Content-Type-Options")


def test_greedy_readers_keep_a_pair_from_nothing():
    # A second, since other things run here; the bench by itself wants a tenth of it.
    done = subprocess.run(
        [sys.executable, CHECKOUT / "Benchmarks" / "fairness.py", "--quick", "--programs", BUILD,
         "--p99-max", "1"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("| send |") == done.stdout.count("| read |") == 5


def opened_batches(box):
    return box.cipher.log.count("POST /decrypt")


def head(person, friend, headers=None, **query):
    return person.api.http.head(
        f"{person.api.url}/chat/history", timeout=10, headers=headers,
        params={"myId": person.id, "friendId": friend.id} | query)


@pytest.mark.parametrize("query", [{}, {"limit": 5}, {"after": 0, "limit": 500}])
def test_head_of_a_history_is_that_of_get_and_asks_cipher_nothing(box, query):
    anna, budi = box.friends("anna", "budi")
    for number in range(120):
        anna.send(budi, f"pesan ke-{number}")
    whole = budi.try_history(anna, **query)
    before = opened_batches(box)
    answer = head(budi, anna, **query)
    assert (answer.status_code, answer.content) == (200, b"")
    assert {name: answer.headers[name] for name in SAME_FIELDS} == \
        {name: whole.headers[name] for name in SAME_FIELDS}
    # A length that is not the answer's own would be a lie (RFC 9110, section 8.6).
    assert answer.headers.get("Content-Length") in (None, whole.headers.get("Content-Length"))
    assert head(budi, anna, {"If-None-Match": whole.headers["ETag"]}, **query).status_code == 304
    anna.send(budi, "lagi")
    assert head(budi, anna, **query).headers["ETag"] != whole.headers["ETag"]
    assert opened_batches(box) == before


def test_head_of_a_history_is_refused_as_get_is(box):
    anna, budi = box.friends("anna", "budi")
    citra = box.person("citra")
    anna.befriend(citra)
    anna.send(budi, "halo")
    assert head(budi, anna, {"Authorization": "Bearer x"}).status_code == 401
    assert head(budi, anna, myId=anna.id).status_code == 403
    assert head(budi, anna, limit=0).status_code == 400
    box.cipher.kill()
    eventually(lambda: budi.try_history(anna).status_code == 503, within=5)
    # The one call that failed proved nothing; the look that follows it does.
    eventually(lambda: head(budi, anna).status_code == 503, within=5)
    assert head(budi, anna).content == b""
    # An empty history needs no Cipher.
    assert budi.try_history(citra).status_code == head(budi, citra).status_code == 200


def test_a_key_that_may_seal_no_more_still_opens(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "sebelum")
    box.cipher.end()
    spent = box.key_file.with_name(box.key_file.name + ".spent")
    counts = json.loads(spent.read_text())
    spent.write_text(json.dumps(dict.fromkeys(counts, 1 << 32)))
    box.start_cipher()
    eventually(lambda: box.core.is_ready())

    statuses = []
    for number in range(20):
        assert refusal(anna.try_send(budi, f"#{number}"))[:2] == AWAY
        statuses += [budi.try_history(anna).status_code, box.client().get("/readyz").status_code]
    assert statuses == [200] * 40
    assert budi.texts(anna) == ["sebelum"]
    lines = [line for line in box.core.log.splitlines() if "the vault failed a call" in line]
    assert len(lines) == 1 and "key_exhausted" in lines[0]


def statuses_of(connections, seconds):
    """Counts the answers on these connections until then, by their first bytes."""
    statuses = {}
    with selectors.EpollSelector() as selector:
        for one in connections:
            selector.register(one, selectors.EVENT_READ)
        end = time.monotonic() + seconds
        while len(statuses) < len(connections) and time.monotonic() < end:
            for key, _ in selector.select(0.05):
                statuses.setdefault(key.fileobj, key.fileobj.recv(65536))
    return list(statuses.values())


def test_one_who_asks_for_too_much_at_once_is_told_so_and_readyz_shows_it(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    target = urlsplit(box.url)
    asked = (
        f"GET /chat/history?myId={budi.id}&friendId={anna.id} HTTP/1.1\r\nHost: t\r\n"
        f"Authorization: Bearer {budi.token}\r\n\r\n").encode()
    connections = [
        socket.create_connection((target.hostname, target.port), timeout=10)
        for _ in range(GREEDY)]
    assert box.client().get("/readyz").json()["shedding"] is False
    # While Cipher does not answer, all that is asked for waits.
    box.cipher.process.send_signal(signal.SIGSTOP)
    try:
        for one in connections:
            one.sendall(asked)
        refused = statuses_of(connections, seconds=0.3)
    finally:
        box.cipher.process.send_signal(signal.SIGCONT)
    assert refused and all(b'"code":"busy"' in one for one in refused), refused[:1]
    assert all(b"503" in one[:12] and b"Retry-After: 1\r\n" in one for one in refused)
    assert len(refused) <= GREEDY - 32 - 256
    eventually(box.core.is_ready)
    assert box.client().get("/readyz").json()["shedding"] is True
    assert "shedding load" in box.core.log
    anna.send(budi, "lagi")
    for one in connections:
        one.close()
