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


def log_ins(figures):
    with peers.house() as house:
        person = house.person("budi")
        script = posting(json.dumps({"username": person.username, "password": PASSWORD}))
        seconds = max(2, figures.seconds)  # a log-in takes a twentieth of one
        fields, _ = poll(person, f"/friends/{person.id}")
        beside = []

        def both():
            poller = threading.Thread(target=lambda: beside.append(
                wrk(f"{house.url}/friends/{person.id}", seconds, 1, fields)))
            poller.start()
            done = wrk(house.url + "/auth/login", seconds, 4, script=script)
            poller.join()
            return done

        figures.in_turns("log-ins, 4 clients", {
            "ChatCore": ([], both), WORKER: ([], lambda: Run(bcrypt(seconds))),
        }, of=[WORKER])
        figures.note("p99 of a poll beside log-ins", "ChatCore",
                     [run.p99_ms for run in beside], unit="ms")


def bcrypt(seconds):
    """Hashes a second of one thread, with the cost that accounts have."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        crypt(b"y", b"$2b$10$abcdefghijklmnopqrstuu")
        count += 1
    return count / (time.perf_counter() - begin)
