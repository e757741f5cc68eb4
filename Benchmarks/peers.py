"""The servers that are compared: each on a free port of the loopback, stopped by its pid."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "Tests" / "SystemTests"))

from certificates import OPTIONS as HTTPS  # noqa: E402, F401
from programs import Box  # noqa: E402  # the same programs that the tests start
from vault import CipherServer  # noqa: E402

PEERS = CHECKOUT / "Benchmarks" / "Peers"
BUILT = CHECKOUT / ".build-peers" / "release"
GO_BUILT = CHECKOUT / ".build-peers" / "go" / "hello"
# nginx writes its own.
FIELDS_OF_THE_BODY = {
    "Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding"}
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
    access_log off; keepalive_requests 100000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location / {{ {fields} default_type application/json; return 200 '{body}'; }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


class Peer:
    """A server of one process, or of a master and one worker."""

    def __init__(self, command, port):
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        try:
            wait_for(port)
        except SystemExit:
            self.stop()
            raise

    @property
    def pids(self):
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Rewriting(Peer):
    """A store that rewrites its file for each message, with a Cipher of its own."""

    def __init__(self):
        folder, port = Path(tempfile.mkdtemp()), free_port()
        self.store = folder / "db.json"
        self.cipher = CipherServer(folder, "--log-level", "warning").start().program
        super().__init__(
            ["node", PEERS / "rewriting.mjs", str(port), self.cipher.url, self.store], port)

    @property
    def pids(self):
        return [*super().pids, self.cipher.process.pid]

    def stop(self):
        super().stop()
        self.cipher.end()


def nginx(answer):
    """Answers from memory what ChatCore did, field by field."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    fields = {name: value for name, value in answer.headers.items()
              if name not in FIELDS_OF_THE_BODY}
    quote = '\\"'
    lines = " ".join(
        f'add_header {name} "{value.replace(chr(34), quote)}";' for name, value in fields.items())
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, port=port, body=answer.text, fields=lines))
    return Peer(["nginx", "-p", folder, "-c", folder / "nginx.conf"], port)


def hellos():
    """Name to what starts it: servers that answer `/` with the same short text."""
    programs = {
        "Go": [GO_BUILT], "Node": ["node", PEERS / "hello.mjs"],
        "Hummingbird": [BUILT / "HummingbirdPeer"], "FlyingFox": [BUILT / "FlyingFoxPeer"]}
    if not GO_BUILT.exists():
        del programs["Go"]
    return {name: lambda command=command: hello(command) for name, command in programs.items()}


def hello(command):
    port = free_port()
    return Peer([*command, str(port)], port)


@contextlib.contextmanager
def box(build=None, *options, bridge="off", database=None):
    """ChatCore and Cipher, quiet, on a store of their own; ready."""
    made = Box(
        Path(tempfile.mkdtemp()), "--log-level=warning", *options, build=build, bridge=bridge,
        database=database)
    made.cipher.arguments[-1] = "warning"
    try:
        yield made.start()
    finally:
        made.stop()
