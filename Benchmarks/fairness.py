"""Whether greedy readers keep others from sending and reading. See script/bench-fairness.

A pair of friends sends and reads while 100 connections, of one user or of 100, ask for histories as
fast as they are answered.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import peers
from greedy import Client, Greedy, history, request

CONNECTIONS = 100
PAUSE = 0.005  # of the pair, between an answer and the next request
WRITERS = 8
SHORT_TEXT = "halo, apa kabar? " * 12  # 204 bytes
LONG_TEXT = "😀" * 4096  # 16 KiB, the most that a message may have
NO_QUOTA = ("--send-rate=0", "--bytes-per-day=0", "--friend-rate=0", "--registrations-per-day=0")


def send_request(person, friend, text):
    body = {"senderId": person.id, "receiverId": friend.id, "message": text}
    return request("POST", "/chat/send", person, json.dumps(body).encode())


def each(work, arguments):
    """Runs the work for each of the arguments, all at once."""
    threads = [threading.Thread(target=work, args=(argument,)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Pair:
    """Two friends: one sends, the other reads what came last."""

    def __init__(self, box):
        self.url = box.url
        sender, receiver = box.friends("anna", "budi")
        for number in range(60):
            sender.send(receiver, f"pesan ke-{number}")
        self.requests = {
            "send": send_request(sender, receiver, SHORT_TEXT),
            "read": history(receiver, sender, "&limit=50")}

    def live(self, seconds):
        """Name to (how long each request took, how each was answered)."""
        found = {name: ([], Counter()) for name in self.requests}
        end = time.monotonic() + seconds

        def go_on(name):
            client, (times, statuses) = Client(self.url), found[name]
            while time.monotonic() < end:
                taken, status = client.ask(self.requests[name])
                times.append(taken)
                statuses[status] += 1
                time.sleep(PAUSE)
            client.close()

        each(go_on, found)
        return found


class Greedies:
    """Those who read all they can: one user, or many, each with a conversation of their own."""

    def __init__(self, box, user_count, message_count, long_count):
        self.url = box.url
        self.friend = box.person("friend")
        self.users = [box.person(f"greedy{number}") for number in range(user_count)]
        self.writer = box.person("writer")
        for user in [*self.users, self.writer]:
            user.befriend(self.friend)
        for user in self.users:
            self._fill(user, SHORT_TEXT, message_count)
        self._fill(self.writer, LONG_TEXT, long_count)

    def _fill(self, person, text, count):
        asked = send_request(person, self.friend, text)

        def some(share):
            client = Client(self.url)
            for _ in range(share):
                status = client.ask(asked)[1]
                assert status == 200, f"a message of the greedy is answered {status}"
            client.close()

        each(some, [count // WRITERS] * WRITERS)

    def _read(self, users, query="", method="GET"):
        requests = [
            history(users[number % len(users)], self.friend, query, method)
            for number in range(CONNECTIONS)]
        return Greedy(self.url, requests, has_bodies=method == "GET")

    def loads(self):
        """(name, what to run beside the pair)"""
        kinds = {
            "whole histories": {}, "`limit=500`": {"query": "&limit=500"},
            "`HEAD`": {"method": "HEAD"}}
        people = {"one user": self.users[:1]}
        if len(self.users) > 1:
            people[f"{len(self.users)} users"] = self.users
        for kind, how in kinds.items():
            for whose, users in people.items():
                yield f"{kind}, {CONNECTIONS} of {whose}", self._read(users, **how)
        yield (f"whole histories of 16 KiB texts, {CONNECTIONS} of one user",
               self._read([self.writer]))


class Table:
    HEADINGS = ("Beside", "", "requests", "refused", "p50, ms", "p99, ms", "longest, ms")

    def __init__(self, p99_max):
        self.p99_max = p99_max
        self.is_met = True
        self._line(self.HEADINGS)
        self._line(["---", "---"] + ["---:"] * 5)

    @staticmethod
    def _line(cells):
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)

    def note(self, load, found):
        for name, (times, statuses) in found.items():
            times.sort()
            p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
            refused = len(times) - statuses[200]
            self.is_met &= refused == 0 and p99 < self.p99_max
            self._line([load, name, len(times), refused] + [
                f"{seconds * 1000:.1f}" for seconds in (p50, p99, times[-1])])


def options(programs):
    """Sets no quota on those who fill the store, where the program knows of any."""
    helped = subprocess.run(
        [programs / "ChatCore", "serve", "--help"], capture_output=True, text=True).stdout
    return [option for option in NO_QUOTA if option.partition("=")[0] in helped]


def rewrapping(box):
    """Moves all messages under a new key, until it is stopped."""
    def run(program, *arguments):
        return [box.core.build / program, *arguments]
    subprocess.run(
        run("Cipher", "keys", "rotate", "--key-file", box.key_file), check=True,
        capture_output=True)
    box.cipher.process.send_signal(signal.SIGHUP)
    return subprocess.Popen(
        run("ChatCore", "store", "rewrap", "--data", box.data), stdout=subprocess.DEVNULL)


def measure(box, asked, table):
    seconds = asked.seconds or (1 if asked.quick else 10)
    pair = Pair(box)
    greedies = Greedies(box, *((1, 800, 200) if asked.quick else (100, 800, 400)))
    table.note("nobody", pair.live(seconds))
    for name, greedy in greedies.loads():
        with greedy:
            time.sleep(0.3)
            table.note(name, pair.live(seconds))
        others = {status: n for status, n in greedy.statuses.items() if status != 200}
        print(f"  they got {greedy.statuses[200] / greedy.seconds:,.0f} answers a second, "
              f"and refusals: {others or 'none'}", file=sys.stderr)
    if not asked.quick:
        rewrap = rewrapping(box)
        table.note("a rewrap of the store", pair.live(seconds))
        print(f"  the rewrap {'goes on' if rewrap.poll() is None else 'is done'}",
              file=sys.stderr)
        rewrap.terminate()
        rewrap.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="fewer and shorter loads")
    arguments.add_argument("--seconds", type=float, help="of each load")
    arguments.add_argument(
        "--programs", type=Path, help="where ChatCore and Cipher are",
        default=peers.CHECKOUT / ".build" / "release")
    arguments.add_argument(
        "--p99-max", type=float, default=0.1, help="the pair's target, in seconds")
    asked = arguments.parse_args()
    asked.programs = asked.programs.resolve()
    table = Table(asked.p99_max)
    # Beside the build, on a real disk: elsewhere a temporary folder may be memory.
    with tempfile.TemporaryDirectory(dir=peers.CHECKOUT / ".build") as tempfile.tempdir, \
            peers.box(asked.programs, *options(asked.programs)) as box:
        measure(box, asked, table)
    print(f"target of no refusal and a p99 under {asked.p99_max * 1000:.0f} ms: "
          f"{'met' if table.is_met else 'missed'}")
    sys.exit(not table.is_met)


if __name__ == "__main__":
    main()
