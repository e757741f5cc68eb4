"""script/server, as somebody at a terminal would use it."""

import os
import re
import signal
import stat
import subprocess
from pathlib import Path

import pytest
import requests

from api import Client, ok, refusal
from programs import BUILD, CHECKOUT, clean_environment, eventually

pytestmark = pytest.mark.skipif(
    (CHECKOUT / ".build" / "release").resolve() != BUILD, reason="script/server builds release")


def listen_to_ctrl_c():
    """As a terminal's shell does; where the tests run in the background it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    def __init__(self, folder, **environment):
        self.output_file = folder / "output.txt"
        own = {
            "CHATCORE_PORT": "0", "CIPHER_PORT": "0", "CHATCORE_DATA": str(folder / "data"),
            "CHATCORE_SESSION_KEY_FILE": str(folder / "session.key"),
            "CIPHER_KEY_FILE": str(folder / "keys.json"),
        }
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [CHECKOUT / "script" / "server"], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, cwd="/", env=clean_environment(**own | environment),
                preexec_fn=listen_to_ctrl_c)

    @property
    def output(self):
        return self.output_file.read_text()

    def url(self):
        def found():
            assert self.process.poll() is None, self.output
            return re.search(r"ready: (http://\S+)", self.output)
        return eventually(found, within=300, what="script/server ready").group(1)

    def programs(self):
        """{name: pid} of the two programs it started."""
        listed = {}
        for entry in Path("/proc").iterdir():
            try:
                status = (entry / "status").read_text()
                program = Path(os.readlink(entry / "exe")).name
            except (OSError, UnicodeDecodeError):
                continue
            if f"\nPPid:\t{self.process.pid}\n" in status and program in ("ChatCore", "Cipher"):
                listed[program] = int(entry.name)
        return listed

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def start(tmp_path):
    servers = []

    def start(**environment):
        servers.append(Server(tmp_path, **environment))
        return servers[-1]
    yield start
    for server in servers:
        if server.process.poll() is None:
            server.end(signal.SIGTERM)


def is_gone(pid):
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_both_until_it_is_told_to_stop(start, number):
    server = start()
    url = server.url()
    ok(Client(url).register("anna"))
    programs = server.programs()
    assert set(programs) == {"ChatCore", "Cipher"}
    assert server.end(number) == 0, server.output
    assert all(is_gone(pid) for pid in programs.values())
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/healthz", timeout=5)


def test_both_share_a_secret_so_that_nobody_else_of_the_machine_asks_cipher(start):
    server = start()
    server.url()
    secret = CHECKOUT / ".state" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text().strip()) >= 32
    log = (CHECKOUT / ".state" / "log" / "Cipher.log").read_text()
    cipher = re.search(r"listening on (http://\S+)", log)[1]
    headers = {"Authorization": f"Bearer {secret.read_text().strip()}"}
    body = {"text": "halo"}
    stranger = requests.post(f"{cipher}/encrypt", json=body, timeout=10)
    assert refusal(stranger)[:2] == (401, "unauthorized")
    ok(requests.post(f"{cipher}/encrypt", json=body, headers=headers, timeout=10))

    # The secret stays, and one that is named is meant for both.
    kept = secret.read_bytes()
    assert server.end() == 0
    other = server.output_file.parent / "other-secret"
    other.write_text("sebuah-rahasia-lain-yang-cukup-panjang\n")
    again = start(CHATCORE_CIPHER_SECRET_FILE=str(other))
    again.url()
    assert secret.read_bytes() == kept


@pytest.mark.parametrize("name, other", [("Cipher", "ChatCore"), ("ChatCore", "Cipher")])
def test_it_says_so_when_one_of_them_dies_and_stops_the_other(start, name, other):
    server = start()
    server.url()
    programs = server.programs()
    os.kill(programs[name], signal.SIGKILL)
    assert server.process.wait(60) == 1
    assert f"{name} ended by itself" in server.output
    assert is_gone(programs[other])


def test_a_taken_port_is_said_and_nothing_stays_behind(start):
    first = start()
    port = first.url().rsplit(":", 1)[1]
    first_programs = first.programs()
    second = Server(first.output_file.parent, CHATCORE_PORT=port)
    try:
        assert second.process.wait(120) == 1
        assert port in second.output and "ChatCore ended by itself" in second.output
    finally:
        if second.process.poll() is None:
            second.end(signal.SIGTERM)
    assert not any(is_gone(pid) for pid in first_programs.values())
