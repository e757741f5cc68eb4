"""Many connections, slow ones and none left: nobody holds the others up, and all is recovered."""

import contextlib
import resource
import socket
import time
from pathlib import Path

import pytest

import raw
from certificates import OPTIONS
from programs import eventually

pytestmark = pytest.mark.alone

IDLE = 5000
BYTES_EACH = 4096
PLACES_UNDER_TLS = 1024
BYTES_EACH_UNDER_TLS = 30_000
GET = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"


@pytest.fixture
def connections():
    """Opens connections to a URL, and closes them all in the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with contextlib.ExitStack() as stack:
        def connect(url, count):
            return [stack.enter_context(raw.connect(url, timeout=30)) for _ in range(count)]
        yield connect
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident(program):
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) * 1024


def exchange(sockets):
    for one in sockets:
        one.sendall(GET)
    for one in sockets:
        assert one.recv(4096).startswith(b"HTTP/1.1 200")


def open_descriptors(program):
    return len(list(Path(f"/proc/{program.process.pid}/fd").iterdir()))


def test_both_programs_may_open_as_many_descriptors_as_the_system_lets_them(box):
    for program in (box.core, box.cipher):
        soft, hard = resource.prlimit(program.process.pid, resource.RLIMIT_NOFILE)
        assert soft == hard


def test_an_idle_connection_costs_at_most_4_kb(box, connections):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 200:
        pytest.skip(f"only {hard} descriptors are allowed here")
    exchange(connections(box.url, 50))
    before = resident(box.core)
    sockets = connections(box.url, IDLE)
    eventually(lambda: open_descriptors(box.core) > IDLE, what="all are taken")
    assert (resident(box.core) - before) / IDLE <= BYTES_EACH
    for start in range(0, IDLE, 500):
        exchange(sockets[start:start + 500])
    assert (resident(box.core) - before) / IDLE <= BYTES_EACH, "after a request each"


def test_out_of_descriptors_those_idle_for_longest_make_room_for_who_comes_new(box, connections):
    pid = box.core.process.pid
    limit = open_descriptors(box.core) + 20
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, hard))
    sockets = connections(box.url, 60)
    exchange(sockets[-5:])
    assert sockets[0].recv(1) == b""
    assert box.client().get("/healthz").status_code == 200
    assert box.core.is_running
    assert "out of descriptors" in box.core.log


def test_out_of_descriptors_who_is_at_work_is_kept(box, connections):
    pid = box.core.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    working = connections(box.url, 10)
    exchange(working)
    for one in working:
        one.sendall(GET[:10])
    # Answered only once what came before has been read.
    assert box.client().get("/healthz").status_code == 200
    limit = open_descriptors(box.core) + 10
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, hard))
    exchange(connections(box.url, 40)[-5:])
    for one in working:
        one.sendall(GET[10:])
        assert one.recv(4096).startswith(b"HTTP/1.1 200")


def test_who_drips_and_who_never_reads_hold_nobody_up(box, connections):
    dripping, deaf = connections(box.url, 50), connections(box.url, 50)
    for one in deaf:
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                one.send(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n" * 100)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for one in dripping:
            one.send(b"G" if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 else b"")
        assert box.client().get("/healthz").status_code == 200
        time.sleep(0.1)


def test_under_tls_a_thousand_connections_are_served_and_the_longest_idle_make_way(
        new_box, connections):
    box = new_box(*OPTIONS).start()
    exchange(connections(box.url, 20))
    before = resident(box.core)
    sockets = connections(box.url, PLACES_UNDER_TLS - 20)
    exchange(sockets)
    each = (resident(box.core) - before) / len(sockets)
    assert each <= BYTES_EACH_UNDER_TLS, f"{each:.0f} bytes for an idle connection"
    # One by one: until they were served, newcomers make way for one another.
    for _ in range(20):
        exchange(connections(box.url, 1))
    assert box.client().get("/healthz").status_code == 200
    exchange(sockets[-900:])
