"""Rows of what flash feels: bytes written for a message, folds of the journal included."""

import sys
import time
from typing import NamedTuple

import peers
import requests
from load import sending, wrk
from processes import written
from sends import people

from programs import run

# From an empty store on, also for the one that rewrites its file: what it writes grows with them.
COUNT = 1000
SENDERS = 64
REWRITING = f"rewriting, {COUNT:,} sent"
QUIET_SECONDS = 2.5  # longer than the journal waits to be folded
WAKING_BYTES_MAX = 1 << 10


class Written(NamedTuple):
    """`records`: the bytes of the messages as they stand in the store's file."""
    messages: int
    records: int
    wchar: int
    write_bytes: int


def bytes_written(figures):
    """One run: these are counted, not timed."""
    found = {
        REWRITING: by_rewriting(), f"ChatCore, {COUNT:,} sent by one": one_after_the_other(),
        f"ChatCore, sent by {SENDERS}": many_at_once(figures.seconds)}
    for counter in ("wchar", "write_bytes"):
        for share, among in (("a message", "messages"), ("a byte of record", "records")):
            for name, counts in found.items():
                value = getattr(counts, counter) / getattr(counts, among)
                figures.note(f"{counter} {share}", name, [value], "bytes", of=[REWRITING])


def one_after_the_other():
    with peers.box() as box:
        sender, receiver = box.friends("budi", "sari")

        def send():
            for number in range(COUNT):
                sender.send(receiver, f"pesan ke-{number} dari bangku ini, apa kabar?")
            return COUNT
        return counted(box, send)


def many_at_once(seconds):
    with peers.box() as box:
        pairs = people(box)

        def send():
            return wrk(box.url, seconds, SENDERS, script=sending(pairs)).count
        return counted(box, send)


def counted(box, send):
    before = written(box.core.process.pid)
    acknowledged = send()
    after = quiet(box.core.process.pid)
    box.core.end()
    run("ChatCore", "store", "fold", "--data", box.data)
    records = [line for line in box.db_file.read_bytes().splitlines() if b'"content":' in line]
    # Those in flight when the senders left were stored and not heard of.
    if not 0 <= len(records) - acknowledged <= SENDERS:
        sys.exit(f"{acknowledged} acknowledged, {len(records)} in db.json")
    return Written(len(records), sum(map(len, records)), *growth(before, after))


def by_rewriting():
    with peers.Rewriting() as server:
        pid = server.process.pid
        before = written(pid)
        with requests.Session() as session:
            for _ in range(COUNT):
                session.post(server.url, timeout=30)
        return Written(COUNT, server.store.stat().st_size, *growth(before, written(pid)))


def growth(before, after):
    return (b - a for a, b in zip(before, after, strict=True))


def quiet(pid):
    """Returns the bytes written, once no more than the wake-ups between threads are added."""
    before = written(pid)
    while True:
        time.sleep(QUIET_SECONDS)
        if (now := written(pid))[0] - before[0] < WAKING_BYTES_MAX:
            return now
        before = now
