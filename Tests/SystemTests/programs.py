"""Starts and stops the real programs: each in a folder of its own, on a free port, by its pid."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests

import databases
from api import Client, Person
from certificates import AUTHORITY

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("PROGRAMS", CHECKOUT / ".build" / "release")).resolve()
START_SECONDS = 30
STOP_SECONDS = 10
# A test is one person who does what takes many a day. Options of a test's own win.
NO_QUOTAS = {
    "CHATCORE_SEND_RATE": "0", "CHATCORE_BYTES_PER_DAY": "0", "CHATCORE_FRIEND_RATE": "0",
    "CHATCORE_REGISTRATIONS_PER_DAY": "0", "CHATCORE_MESSAGES_MAX": "0",
}


def eventually(condition, within=START_SECONDS, what="the condition", pause=0.02):
    """Waits for `condition()` to be true and returns what it returned."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not come true within {within} s"
        time.sleep(pause)


def clean_environment(**more):
    """The environment without what would configure the programs behind a test's back."""
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("CHATCORE_", "CIPHER_")) and not name.lower().endswith("_proxy")
    }
    return kept | more


def run(
        program, *arguments, input=b"", environment=None, cwd=None, timeout=60, build=None):
    """Runs a program to its end; returns its CompletedProcess with text output."""
    done = subprocess.run(
        [(build or BUILD) / program, *map(str, arguments)], input=input, capture_output=True,
        env=clean_environment(**(environment or {})), cwd=cwd, timeout=timeout)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def can_mount():
    """Whether a process may have mounts of its own here."""
    return subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    ).returncode == 0


class Program:
    """One server process, and all it has written so far."""

    def __init__(self, name, folder, *arguments, environment=None, build=None):
        self.name = name
        self.build = build or BUILD
        self.arguments = [str(argument) for argument in arguments]
        self.environment = environment or {}
        self.prefix = []  # a command that ends by executing the rest of its line
        self.folder = folder
        self.log_file = folder / f"{name}.log"
        self.process = None
        self.url = None
        self.healthcheck = None  # options of the program's own check, where Python cannot ask

    @property
    def log(self):
        return self.log_file.read_text() if self.log_file.exists() else ""

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def launch(self):
        """Starts the process without waiting for its port."""
        start = len(self.log)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, self.build / self.name, *self.arguments], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=clean_environment(**self.environment))
        return start

    def start(self):
        start = self.launch()

        def address():
            found = re.search(r"listening on (https?://[^\s\"]+:\d+)", self.log[start:])
            assert found or self.process.poll() is None, \
                f"{self.name} ended with {self.process.returncode}:\n{self.log[start:]}"
            return found
        self.url = eventually(address, what=f"{self.name} listening").group(1)
        return self

    @property
    def process_folder(self):
        return Path("/proc") / str(self.process.pid)

    def outside(self, path):
        """Returns the path by which this process reaches a path of that process."""
        return self.process_folder / "root" / path.relative_to("/")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, with_signal=signal.SIGTERM, within=STOP_SECONDS + 5):
        """Ends it and returns its exit status."""
        if self.is_running:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.name} did not end within {within} s") from None

    def kill(self):
        return self.end(signal.SIGKILL)

    def is_ready(self):
        if self.healthcheck is not None:
            options = ("--port", self.port, *self.healthcheck)
            return run(self.name, "healthcheck", *options).returncode == 0
        try:
            return requests.get(
                f"{self.url}/readyz", timeout=5, verify=str(AUTHORITY)).status_code == 200
        except requests.ConnectionError:
            return False

    def wait_ready(self, within=START_SECONDS):
        eventually(self.is_ready, within, f"{self.name} ready")
        return self


class Box:
    """Both programs with data, keys and secrets in one temporary folder. `bridge` is how they
    speak with each other: Cipher's `--tls`. `database` holds the store, if there is one."""

    def __init__(
            self, folder, *options, environment=None, build=None, bridge="off", database=None):
        self.folder = folder
        self.build = build
        self.store_folder = folder / "data"
        self.key_file = folder / "vault" / "keys.json"
        self.secret_file = folder / "secret"
        self.secret_file.write_text("a-secret-that-both-programs-were-given\n")
        self.secret_file.chmod(0o600)
        self.key_file.parent.mkdir(mode=0o700)
        self.cipher = Program(
            "Cipher", folder, "--port", "0", "--key-file", self.key_file,
            "--secret-file", self.secret_file, *(() if bridge == "off" else ("--tls", bridge)),
            "--log-level", "debug", build=self.build)
        if bridge != "off":
            self.cipher.healthcheck = ("--secret-file", self.secret_file, "--tls", bridge)
        self.database = database or (databases.Database() if databases.IS_USED else None)
        if self.database:
            if self.store_folder.exists():
                self.looks_into_data()
            self.store_folder.mkdir(mode=0o700)
            done = run("ChatCore", "store", "migrate", "--postgres-url", self.database.url,
                       build=self.build)
            assert done.returncode == 0, done.stderr
        self.options = options
        self.environment = NO_QUOTAS | (environment or {})
        self.core = None

    @property
    def url(self):
        return self.core.url

    def looks_into_data(self):
        """Ends a test that a store in a database cannot pass."""
        if self.database:
            pytest.skip("it looks into the data folder")

    @property
    def data(self):
        """The folder of the store, which a store in a database does not have."""
        self.looks_into_data()
        return self.store_folder

    @data.setter
    def data(self, folder):
        self.looks_into_data()
        self.store_folder = folder

    @property
    def control(self):
        """The folder of the control socket, by which `users` reaches the server."""
        return self.store_folder

    @property
    def db_file(self):
        return self.data / "db.json"

    def core_program(self, *options):
        arguments = {
            "--port": "0", "--data": self.store_folder, "--cipher-url": self.cipher.url,
            "--cipher-secret-file": self.secret_file, "--auth-attempts": "0",
            "--session-key-file": self.folder / "session.key", "--log-level": "debug",
            "--public": CHECKOUT / "Sources" / "Frontend",
        }
        if self.database:
            arguments |= {
                "--store": "postgres", "--postgres-url": self.database.url,
                "--control-socket": self.store_folder / "control.sock",
            }
        for option in self.options + options:
            name, _, value = option.partition("=")
            arguments[name] = value
        flat = [part for pair in arguments.items() for part in pair]
        return Program(
            "ChatCore", self.folder, *flat, environment=self.environment, build=self.build)

    def start_cipher(self):
        """The first time on a free port, then on the same one again."""
        self.cipher.start()
        self.cipher.arguments[1] = str(self.cipher.port)
        return self.cipher.wait_ready()

    def start_core(self, ready=True):
        self.core = self.core_program()
        self.core.start()
        return self.core.wait_ready() if ready else self.core

    def start(self):
        self.start_cipher()
        self.start_core()
        return self

    def second_core(self, folder, *options):
        """Another ChatCore over the same database. `folder` is made for its control socket."""
        folder.mkdir(mode=0o700)
        core = self.core_program(f"--control-socket={folder / 'control.sock'}", *options)
        core.log_file = folder / "ChatCore.log"
        return core.start().wait_ready()

    def keep_port(self):
        """Makes ChatCore return on the same port."""
        self.options += (f"--port={self.core.port}",)

    def restart_core(self, with_signal=signal.SIGTERM, ready=True):
        self.core.end(with_signal)
        return self.start_core(ready)

    def stop(self):
        with contextlib.suppress(AssertionError):
            for program in (self.core, self.cipher):
                if program and program.is_running:
                    program.end()

    def client(self, token=None):
        return Client(self.url, token)

    def person(self, username):
        """Registers somebody and logs in."""
        return Person.register(self.client(), username)

    def friends(self, *usernames):
        """Registers people of whom the first is everybody's friend."""
        people = [self.person(name) for name in usernames]
        for other in people[1:]:
            people[0].befriend(other)
        return people

    def stored_bytes(self):
        """All that stands in the store, whatever the files are called."""
        return b"".join(
            file.read_bytes() for file in sorted(self.data.iterdir())
            if file.is_file() and not file.is_socket())

    def folded(self):
        """The bytes of db.json once nothing waits in the journal: what `jq` would read."""
        self.looks_into_data()
        self.core.end()
        return self.db_file.read_bytes()

    def replace_keys(self):
        """Another key ring, as if somebody had brought the wrong volume."""
        shutil.move(self.key_file, self.key_file.with_suffix(".away"))

    def restore_keys(self):
        self.key_file.with_suffix(".away").replace(self.key_file)
