"""All rows of script/bench, or one part of them; a whole run writes what it found."""

import argparse
import signal
import sys
import tempfile
import time

import chart
import table
import targets
from answers import everything_read
from bridge import tls
from connections import raise_descriptor_limit
from figures import Figures
from idle import idle_connections, idle_images, idle_memory, starts
from logins import log_ins
from pages import first_words
from peers import CHECKOUT
from seals import seals_and_opens
from sends import sends
from uploads import beside_uploads
from written import bytes_written

BUILD, IMAGES = CHECKOUT / ".build", CHECKOUT / "docs" / "images"
SIZES = [0, 10_000, 100_000, 1_000_000]
QUICK_SIZES = [0]
CHARTED = ("small answer, 64 clients", "304 poll, 64 clients")


def parts(sizes):
    """Name to what takes the figures; each stands by itself."""
    return {
        "start": starts, "memory": idle_memory, "images": idle_images,
        "reads": everything_read, "connections": idle_connections, "logins": log_ins,
        "pages": first_words, "vault": seals_and_opens, "tls": tls, "written": bytes_written,
        "sends": lambda figures: sends(figures, sizes), "uploads": beside_uploads,
    }


def draw(figures, file):
    rows = [
        (f"{name} ({row.split(',')[0]})", figure["median"], f"{figure['median']:,.0f} a second")
        for row in CHARTED for name, figure in figures.rows[row].items()]
    file.write_text(chart.svg("Answers a second, 64 connections", rows))


def main():
    arguments = argparse.ArgumentParser(description="How fast the service is, beside others.")
    arguments.add_argument(
        "--quick", action="store_true", help="shorter and fewer runs, on an empty store")
    arguments.add_argument("--seconds", type=int, help="of each run under load")
    arguments.add_argument(
        "--only", choices=parts([]), help="these rows alone, printed and not written")
    asked = arguments.parse_args()
    # A signal also stops the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begin = time.monotonic()
    raise_descriptor_limit()
    seconds, rounds = (1, 2) if asked.quick else (3, 3)
    figures = Figures(asked.seconds or seconds, rounds)
    # Beside the build, on a real disk: elsewhere a temporary folder may be memory.
    with tempfile.TemporaryDirectory(dir=BUILD) as tempfile.tempdir:
        for name, part in parts(QUICK_SIZES if asked.quick else SIZES).items():
            if asked.only in (None, name):
                part(figures)
    targets.show(figures)
    seconds = time.monotonic() - begin
    if not asked.only:
        figures.write_json(BUILD / "bench.json", seconds)
        (BUILD / "bench.md").write_text(table.markdown(figures.rows))
        draw(figures, (BUILD if asked.quick else IMAGES) / "performance.svg")
    print(f"done in {seconds:.0f} s")


main()
