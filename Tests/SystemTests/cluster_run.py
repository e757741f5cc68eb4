"""A cluster, two replicas of ChatCore, 16 writers, some with photos, and one fault after another:
see script/crash-cluster, which makes the namespaces in which this must run."""

import argparse
import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import cluster_faults
from api import Client, Person
from cluster_writers import Photographer, Reader, Record, Writer
from histories import Timeline, back_after, interruptions, problems
from patroni_cluster import Patroni, end
from programs import Box, eventually

CONVERSATIONS = 8
PHOTO_CONVERSATIONS = 2
BACK_SECONDS = 10
WATCH_SECONDS = 0.25


def patiently(ask):
    """Asks again while the answer is 503. What was done already is 400 the second time."""
    def answer():
        found = ask()
        return None if found.status_code == 503 else found
    return eventually(answer, what="an answer")


class DatabaseBalancer:
    """HAProxy before the servers, which asks Patroni for the primary."""

    def __init__(self, folder, nodes):
        self.file = folder / "database.cfg"
        servers = "".join(
            f"  server {node.name} {node.address}:5432 check port 8008\n" for node in nodes)
        self.file.write_text(
            "defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1h\n"
            "  timeout server 1h\n"
            "listen database\n  bind 127.0.0.1:5000\n  option httpchk GET /primary\n"
            "  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions\n"
            f"{servers}")
        self.process = subprocess.Popen(
            ["haproxy", "-db", "-f", self.file], stdout=subprocess.DEVNULL,
            stderr=(folder / "haproxy.log").open("wb"))

    url = "host=127.0.0.1 port=5000 user=chat dbname=chat"

    def stop(self):
        end(self.process)


class Chat:
    """Two ChatCores and a Cipher. One knows all servers, and the other asks HAProxy."""

    def __init__(self, folder, cluster):
        self.balancer = DatabaseBalancer(folder, cluster.nodes)
        self.box = Box(folder, "--log-level=info", database=cluster).start()
        self.other = self.box.second_core(
            folder / "other", f"--postgres-url={self.balancer.url}")
        self.urls = [self.box.url, self.other.url]

    def people(self):
        """Pairs of friends."""
        client = Client(self.urls[0])
        for number in range(CONVERSATIONS):
            pair = [patiently(lambda name=f"{name}{number}": client.register(name))
                    and Person.login(client, f"{name}{number}") for name in ("ana", "budi")]
            patiently(lambda pair=pair: pair[0].try_befriend(pair[1].username))
            yield pair

    def stop(self):
        with contextlib.suppress(AssertionError):
            self.other.end()
        self.box.stop()
        self.balancer.stop()


class Watch(threading.Thread):
    """Notes when the cluster has a primary, and is not hurt."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.timeline = Timeline()
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(WATCH_SECONDS):
            primary = None if self.cluster.is_hurt else self.cluster.working_primary()
            self.timeline.note(time.monotonic(), primary and primary.name)


class Run:
    def __init__(self, folder, cluster, seed, faults):
        self.chance = random.Random(seed)
        self.faults = faults
        self.cluster = cluster
        self.chat = Chat(folder, self.cluster)
        self.record = Record()
        self.watch = Watch(self.cluster)
        self.readers, self.callers = {}, []

    def invite(self):
        for number, pair in enumerate(self.chat.people()):
            common = (number, self.chat.urls)
            kind = Photographer if number < PHOTO_CONVERSATIONS else Writer
            for me, friend in (pair, pair[::-1]):
                self.callers.append(
                    kind(self.record, me, friend, *common, self.chance.random()))
            self.readers[number] = Reader(self.record, *pair, *common, self.chance.random())
        self.callers += self.readers.values()

    def hurt(self, until):
        """One fault after another, in a random order in which each comes as often."""
        waiting = []
        while time.monotonic() < until:
            waiting = waiting or self.chance.sample(self.faults, len(self.faults))
            fault = waiting.pop()
            began = time.monotonic()
            try:
                fault(self.cluster, self.chance)
            finally:
                self.cluster.is_hurt = False
            self.cluster.await_whole()
            time.sleep(self.chance.uniform(1, 3))
            self.tell(fault, began)

    def tell(self, fault, began):
        changes = [change for change in self.watch.timeline.changes if change[0] >= began]
        names = " ".join(f"{time - began:.1f}s:{name or '-'}" for time, name in changes)
        came = max((time for time, name in changes if name), default=began)
        back = [back_after(list(self.record.attempts), replica, came) for replica in range(2)]
        refused = sum(not attempt.succeeded for attempt in self.record.attempts
                      if attempt.began >= began)
        print(f"  {fault.__name__:20} {time.monotonic() - began:5.1f} s, {refused:4} refused, back "
              f"{' and '.join('-' if s is None else f'{s:.1f}' for s in back)} s after the "
              f"primary {names}", flush=True)

    def go(self, seconds):
        began = time.monotonic()
        self.watch.start()
        for caller in self.callers:
            caller.start()
        time.sleep(2)
        self.hurt(began + seconds)
        self.record.is_over.set()
        for caller in self.callers:
            caller.join(60)
        self.watch.is_over.set()
        self.watch.join()
        return list(self.found(time.monotonic()))

    def found(self, end):
        record = self.record
        stored, photos = {}, {number: {} for number in self.readers}
        for number, reader in self.readers.items():
            stored[number] = reader.everything(photos[number])
            yield from reader.lost_photos(photos[number])
        yield from record.problems
        yield from problems(record.sends, record.reads, stored)
        yield from self.found_in_tables()
        # A busy machine makes many of these, and only the first problems are printed.
        yield from interruptions(
            [attempt for attempt in record.attempts if attempt.ended < end],
            self.watch.timeline, end, BACK_SECONDS)
        acknowledged = sum(send.acknowledged is not None for send in record.sends)
        print(f"  {len(record.sends)} sends, {acknowledged} acknowledged, "
              f"{sum(map(len, stored.values()))} stored, {sum(map(len, photos.values()))} photos, "
              f"{len(record.reads)} reads")

    def found_in_tables(self):
        """The counts of the tables agree with each other."""
        for problem, statement in {
            "messages without an id, or ids without a message":
                "SELECT count(*) FROM messages m FULL JOIN message_ids i USING (talk, sent_at) "
                "WHERE m.id IS DISTINCT FROM i.id",
            "the head counts other messages":
                "SELECT s.messages - (SELECT count(*) FROM messages) FROM store s",
            "rows that count other messages":
                "SELECT count(*) FROM friends f WHERE sent + received <> "
                "(SELECT count(*) FROM messages m WHERE m.talk = f.talk)",
            "photos of messages that no message names, or the other way round":
                "SELECT count(*) FROM (SELECT * FROM photos WHERE state = 1) p "
                "FULL JOIN (SELECT photo FROM messages WHERE photo IS NOT NULL) m "
                "ON m.photo = p.id WHERE m.photo IS DISTINCT FROM p.id",
            "photos without all of their chunks":
                "SELECT count(*) FROM photos p WHERE (bytes + 65535) / 65536 <> "
                "(SELECT count(*) FROM photo_chunks c WHERE c.upload = p.upload)",
            "chunks of no photo and no upload":
                "SELECT count(*) FROM photo_chunks c WHERE "
                "NOT EXISTS (SELECT 1 FROM photos p WHERE p.upload = c.upload) AND "
                "NOT EXISTS (SELECT 1 FROM photo_uploads u WHERE u.upload = c.upload)",
            "bytes of photos that the whole counts otherwise":
                "SELECT (SELECT bytes FROM photo_space WHERE owner = '') - "
                "(SELECT coalesce(sum(charge), 0) FROM photos) - "
                "(SELECT coalesce(sum(charge), 0) FROM photo_uploads)",
        }.items():
            count = self.cluster.sql(statement, "chat").strip()
            if count != "0":
                yield f"{problem}: {count}"

    def stop(self):
        self.chat.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--faults", choices=("all", "short"), default="all")
    parser.add_argument("--only", help="the name of one fault")
    options = parser.parse_args()
    # A signal also stops all that was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    faults = cluster_faults.ALL if options.faults == "all" else cluster_faults.SHORT
    if options.only:
        faults = [getattr(cluster_faults, options.only)]
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    print(f"crash-cluster: seed {options.seed}, logs in {folder}", flush=True)
    began = time.monotonic()
    cluster = Patroni(folder)
    found = ["the run was not finished"]
    try:
        cluster.start()
        run = Run(folder, cluster, options.seed, faults)
        try:
            run.invite()
            print(f"  ready after {time.monotonic() - began:.0f} s", flush=True)
            found = run.go(options.seconds)
        finally:
            run.stop()
    finally:
        cluster.stop()
        for problem in found[:20]:
            print(f"crash-cluster: {problem}", flush=True)
        if not found:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"crash-cluster: {len(found)} problems, seed {options.seed}")
    sys.exit(1 if found else 0)


main()
