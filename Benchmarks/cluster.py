"""The store in PostgreSQL beside the JSON store, and beside pgbench: see script/bench-cluster."""

import argparse
import concurrent.futures
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import peers
from answers import poll
from cluster_tables import fill, pgbench
from connections import raise_descriptor_limit
from figures import Figures
from load import Run, sending, wrk
from processes import resident_mb
from sends import people, pids

from databases import Database

BUILD = peers.CHECKOUT / ".build-postgres" / "release"
CLIENTS = (1, 16, 64)
POLLS, SLOWER_MAX = "304 poll, 64 clients", 1.2
HISTORY = 100
JSON, ONE, TWO = "JSON store", "PostgreSQL", "PostgreSQL, 2 ChatCores"
PGBENCH, ALONE = "pgbench, same statements", "pgbench, locks of its own"


class Contender:
    """A store with one or two ChatCores, and people who write to each other."""

    def __init__(self, stack, database=None):
        self.database = database
        self.box = stack.enter_context(peers.box(BUILD, database=database))
        self.pairs = people(self.box)
        self.urls = [self.box.url]
        self.pids = pids(self.box)
        sender, receiver = self.pairs[0]
        for number in range(HISTORY):
            sender.send(receiver, f"pesan ke-{number} dari bangku ini, apa kabar?")
        if database:
            self.second = self.box.second_core(Path(tempfile.mkdtemp()) / "second")
            stack.callback(self.second.end)
            self.urls.append(self.second.url)
            self.pids_of_both = [*self.pids, self.second.process.pid]

    def each(self, count, run):
        """Runs against the first `count` ChatCores at once, and adds their figures up."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            runs = list(pool.map(run, self.urls[:count]))
        return Run(sum(one.rate for one in runs), sum(one.count for one in runs),
                   max(one.p99_ms for one in runs))

    def polls(self, seconds, path, count=1, reader=None):
        fields, _ = poll(reader or self.pairs[0][1], path)
        return self.each(
            count, lambda url: wrk(url + path, seconds, 64 // count, headers=fields))

    def sends(self, seconds, clients, count=1):
        # A pair of senders and a receiver for each, as far as they go.
        return self.each(
            count, lambda url: wrk(url, seconds, clients // count, script=sending(self.pairs)))

    def histories(self, seconds):
        sender, receiver = self.pairs[0]
        return wrk(
            f"{self.box.url}/chat/history?myId={receiver.id}&friendId={sender.id}"
            f"&limit={HISTORY}", seconds, 16, {"Authorization": f"Bearer {receiver.token}"})


def of_list(contender):
    return f"/friends/{contender.pairs[0][1].id}"


def beside_each_other(figures, json, sql):
    """Rows at the beginning, with nothing stored."""
    def polls(contender, count=1):
        return lambda: contender.polls(figures.seconds, of_list(contender), count)
    figures.in_turns(POLLS, {
        JSON: (json.pids, polls(json)), ONE: (sql.pids, polls(sql)),
        TWO: (sql.pids_of_both, polls(sql, 2))}, of=[JSON])
    for clients in CLIENTS:
        sends_beside(figures, json, sql, clients)
    figures.note("resident memory, MB", ONE, [resident_mb([sql.box.core.process.pid])], unit="MB")
    figures.note("resident memory, MB", JSON,
                 [resident_mb([json.box.core.process.pid])], unit="MB")


def sends_beside(figures, json, sql, clients):
    def sends(contender, count=1):
        return lambda: contender.sends(figures.seconds, clients, count)

    def by_pgbench(shared):
        return lambda: Run(pgbench(sql.database, clients, figures.seconds, shared))
    contenders = {JSON: (json.pids, sends(json)), ONE: (sql.pids, sends(sql))}
    if clients > 1:
        contenders[TWO] = (sql.pids_of_both, sends(sql, 2))
    contenders |= {PGBENCH: ([], by_pgbench(True)), ALONE: ([], by_pgbench(False))}
    figures.in_turns(senders(clients, 0), contenders, of=[PGBENCH, ALONE, JSON])


def senders(clients, size):
    return f"{clients} sender{'s' * (clients > 1)}, {size:,} filled in"


def growth(figures, sql, size):
    """The same database again, with so many messages of other people."""
    rows = {f"{POLLS}, {size:,} filled in": lambda: sql.polls(figures.seconds, of_list(sql)),
            f"history of {HISTORY}, {size:,} filled in": lambda: sql.histories(figures.seconds)}
    rows |= {senders(clients, size): lambda clients=clients: sql.sends(figures.seconds, clients)
             for clients in CLIENTS}
    for row, run in rows.items():
        base = row.replace(f"{size:,}", "0")
        figures.in_turns(row, {ONE: (sql.pids, run)}, of=[(base, ONE)] if size else [])


def missed(figures, size):
    def ratio(row, name, of):
        figure = figures.figure(row, name)
        return figure["ratios"].get(of) if figure else None
    wanted = [(POLLS, ONE, JSON, 0.4)]
    wanted += [(senders(clients, 0), ONE, PGBENCH, 0.7) for clients in CLIENTS]
    if size:
        wanted += [(row, ONE, row.replace(f"{size:,}", "0"), 1 / SLOWER_MAX)
                   for row in figures.rows if f"{size:,} filled in" in row]
    for row, name, of, least in wanted:
        value = ratio(row, name, of)
        is_met = value is not None and value >= least
        print(f"target {'met' if is_met else 'MISSED':6} {row}, {name}: "
              f"{value or 0:.3g} of {of}; {least:.2g} at least")
        if not is_met:
            yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter and fewer runs")
    parser.add_argument("--messages", type=int, default=0, help="measures again with so many")
    parser.add_argument("--seconds", type=int, help="of each run")
    asked = parser.parse_args()
    # A signal also stops the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    raise_descriptor_limit()
    figures = Figures(asked.seconds or (1 if asked.quick else 5), 1 if asked.quick else 3)
    with ExitStack() as stack:
        json, sql = Contender(stack), Contender(stack, Database())
        beside_each_other(figures, json, sql)
        if asked.messages:
            growth(figures, sql, 0)
            fill(sql.database, asked.messages)
            growth(figures, sql, asked.messages)
    sys.exit(1 if list(missed(figures, asked.messages)) else 0)


if __name__ == "__main__":
    main()
