"""The measurements: a row for each kind of work, with a figure for each contender."""

import json
import platform
import re
import statistics
import time
from pathlib import Path

from processes import cpu_seconds, resident_mb
from table import COLUMNS, HEADINGS, line


class Figures:
    """Each figure is the median of some rounds, taken in turns with those it is compared with, so
    that a slower minute of the machine falls on all. A median of three hides one bad round."""

    def __init__(self, seconds=3, rounds=3):
        """`seconds`: of one run of load."""
        self.seconds = seconds
        self.rounds = rounds
        self.rows = {}
        print(COLUMNS.format(*HEADINGS), flush=True)

    def note(self, row, name, values, unit="a second", of=(), **more):
        """`of`: those that all others are divided by, by name in this row or as (row, name)."""
        self._record(row, name, values, unit, more)
        self._compare(row, name, of)

    def in_turns(self, row, contenders, of=()):
        """`contenders`: name to (pids, what makes one run and returns a `Run`)."""
        runs, cpu = {name: [] for name in contenders}, {name: [] for name in contenders}
        for _ in range(self.rounds):
            for name, (pids, run) in contenders.items():
                before = cpu_seconds(pids)
                done = run()
                runs[name].append(done)
                cpu[name].append((cpu_seconds(pids) - before) * 1e6 / max(done.count, 1))
        for name, (pids, _) in contenders.items():
            more = {}
            if pids:
                more = {"cpu_us": statistics.median(cpu[name]), "resident_mb": resident_mb(pids)}
            waits = [run.p99_ms for run in runs[name] if run.p99_ms is not None]
            if waits:
                more["p99_ms"] = statistics.median(waits)
            self._record(row, name, [run.rate for run in runs[name]], "a second", more)
        for name in contenders:
            self._compare(row, name, of)

    def figure(self, row, name):
        """Returns the noted figure, or None."""
        return self.rows.get(row, {}).get(name)

    def write_json(self, file, seconds):
        processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        file.write_text(json.dumps({
            "machine": platform.platform(), "processor": processor and processor[1],
            "when": time.strftime("%Y-%m-%d"), "seconds": round(seconds), "rows": self.rows,
        }, indent=2, ensure_ascii=False))

    def _record(self, row, name, values, unit, more):
        self.rows.setdefault(row, {})[name] = {
            "median": statistics.median(values), "min": min(values), "max": max(values),
            "unit": unit, **more, "ratios": {}}

    def _compare(self, row, name, of):
        figure = self.rows[row][name]
        for other in of if name not in of else ():
            key = (row, other) if isinstance(other, str) else other
            base = self.figure(*key)
            if base:
                label = key[1] if key[0] == row else key[0]
                figure["ratios"][label] = figure["median"] / base["median"]
        print(line(row, name, figure), flush=True)
