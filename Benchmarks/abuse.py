"""ChatCore's memory while many clients abuse it in many ways at once. See script/soak.

One user stores so many messages. Then slow readers, greedy readers, guessers of passwords, half
requests, hostile texts and strangers go on together, beside a pair of friends who must be served.
"""

import argparse
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import load
import peers  # noqa: F401  # the tests' modules are found through it
import requests
from connections import address, raise_descriptor_limit
from fairness import CONNECTIONS, Pair
from greedy import Greedy, history

from api import Client, Person
from readers import LONGEST_TEXT, SlowReaders, asking, fill, history_path

WRITERS = 64
SAMPLE_SECONDS = 1.0
ROUND_SECONDS = 20
GROWTH_MAX_MB = 64
HALF_REQUESTS = (
    b"GET / HTT", b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Content-Length: 60000\r\n\r\n{" + b"x" * 40_000)
# Runs of combining marks whose classes fall: dear for whoever normalizes them.
MARKS = "a" + "\u0315\u0300\u05ae\u0301" * 7_000


class Program(NamedTuple):
    process_folder: Path


class Memory(threading.Thread):
    """Samples a process's memory, in MB, without that of files."""

    def __init__(self, program):
        super().__init__(daemon=True)
        self.status = program.process_folder / "status"
        self.samples = []
        self.is_over = threading.Event()

    def now(self):
        return int(self.status.read_text().split("RssAnon:")[1].split()[0]) / 1024

    def run(self):
        while not self.is_over.wait(SAMPLE_SECONDS):
            self.samples.append(self.now())


class Box:
    """The people of a server that runs already."""

    def __init__(self, url):
        self.url = url

    def person(self, name):
        return Person.register(Client(self.url), name)

    def friends(self, one, other):
        people = [self.person(one), self.person(other)]
        people[0].befriend(people[1])
        return people


def store(url, sender, receiver, count):
    """Has one user store so many, in runs of a minute at most."""
    script, stored = load.sending([(sender, receiver)]), 0
    while stored < count:
        run = load.wrk(f"{url}/chat/send", 20, WRITERS, script=script)
        stored += run.count
        print(f"{stored:,} stored, {run.rate:,.0f} a second", file=sys.stderr, flush=True)
    return stored


def until(end, act, broken):
    """Goes on with something until then, whatever the server makes of it. Faults of our own are
    noted: without the abuse nothing is tested."""
    def go_on():
        while time.monotonic() < end:
            try:
                act()
            except OSError:
                time.sleep(0.05)
            except Exception as fault:
                broken.append(repr(fault))
                return
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    return thread


def half_requests(url):
    """Two hundred connections that begin a request, and are left after a while."""
    begun = []
    try:
        for number in range(200):
            begun.append(socket.create_connection(address(url), timeout=5))
            begun[-1].sendall(HALF_REQUESTS[number % 2])
        time.sleep(2)
    finally:
        for one in begun:
            one.close()


def hostile_requests(url, person):
    """Guesses, dear texts and unknown names, each time from another address."""
    with requests.Session() as http:
        http.trust_env = False
        http.headers["CF-Connecting-IP"] = ".".join(
            str(random.randrange(1, 224)) for _ in range(4))

        def post(path, body, **headers):
            http.post(url + path, json=body, headers=headers, timeout=30)
        post("/auth/login", {"username": "anna", "password": MARKS[:500]})
        post("/auth/login", {MARKS: "x"})
        post("/auth/register", {"username": MARKS, "password": MARKS})
        mine = f"Bearer {person.token}"
        post("/friends/add", {"myId": person.id, "friendUsername": MARKS}, Authorization=mine)
        post("/chat/send", {"senderId": person.id, MARKS: MARKS}, Authorization=mine)
        http.get(url + "/" + "%CC%95" * 1_000, timeout=30)


def one_round(url, program, pair, reader, sender, found, statuses, broken):
    """All kinds of abuse at once, and what the pair sees of it."""
    end = time.monotonic() + ROUND_SECONDS
    threads = [
        until(end, lambda: half_requests(url), broken),
        *(until(end, lambda: hostile_requests(url, reader), broken) for _ in range(4))]
    slow = [
        asking(reader, history_path(reader, sender, **({"limit": 500} if number % 2 else {})))
        for number in range(200)]
    greedy = [history(reader, sender), history(reader, sender, "&limit=500")]
    with SlowReaders(url, slow, 10_000, 20) as readers, \
            Greedy(url, greedy * (CONNECTIONS // 2)) as hungry:
        threads.append(until(end, lambda: readers.wait(1, program), broken))
        for name, (times, answers) in pair.live(ROUND_SECONDS - 2).items():
            found[name].extend(times)
            statuses[name].update(answers)
    for thread in threads:
        thread.join()
    return hungry.statuses


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--pid", type=int, required=True, help="ChatCore's")
    arguments.add_argument("--messages", type=int, default=1_000_000)
    arguments.add_argument("--minutes", type=float, default=60)
    asked = arguments.parse_args()
    raise_descriptor_limit()
    program = Program(Path(f"/proc/{asked.pid}"))
    memory, box = Memory(program), Box(asked.url)
    print(f"empty: {memory.now():.1f} MB", flush=True)
    sender, reader = box.friends("penulis", "pembaca")
    stored = store(asked.url, sender, reader, asked.messages)
    fill(sender, reader, 400, LONGEST_TEXT)
    pair = Pair(box)
    time.sleep(10)
    idle = memory.now()
    print(f"{stored:,} messages: {idle:.1f} MB", flush=True)

    memory.start()
    found, statuses = {"send": [], "read": []}, {"send": Counter(), "read": Counter()}
    broken = []
    peaks, greedy, end = [], Counter(), time.monotonic() + asked.minutes * 60
    # One round says nothing of growth.
    while len(peaks) < 2 or time.monotonic() < end:
        memory.samples.clear()
        greedy += one_round(asked.url, program, pair, reader, sender, found, statuses, broken)
        peaks.append(max(memory.samples))
        print(f"round {len(peaks)}: at most {peaks[-1]:.1f} MB", file=sys.stderr, flush=True)
    time.sleep(10)
    memory.is_over.set()

    tenth = max(1, len(peaks) // 10)
    growth = max(peaks[-tenth:]) - max(peaks[:tenth])
    refused = {name: dict(count - Counter({200: count[200]})) for name, count in statuses.items()}
    print(f"{len(peaks)} rounds of abuse: at most {max(peaks):.1f} MB, "
          f"the last tenth {growth:+.1f} MB over the first; ten seconds after: "
          f"{memory.now():.1f} MB")
    for name, times in found.items():
        times.sort()
        print(f"the pair's {name}: {len(times):,}, p99 {times[len(times) * 99 // 100] * 1e3:.1f} "
              f"ms, longest {times[-1] * 1e3:.0f} ms, refused {json.dumps(refused[name])}")
    print(f"the greedy: {json.dumps(greedy)}")
    for fault in broken:
        print(f"abuse that ended: {fault}")
    is_met = growth < GROWTH_MAX_MB and not any(refused.values()) and not broken
    print(f"flat, and no request of the pair refused: {'met' if is_met else 'missed'}")
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
