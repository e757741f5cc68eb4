"""Rows of log-ins: how many there can be, and what polls notice of them."""

import ctypes
import json
import threading
import time

import peers
from answers import poll
from load import Run, posting, wrk

from api import PASSWORD

WORKER = "bcrypt by itself, one thread"
AMID_POLLS = "bcrypt beside the same polls"


def log_ins(figures):
    with peers.box() as box:
        person = box.person("budi")
        script = posting(json.dumps({"username": person.username, "password": PASSWORD}))
        seconds = max(2, figures.seconds)  # a log-in takes a twentieth of one
        fields, _ = poll(person, f"/friends/{person.id}")
        beside_log_ins, beside_hashes = [], []

        def amid_polls(work, waits):
            poller = threading.Thread(target=lambda: waits.append(
                wrk(f"{box.url}/friends/{person.id}", seconds, 1, fields).p99_ms))
            poller.start()
            done = work()
            poller.join()
            return done

        def answered():
            return wrk(box.url + "/auth/login", seconds, 4, script=script)

        def hashed():
            return Run(bcrypt(seconds))

        figures.in_turns("log-ins, 4 clients", {
            "ChatCore": ([], lambda: amid_polls(answered, beside_log_ins)),
            WORKER: ([], hashed),
            # Polls take their share of two processors, whoever hashes.
            AMID_POLLS: ([], lambda: amid_polls(hashed, beside_hashes)),
        }, of=[WORKER, AMID_POLLS])
        figures.note("p99 of a poll beside log-ins", "ChatCore", beside_log_ins, unit="ms")


def bcrypt(seconds):
    """Hashes a second of one thread, with the cost that accounts have."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        crypt(b"y", b"$2b$10$abcdefghijklmnopqrstuu")
        count += 1
    return count / (time.perf_counter() - begin)
