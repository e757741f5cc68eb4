"""compose.cluster.yaml and the files of docker/cluster. HAProxy runs by them, with no engine."""

import re
import signal
import socket
import subprocess

import pytest
import requests
import yaml
from test_replicas import free_port

import databases
from api import PASSWORD, new_id, ok, refusal
from programs import CHECKOUT, Program, eventually, run
from rings import PASSPHRASE, cipher, done, seal_file

FOLDER = CHECKOUT / "docker" / "cluster"
TUNNEL = "127.0.0.2"


def services():
    return yaml.safe_load((CHECKOUT / "compose.cluster.yaml").read_text())["services"]


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0


class Balancer:
    """HAProxy by a file of the image, with places on this machine for those of the containers."""

    def __init__(self, folder, file, places):
        text = (FOLDER / file).read_text()
        text = re.sub(r"^resolvers names\n(  .*\n)+", "", text, flags=re.MULTILINE)
        text = text.replace(" resolvers names init-addr libc,none", "")
        for place, here in places.items():
            assert place in text, place
            text = text.replace(place, here)
        (folder / file).write_text(text)
        self.process = subprocess.Popen(["haproxy", "-db", "-f", folder / file])
        eventually(lambda: all(map(listens, re.findall(r"bind 127.0.0.1:(\d+)", text))), pause=.1)

    def stop(self):
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def balanced(tmp_path):
    started = []

    def start(file, places):
        started.append(Balancer(tmp_path, file, places))
        return started[-1]
    yield start
    for balancer in started:
        balancer.stop()


def test_there_are_two_of_each_behind_a_balancer_and_none_is_reached_past_it():
    of = services()
    assert {"chatcore1", "chatcore2", "cipher1", "cipher2", "balancer", "vault"} <= set(of)
    for name in ("cipher1", "cipher2", "vault"):
        assert list(of[name]["networks"]) == ["vault"] and "ports" not in of[name]
        assert f"server {name} " in (FOLDER / "vault.cfg").read_text() or name == "vault"
    assert of["cipher1"]["environment"] == of["cipher2"]["environment"]
    for name in ("chatcore1", "chatcore2"):
        assert of[name]["environment"]["CHATCORE_CIPHER_URL"] == "https://vault:8082"
        assert "ports" not in of[name] and "tunnel" not in of[name]["networks"]


def test_the_shared_secret_can_be_rotated():
    for name in ("chatcore1", "chatcore2"):
        assert "secret:/secret" in services()[name]["volumes"]


def test_the_image_holds_the_client_with_swagger_ui_in_gzip(tmp_path):
    said = (FOLDER / "Dockerfile").read_text()
    assert "script/swagger-ui && script/client /out/public" in said
    subprocess.run([CHECKOUT / "script" / "client", tmp_path / "public"], check=True)
    for name in ("index.html.gz", "api-docs/swagger-ui/swagger-ui-bundle.js.gz"):
        assert (tmp_path / "public" / name).stat().st_size > 0


@pytest.mark.skipif(databases.IS_USED, reason="it is about addresses alone")
def test_the_tunnel_alone_tells_a_clients_address(new_box, balanced):
    box = new_box("--auth-attempts=5", "--trusted-proxies=127.0.0.1").start()
    box.person("anna")
    port, unused = free_port(), free_port()
    # One ChatCore stands for both, since attempts count by process.
    balanced("haproxy.cfg", {
        "bind :8080": f"bind 127.0.0.1:{port}", "bind :5432": f"bind 127.0.0.1:{unused}",
        "172.31.82.10": TUNNEL, "chatcore1:8080": f"127.0.0.1:{box.core.port}",
        "chatcore2:8080": f"127.0.0.1:{box.core.port}",
        **{f"node{number}:5432": f"127.0.0.1:{unused}" for number in (1, 2, 3)}})

    def attempt(told, source="127.0.0.1", password="bukan ini sandi"):
        with requests.Session() as session:
            session.get_adapter("http://").init_poolmanager(1, 1, source_address=(source, 0))
            return session.post(
                f"http://127.0.0.1:{port}/auth/login",
                json={"username": "anna", "password": password},
                headers={"CF-Connecting-IP": told, "X-Forwarded-Proto": "https"}, timeout=30)

    eventually(lambda: attempt("203.0.113.1", TUNNEL).status_code == 401, what="HAProxy")
    for number in range(8):
        answer = attempt(f"203.0.113.{number}")
    assert refusal(answer)[:2] == (429, "too_many_attempts"), "a client chose its own address"
    # Each person behind the tunnel counts alone.
    for number in range(100, 108):
        assert refusal(attempt(f"203.0.113.{number}", TUNNEL))[0] == 401
    there = attempt("198.51.100.7", TUNNEL, PASSWORD)
    assert ok(there) and "__Host-" in there.headers["Set-Cookie"]


@pytest.fixture
def two_ciphers(new_box, balanced):
    """A box whose ChatCore reaches two Ciphers of one ring through HAProxy, by TLS."""
    box = new_box(bridge="psk")
    box.other_cipher = Program("Cipher", box.folder, *box.cipher.arguments)
    box.other_cipher.log_file = box.folder / "other-cipher.log"
    box.other_cipher.healthcheck = box.cipher.healthcheck
    port = free_port()
    places = {"bind :8082": f"bind 127.0.0.1:{port}"}
    for number, program in enumerate((box.cipher, box.other_cipher), 1):
        checked = free_port()
        program.arguments += ["--metrics-port", str(checked)]
        program.start().wait_ready()
        program.arguments[1] = str(program.port)
        places[f"cipher{number}:8082"] = f"127.0.0.1:{program.port} port {checked}"
    balanced("vault.cfg", places | {"check port 9102": "check"})
    box.options += (f"--cipher-url=https://127.0.0.1:{port}",)
    box.start_core()
    yield box
    box.other_cipher.end()


def test_a_cipher_that_is_sealed_or_dead_gets_no_request(two_ciphers):
    box = two_ciphers
    anna, budi = box.friends("anna", "budi")
    count = 0

    def sends():
        nonlocal count
        count += 1
        id = new_id()
        eventually(lambda: anna.try_send(budi, "pesan", id).status_code == 200)

    for _ in range(5):
        sends()
    done(cipher(box.key_file, "keys", "rotate"))
    for _ in range(20):
        sends()
    box.other_cipher.kill()
    sends()
    box.other_cipher.start().wait_ready()
    # The ring is sealed now, so the one that starts anew waits for its passphrase.
    seal_file(box.key_file)
    box.cipher.end()
    box.cipher.start()
    sends()
    for _ in range(20):
        assert ok(anna.try_send(budi, "pesan", new_id()))
        count += 1
    assert "Cipher 1: " in done(cipher(box.key_file, "unseal", input=PASSPHRASE))
    eventually(lambda: box.cipher.is_ready())
    box.other_cipher.kill()
    sends()
    assert len(budi.history(anna)) == count


def test_the_shared_secret_is_rotated_with_both_ciphers(two_ciphers):
    box = two_ciphers
    anna, budi = box.friends("anna", "budi")
    for _ in range(2):
        changed = run("ChatCore", "secret", "rotate", "shared-secret", "--keep-old",
                      "--data", box.store_folder)
        assert changed.returncode == 0, changed.stderr
        lines = box.secret_file.read_text().splitlines()
        # The operator takes the old one out, once every ChatCore has read the new one.
        box.secret_file.chmod(0o600)
        box.secret_file.write_text(lines[0] + "\n")
        box.core.process.send_signal(signal.SIGHUP)
        for killed, going in (
                (box.cipher, box.other_cipher), (box.other_cipher, box.cipher)):
            killed.kill()
            id = new_id()
            eventually(lambda id=id: anna.try_send(budi, "pesan", id).status_code == 200)
            killed.start().wait_ready()
            assert going.is_running
    assert len(budi.history(anna)) == 4
