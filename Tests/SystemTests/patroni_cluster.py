"""Three PostgreSQL servers under Patroni, with etcd, each in a network of its own.

The whole must run in a network namespace and a mount namespace that are nobody else's:
`script/crash-cluster` makes them. So no port is taken, and every mount ends with the last process.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
from pathlib import Path

import requests

from namespaces import NETWORK, Namespace, Switch, command
from programs import eventually

START_SECONDS = 180
DATA_BYTES = 400 << 20
# A lost primary is missed after `ttl`. These times are a third of Patroni's own.
TIMES = {"ttl": 10, "loop_wait": 1, "retry_timeout": 4}
SERVER = {
    "max_connections": 100, "wal_log_hints": "on", "fsync": "on", "max_wal_size": "64MB",
    "min_wal_size": "32MB", "wal_keep_size": "64MB", "shared_buffers": "32MB",
    "wal_sender_timeout": "5s", "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "1s", "hot_standby": "on",
    "tcp_keepalives_idle": 2, "tcp_keepalives_interval": 1, "tcp_keepalives_count": 3,
}


def await_true(condition, within, what):
    """Asks four times a second, since each question costs the nodes time."""
    return eventually(condition, within, what, pause=0.25)


def bin_folder():
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


def end(process, with_signal=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


class Node:
    """One server with its Patroni, in a small file system of its own."""

    def __init__(self, number, folder, switch):
        self.number = number
        self.name = f"node{number}"
        self.switch = switch
        self.namespace = Namespace(number, switch)
        self.address = self.namespace.address
        self.folder = folder / self.name
        self.folder.mkdir()
        command(
            "mount", "-t", "tmpfs", "-o", f"size={DATA_BYTES},mode=755", "none", self.folder)
        shutil.chown(self.folder, "postgres", "postgres")
        self.log_file = folder / f"{self.name}.log"
        self.file = folder / f"{self.name}.yaml"
        self.file.write_text(json.dumps(self.settings(), indent=1))
        self.patroni = None

    def settings(self):
        everyone = ["local all all trust", f"host all all {NETWORK}.0/24 trust",
                    f"host replication all {NETWORK}.0/24 trust"]
        return {
            "scope": "chat", "name": self.name,
            "etcd3": {"host": f"{NETWORK}.1:2379"},
            "restapi": {"listen": f"{self.address}:8008",
                        "connect_address": f"{self.address}:8008"},
            "bootstrap": {
                "dcs": TIMES | {
                    "synchronous_mode": True, "primary_start_timeout": 5,
                    "master_start_timeout": 5, "maximum_lag_on_failover": 0,
                    "postgresql": {
                        "use_pg_rewind": True, "use_slots": True, "parameters": SERVER}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, {"auth": "trust"}],
            },
            "postgresql": {
                "listen": f"{self.address}:5432", "connect_address": f"{self.address}:5432",
                "data_dir": str(self.folder / "data"), "bin_dir": str(bin_folder()),
                "pgpass": str(self.folder / "pgpass"), "pg_hba": everyone,
                "authentication": {
                    "superuser": {"username": "postgres", "password": "postgres"},
                    "replication": {"username": "copier", "password": "copier"},
                    "rewind": {"username": "rewinder", "password": "rewinder"}},
                "parameters": {"unix_socket_directories": str(self.folder)},
                "basebackup": [{"checkpoint": "fast"}],
            },
        }

    def start(self):
        with self.log_file.open("ab") as log:
            self.patroni = subprocess.Popen(
                [*self.namespace.prefix, *AS_POSTGRES, "patroni", self.file], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def asks(self, path):
        """Whether Patroni answers yes: /primary, /replica, /sync."""
        try:
            return requests.get(
                f"http://{self.address}:8008{path}", timeout=0.5).status_code == 200
        except requests.RequestException:
            return False

    def server_pid(self):
        """The process that Patroni has started, or None."""
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def stop_programs(self):
        """Ends Patroni first, or it would start its server again."""
        if self.patroni:
            end(self.patroni, signal.SIGKILL)
        pid = self.server_pid()
        process = Path(f"/proc/{pid}")
        if pid and process.exists():
            os.kill(pid, signal.SIGQUIT)
            await_true(lambda: not process.exists(), START_SECONDS, f"the end of {self.name}")

    def stop(self):
        self.stop_programs()
        self.namespace.stop()
        command("umount", "--lazy", self.folder)

    # The faults of one node.

    def cut_off(self):
        self.switch.unplug(self.namespace.link)

    def join_again(self):
        self.switch.plug(self.namespace.link)

    @property
    def ballast(self):
        return self.folder / "ballast"

    def fill_disk(self):
        with self.ballast.open("wb") as file:
            block = bytes(1 << 16)
            try:
                while file.write(block):
                    file.flush()
            except OSError:
                pass

    def free_disk(self):
        self.ballast.unlink(missing_ok=True)

    def promote_by_hand(self):
        """Promotes it past Patroni, which nobody should do."""
        command(*AS_POSTGRES, bin_folder() / "pg_ctl", "promote", "-s", "-W",
                "-D", self.folder / "data")

    def copy_again(self):
        """Has it copied from the primary, as an operator does with one that has diverged."""
        self.stop_programs()
        shutil.rmtree(self.folder / "data")
        self.start()

    def connect(self, user, database):
        """Returns a socket on which the server has taken a client, or None if it refuses one."""
        words = f"user\0{user}\0database\0{database}\0\0".encode()
        with contextlib.suppress(OSError):
            opened = socket.create_connection((self.address, 5432), timeout=2)
            opened.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
            # "Authenticated" has nine bytes. An error follows where no place is left for it.
            answer = opened.recv(10, socket.MSG_WAITALL)
            if answer[:1] == b"R" and answer[9:] not in (b"", b"E"):
                return opened
            opened.close()
        return None


class Patroni:
    def __init__(self, folder):
        self.folder = folder
        folder.chmod(0o755)
        self.switch = Switch()
        etcd = folder / "etcd"
        etcd.mkdir()
        command("mount", "-t", "tmpfs", "-o", "size=64m", "none", etcd)
        url = f"http://{NETWORK}.1:2379"
        with (folder / "etcd.log").open("wb") as log:
            self.etcd = subprocess.Popen(
                ["etcd", "--data-dir", etcd / "data", "--listen-client-urls", url,
                 "--advertise-client-urls", url, "--listen-peer-urls", "http://127.0.0.1:2380"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.nodes = []
        self.is_hurt = False  # while a fault lasts that leaves the primary its lock

    def start(self):
        for number in range(1, 4):
            node = Node(number, self.folder, self.switch)
            self.nodes.append(node)
            node.start()
            if number == 1:
                await_true(lambda: self.primary, START_SECONDS, "a primary")
        self.await_whole()
        self.sql("CREATE ROLE chat LOGIN")
        self.sql("CREATE DATABASE chat OWNER chat")
        return self

    @property
    def primary(self):
        """The node that holds Patroni's lock and takes writes, or None."""
        return next((node for node in self.nodes if node.asks("/primary")), None)

    def working_primary(self):
        """The primary if it takes clients. Patroni needs a moment to miss one that was killed."""
        primary = self.primary
        connection = primary and primary.connect("postgres", "postgres")
        if not connection:
            return None
        connection.close()
        return primary

    @property
    def replicas(self):
        return [node for node in self.nodes if node.asks("/replica")]

    def is_whole(self):
        """Whether both replicas receive what the primary writes, and it waits for one."""
        if self.primary is None or len(self.replicas) < 2 \
                or not any(node.asks("/sync") for node in self.nodes):
            return False
        try:
            return self.sql(
                "SELECT count(*), count(*) FILTER (WHERE sync_state = 'sync') "
                "FROM pg_stat_replication WHERE state = 'streaming'").strip() == "2|1"
        except (subprocess.SubprocessError, AssertionError):
            return False

    def await_whole(self):
        await_true(self.is_whole, START_SECONDS, "three nodes of which one is synchronous")

    def sql(self, statement, database="postgres"):
        """Runs SQL on the primary as its superuser."""
        node = await_true(lambda: self.primary, START_SECONDS, "a primary")
        return subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", node.address, "-U", "postgres",
             "-c", statement, database],
            capture_output=True, check=True, text=True, timeout=30).stdout

    @property
    def url(self):
        """libpq's connection string, which names all."""
        hosts = ",".join(node.address for node in self.nodes)
        ports = ",".join("5432" for _ in self.nodes)
        return f"host={hosts} port={ports} user=chat dbname=chat"

    def ask_patroni(self, path, body):
        """POSTs to any Patroni: /switchover or /failover."""
        node = next(node for node in self.nodes if node.asks("/health"))
        return requests.post(
            f"http://{node.address}:8008{path}", json=body, timeout=60)

    def stop(self):
        for node in self.nodes:
            node.stop()
        end(self.etcd)
        command("umount", "--lazy", self.folder / "etcd")
