"""Rows of durable sends: on stores of several sizes, and mixed with polls."""

import os
import sys
import tempfile
import time

import peers
from answers import poll
from load import Run, mixed, posting, sending, wrk
from processes import resident_mb

PAIRS = 8
SETTLED_SECONDS = 0.3
SENDERS = (1, 16, 64)
RECORD_BYTES = 400  # about what the journal writes for a message
# So many are stored a second, roughly, to fill a store.
FILLED_A_SECOND = 25_000


def sends(figures, sizes):
    """`sizes`: how many messages are stored before the senders begin, in rising order."""
    with peers.box() as box:
        pairs = people(box)
        script = sending(pairs)
        with peers.nginx(poll(pairs[0][1], f"/friends/{pairs[0][1].id}")[1]) as nginx:
            for size in sizes:
                while (missing := size - stored(pairs)) > 0:
                    wrk(box.url, max(1, min(30, missing // FILLED_A_SECOND)), script=script)
                for clients in SENDERS:
                    durable(figures, box, pairs, script, nginx, size, clients)
        figures.in_turns("mixed 90/10, 64 clients", {"ChatCore": (
            pids(box), lambda: wrk(box.url, figures.seconds, script=mixed(pairs)))})
        figures.note("resident memory, MB", f"ChatCore, {stored(pairs):,} stored",
                     [resident_mb([box.core.process.pid])], unit="MB")


def durable(figures, box, pairs, script, nginx, size, clients):
    def checked():
        before = stored(pairs)
        run = wrk(box.url, figures.seconds, clients, script=script)
        # Sends under way when the clients left were stored, but not acknowledged to anyone.
        surplus = stored(pairs) - before - run.count
        if not 0 <= surplus <= clients:
            sys.exit(f"{run.count} acknowledged, {surplus:+} stored beside them")
        return run

    contenders = {"ChatCore": (pids(box), checked)}
    if clients == 64:
        contenders["nginx, 200"] = (
            nginx.pids, lambda: wrk(nginx.url + "/", figures.seconds))
    if clients == 1 and size == 0:
        contenders["rewriting, no fsync"] = ([], lambda: rewriting(figures.seconds))
        contenders["fdatasync by itself"] = ([], lambda: fdatasync(figures.seconds))
    figures.in_turns(row(clients, size), contenders, of=[
        *list(contenders)[1:], *([(row(clients, 0), "ChatCore")] if size else [])])


def row(clients, size):
    return f"{clients} sender{'s' * (clients > 1)}, {size:,} stored"


def pids(box):
    return [box.core.process.pid, box.cipher.process.pid]


def people(box):
    """Pairs of friends."""
    found = [box.person(f"orang{number}") for number in range(2 * PAIRS)]
    pairs = list(zip(found[::2], found[1::2], strict=True))
    for sender, receiver in pairs:
        sender.befriend(receiver)
    return pairs


def stored(pairs):
    """Returns the number of messages, once those under way have been stored."""
    before = None
    while before != (now := sum(
            receiver.friends()[0]["receivedCount"] for _, receiver in pairs)):
        before = now
        time.sleep(SETTLED_SECONDS)
    return now


def rewriting(seconds):
    """From an empty store on: what it costs grows."""
    with peers.Rewriting() as server:
        return wrk(server.url + "/", seconds, 1, script=posting(""))


def fdatasync(seconds):
    """As many appends as one after the other are made durable, where the store stands too."""
    record = os.urandom(RECORD_BYTES)
    with tempfile.TemporaryFile(buffering=0) as file:
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            file.write(record)
            os.fdatasync(file.fileno())
            count += 1
        return Run(count / (time.perf_counter() - begin))
