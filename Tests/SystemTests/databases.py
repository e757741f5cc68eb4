"""A PostgreSQL for the programs that keep their store in one: `STORE=postgres`."""

import itertools
import os
import subprocess
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
IS_USED = os.environ.get("STORE") == "postgres"
START_SECONDS = 120
numbers = itertools.count(1)


class Server:
    """One server for all tests of this run. It ends with the run."""

    running = None

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-")) / "server"
        self.folder.parent.chmod(0o755)
        self.holder = subprocess.Popen(
            [CHECKOUT / "script" / "postgres", self.folder], stdin=subprocess.PIPE)
        end = time.monotonic() + START_SECONDS
        while not (self.folder / "ready").exists():
            assert self.holder.poll() is None and time.monotonic() < end, "no PostgreSQL"
            time.sleep(0.05)

    @classmethod
    def shared(cls):
        cls.running = cls.running or cls()
        return cls.running

    def url(self, name):
        return f"postgresql:///{name}?host={self.folder}&user=postgres"

    def run(self, statement, database="postgres"):
        """Runs SQL, and returns what psql prints."""
        return subprocess.run(
            ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement,
             self.url(database)], capture_output=True, check=True, text=True).stdout


class Database:
    """A database of its own in the shared server."""

    def __init__(self):
        self.server = Server.shared()
        self.name = f"test{next(numbers)}"
        self.url = self.server.url(self.name)
        self.server.run(f"CREATE DATABASE {self.name}")

    def run(self, statement):
        return self.server.run(statement, self.name)
