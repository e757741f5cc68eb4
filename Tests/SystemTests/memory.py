"""Searches the memory of a running program."""

from pathlib import Path

import pytest


def need_readable(program):
    """Skips the test unless this process may read the program's memory: root may, and few others.
    """
    try:
        open(f"/proc/{program.process.pid}/mem", "rb").close()
    except PermissionError:
        pytest.skip("only root reads the memory of a program that allows no dump")


def mappings(pid):
    """(start, end, flags) of each readable part of a process's memory."""
    found = []
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first = line.split()[0]
        if "-" in first and ":" not in first:
            start, end = (int(part, 16) for part in first.split("-"))
            found.append([start, end, line.split()[1], set()])
        elif first == "VmFlags:":
            found[-1][3] = set(line.split()[1:])
    return [(start, end, flags) for start, end, mode, flags in found if mode.startswith("r")]


def places(program, wanted):
    """The flags of each part of a program's memory that holds these bytes."""
    pid = program.process.pid
    held = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, flags in mappings(pid):
            try:
                memory.seek(start)
                if wanted in memory.read(end - start):
                    held.append(flags)
            except OSError:
                continue
    return held


def around(program, wanted):
    """The places of the bytes, for the message of a failure."""
    pid = program.process.pid
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except (OSError, OverflowError):
                continue
            place = held.find(wanted)
            if place >= 0:
                found.append((line, held[max(0, place - 64):place + len(wanted) + 64]))
    return found
