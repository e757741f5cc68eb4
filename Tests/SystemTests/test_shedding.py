"""Too much of something: what makes way, what is refused, and how it is told."""

import resource
import socket
import time
from urllib.parse import urlsplit

import pytest

from api import Person, ok
from programs import eventually
from readers import MB, SlowReaders, asking, fill, history_path, resident

pytestmark = pytest.mark.alone

GET = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost:"
HALF_BODY = b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{"


@pytest.fixture
def connect():
    """Opens connections to a URL, and closes them all in the end."""
    opened = []

    def connect(url, said=b""):
        target = urlsplit(url)
        one = socket.create_connection((target.hostname, target.port), timeout=10)
        opened.append(one)
        if said:
            one.sendall(said)
        return one
    yield connect
    for one in opened:
        one.close()


def served(connect, url):
    one = connect(url, GET)
    assert one.recv(4096).startswith(b"HTTP/1.1 200")
    return one


def ended(one):
    """Whether the server closed it without a word."""
    try:
        return one.recv(4096) == b""
    except ConnectionError:
        return True


def descriptors(program):
    return {int(file.name) for file in (program.process_folder / "fd").iterdir()}


def take_descriptors(program, left=0):
    """Lets the program open so many more and no further one; returns what undoes it."""
    pid = program.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = descriptors(program)
    free = [number for number in range(len(used) + left + 1) if number not in used][left]
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, hard))
    return lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))


def test_slow_readers_of_long_histories_cost_little_memory_and_it_comes_back(box):
    anna, budi = box.friends("anna", "budi")
    fill(anna, budi, 200)
    before = resident(box.core)
    requests = [
        asking(budi, history_path(budi, anna, **({"limit": 200} if number % 2 else {})))
        for number in range(80)]
    with SlowReaders(box.url, requests, rate=10_000, together=8) as readers:
        peak = readers.wait(2, box.core)
        # Held whole, the answers are 260 MB.
        assert peak - before < 30 * MB
        assert readers.statuses == {200: 80}
        # Nobody else notices.
        assert ok(box.client().get("/readyz")) == {"status": "ready", "shedding": False}
        assert len(anna.texts(budi, limit=50)) == 50
    eventually(
        lambda: resident(box.core) - before < 10 * MB, within=10, what="memory given back")


def test_a_page_of_any_length_is_whole_and_in_order(box):
    anna, budi = box.friends("anna", "budi")
    fill(anna, budi, 30)
    numbers = [text[:4] for text in anna.texts(budi)]
    assert sorted(numbers) == [f"{number:04}" for number in range(30)]
    for limit in (1, 2, 3, 10, 29, 30, 500):
        assert [text[:4] for text in budi.texts(anna, limit=limit)] == numbers[-limit:]
        times = [message["timestamp"] for message in budi.history(anna)]
        behind = budi.texts(anna, limit=limit, after=times[4])
        assert [text[:4] for text in behind] == numbers[5:][:limit]
        between = budi.texts(anna, limit=limit, after=times[4], before=times[20])
        assert [text[:4] for text in between] == numbers[5:20][-limit:]
    answer = budi.try_history(anna, limit=30)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" in budi.try_history(anna, limit=1).headers
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert budi.try_history(anna, tag, limit=30).status_code == 304


def test_a_shortage_of_descriptors_when_a_fold_begins_is_no_failed_disk(box):
    anna, budi = box.friends("anna", "budi")
    for text in ("satu", "dua"):
        anna.send(budi, text)
    give_back = take_descriptors(box.core)
    eventually(lambda: "not folded" in box.core.log, within=15, what="a fold that failed")
    # The connections are there already, and the journal is open.
    anna.send(budi, "tiga")
    assert "disk failed" not in box.core.log
    give_back()
    assert box.client().get("/readyz").status_code == 200
    anna.send(budi, "empat")
    assert budi.texts(anna) == ["satu", "dua", "tiga", "empat"]
    box.restart_core()
    budi = Person.login(box.client(), "budi")
    assert budi.texts(anna) == ["satu", "dua", "tiga", "empat"]


def test_refused_load_is_told_in_readyz_and_once_in_the_log(box, connect):
    assert ok(box.client().get("/readyz")) == {"status": "ready", "shedding": False}
    give_back = take_descriptors(box.core, left=5)
    for _ in range(40):
        connect(box.url)
    eventually(lambda: "shedding load" in box.core.log, what="a line in the log")
    give_back()
    assert ok(box.client().get("/readyz")) == {"status": "ready", "shedding": True}
    time.sleep(1)
    assert box.core.log.count("shedding load") == 1


def test_out_of_places_unfinished_requests_make_way_first_and_the_served_last(box, connect):
    box.core.end()
    box.core = box.core_program()
    # All but ten are kept for the store and Cipher.
    box.core.prefix = ["prlimit", "--nofile=106:106"]
    box.core.start().wait_ready()
    idle = [served(connect, box.url) for _ in range(4)]
    heads = [connect(box.url, HALF_HEAD) for _ in range(3)]
    time.sleep(0.2)
    bodies = []
    for _ in range(3):
        bodies.append(connect(box.url, HALF_BODY))
        time.sleep(0.1)
    newcomers = [served(connect, box.url) for _ in range(3)]
    assert all(ended(one) for one in heads)
    newcomers += [served(connect, box.url) for _ in range(3)]
    for one in bodies:
        told = one.recv(4096)
        assert told.startswith(b"HTTP/1.1 503") and b'"code":"busy"' in told
    for one in idle + newcomers:
        one.sendall(GET)
        assert one.recv(4096).startswith(b"HTTP/1.1 200")
    # All that are left were served: the one that has been idle for longest.
    newest = served(connect, box.url)
    assert ended(idle[0])
    for one in [*idle[1:], *newcomers, newest]:
        one.sendall(GET)
        assert one.recv(4096).startswith(b"HTTP/1.1 200")
