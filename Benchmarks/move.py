"""A large store on its way into PostgreSQL and back, killed half-way: see script/bench-move."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers  # noqa: F401  # it adds the tests' folder to the path
from processes import resident_mb

from databases import Database
from moves import in_one_order, large_store
from programs import BUILD, Box, clean_environment, run
from stores import well

CUT = 0.5  # the part of a move after which it is killed
PAUSE = 0.02
QUERY_PAUSE = 0.2  # each question to the database takes the import's time
COLUMNS = "{:>10}  {:34} {:>8} {:>8} {:>8} {:>8}"


class Move:
    """One direction: a command that is run whole, and one that is killed and run again."""

    def __init__(self, size):
        self.size = size

    def command(self, *words):
        return subprocess.Popen(
            [BUILD / "ChatCore", "store", *map(str, words)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=clean_environment())

    def killed(self, words, is_half_done):
        """Seconds until it was half done and killed."""
        began = time.monotonic()
        process = self.command(*words)
        while process.poll() is None and not is_half_done():
            time.sleep(PAUSE)
        process.kill()
        if process.wait() != -signal.SIGKILL:
            sys.exit(f"bench-move: {words[0]} had ended before it was half done")
        return time.monotonic() - began

    def whole(self, words):
        """Seconds, and the memory of the process in MB at its most."""
        began, memory = time.monotonic(), 0
        process = self.command(*words)
        while process.poll() is None:
            # A process that has just ended has no memory.
            with contextlib.suppress(KeyError):
                memory = resident_mb([process.pid], "VmHWM")
            time.sleep(PAUSE)
        if process.returncode:
            sys.exit(f"bench-move: {process.stderr.read().decode()}")
        return time.monotonic() - began, memory

    def measure(self, name, words, is_half_done):
        first = self.killed(words, is_half_done)
        second, memory = self.whole(words)
        print(COLUMNS.format(
            f"{self.size:,}", name, f"{first:.1f}", f"{second:.1f}", f"{memory:.0f}",
            f"{os.getloadavg()[0]:.1f}"), flush=True)


def at_least(file, length):
    """Whether a file is there with so many bytes."""
    return lambda: file.exists() and file.stat().st_size >= length


def compare(one, other):
    if in_one_order(one) != in_one_order(other):
        sys.exit(f"bench-move: {other.name} does not hold what {one.name} holds")


def move(folder, size):
    box = Box(folder).start()
    large_store(box, size, users=max(200, size // 500))
    box.stop()
    database = Database()
    well(run("ChatCore", "store", "migrate", "--postgres-url", database.url))
    sql = ("--store", "postgres", "--postgres-url", database.url)
    there, back, home = folder / "there.json", folder / "back.json", folder / "home"
    moving = Move(size)
    length = box.db_file.stat().st_size * CUT

    moving.measure("export of a folder", ("export", there, "--data", box.data),
                   at_least(folder / "there.json.part", length))

    def is_half_stored():
        time.sleep(QUERY_PAUSE)
        return int(database.run("SELECT coalesce(max(messages), 0) FROM imports")) >= size * CUT
    moving.measure("import into PostgreSQL", ("import", there, *sql), is_half_stored)
    moving.measure("export of PostgreSQL", ("export", back, *sql),
                   at_least(folder / "back.json.part", length))
    compare(there, back)
    moving.measure("import into a folder", ("import", back, "--data", home),
                   at_least(home / "db.json.tmp", length))
    well(run("ChatCore", "store", "verify", "--data", home, timeout=600))
    again = folder / "again.json"
    moving.whole(("export", again, "--data", home))
    compare(there, again)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    sizes = parser.parse_args().sizes
    # A signal also stops the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(COLUMNS.format("messages", "", "killed s", "again s", "MB", "load"), flush=True)
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="move-"))
        try:
            move(folder, size)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
