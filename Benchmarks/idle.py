"""Rows of doing nothing: the start, idle programs, and many idle connections."""

import statistics
import time

import peers
from answers import poll
from connections import address, idle
from load import wrk
from processes import resident_by_kind, resident_mb

SETTLED_SECONDS = 1
CONNECTIONS = 5000
# FlyingFox answers in two writes, which a client that asks once waits for.
NOT_COUNTED = {"FlyingFox"}
STATIC = peers.CHECKOUT / ".build-static" / "programs"
NAMES = ("ChatCore", "Cipher")


def starts(figures):
    seconds = []
    for _ in range(figures.rounds):
        begin = time.perf_counter()
        with peers.box():
            seconds.append(time.perf_counter() - begin)
    figures.note("start to both ready", "ChatCore and Cipher", seconds, unit="s")


def idle_memory(figures):
    """Of the programs as they were built here, and of the peers."""
    of_programs(figures, "idle, MB resident", None)
    for name, start in peers.hellos().items():
        with start() as server:
            time.sleep(SETTLED_SECONDS)
            figures.note("idle, MB resident", name, [resident_mb(server.pids)], unit="MB")


def idle_images(figures):
    """Of the programs that the images hold."""
    of_programs(figures, "idle as in the images, MB", STATIC)


def of_programs(figures, row, build):
    resident, kinds = {}, {}
    for _ in range(figures.rounds):
        with peers.box(build) as box:
            time.sleep(SETTLED_SECONDS)
            for program in (box.core, box.cipher):
                pid = program.process.pid
                resident.setdefault(program.name, []).append(resident_mb([pid]))
                kinds[program.name] = resident_by_kind(pid)
    for name in NAMES:
        figures.note(row, name, resident[name], unit="MB", **kinds[name])


def idle_connections(figures):
    """Measures the cost of each, and their effect on polls; every round on a fresh server."""
    cost = []
    polls = {"nobody": [], f"{CONNECTIONS:,} idle connections": []}
    for _ in range(figures.rounds):
        with peers.box() as box:
            likeness = box.client().get("/healthz")
            person = box.friends("budi", "sari")[0]
            path = f"/friends/{person.id}"
            fields, _ = poll(person, path)

            def ask(name, url=box.url + path, fields=fields):
                polls[name].append(wrk(url, figures.seconds, headers=fields))

            alone, beside = polls
            ask(alone)
            with idle(address(box.url), [box.core.process.pid], CONNECTIONS) as connections:
                cost.append(connections.used)
                ask(beside)
    row = f"{CONNECTIONS:,} idle connections"
    hosts = {"nginx": lambda: peers.nginx(likeness), **peers.hellos()}
    for name in [name for name in hosts if name not in NOT_COUNTED]:
        with hosts[name]() as server, idle(
                address(server.url), server.pids, CONNECTIONS, "/") as connections:
            figures.note(row, name, [connections.used], unit="bytes each")
    figures.note(row, "ChatCore", cost, unit="bytes each", of=hosts)
    for name, runs in polls.items():
        figures.note(
            "304 poll, 64 clients, beside", name, [run.rate for run in runs], of=[alone],
            p99_ms=statistics.median(run.p99_ms for run in runs))
