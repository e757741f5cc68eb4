"""The servers that are compared: each on a free port of the loopback, stopped by its pid."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "Tests" / "SystemTests"))

from programs import House  # noqa: E402  # the same programs that the tests start

PEERS = CHECKOUT / "Benchmarks" / "Peers"
BUILT = CHECKOUT / ".build-peers" / "release"
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
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


def nginx(body, fields):
    """Answers what ChatCore does, field by field, from memory."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    quote = '\\"'
    lines = " ".join(
        f'add_header {name} "{value.replace(chr(34), quote)}";' for name, value in fields.items())
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, port=port, body=body, fields=lines))
    return Peer(["nginx", "-p", folder, "-c", folder / "nginx.conf"], port)


def hummingbird():
    port = free_port()
    return Peer([BUILT / "HummingbirdPeer", str(port)], port)


def flying_fox():
    port = free_port()
    return Peer([BUILT / "FlyingFoxPeer", str(port)], port)


def node():
    port = free_port()
    return Peer(["node", PEERS / "hello.mjs", str(port)], port)


def rewriting(cipher):
    port, folder = free_port(), tempfile.mkdtemp()
    return Peer(["node", PEERS / "rewriting.mjs", str(port), cipher, f"{folder}/db.json"], port)


def house(*options):
    """ChatCore and Cipher, quiet, on a store of their own."""
    made = House(Path(tempfile.mkdtemp()), "--log-level=warning", *options)
    made.cipher.arguments[-1] = "warning"
    return made.start()


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
