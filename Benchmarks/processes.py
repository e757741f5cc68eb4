"""The kernel's counts for a process: see proc(5)."""

import os
import re
from pathlib import Path


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(pids, name="VmRSS"):
    """Bytes; pages that the processes share are counted for each of them."""
    return sum(_numbers(pid, "status")[name] for pid in pids) * 1024


def resident_mb(pids, name="VmRSS"):
    return resident(pids, name) / 1024 / 1024


def written(pid):
    """(what it handed to the kernel, what the kernel counts for the disk), in bytes since its
    start."""
    numbers = _numbers(pid, "io")
    return numbers["wchar"], numbers["write_bytes"]


def resident_by_kind(pid):
    """MB of resident pages: a file's code, its data as it stands there, and memory of its own."""
    kinds = dict.fromkeys(("code", "data", "anonymous"), 0)
    is_code = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if header := re.match(r"[0-9a-f]+-[0-9a-f]+ (\S+)", line):
            is_code = "x" in header[1]
        elif line.startswith("Rss:"):
            pages = int(line.split()[1])
        elif line.startswith("Anonymous:"):
            anonymous = int(line.split()[1])
            kinds["anonymous"] += anonymous
            kinds["code" if is_code else "data"] += pages - anonymous
    return {kind: kilobytes / 1024 for kind, kilobytes in kinds.items()}


def _numbers(pid, file):
    text = Path(f"/proc/{pid}/{file}").read_text()
    return {name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+)", text)}
