"""The bridge between the programs under TLS: both sides hold the secret, and nobody else reads."""

import hashlib
import hmac
import socket
import threading

import pytest

from api import ok
from certificates import CERTIFICATE, s_client
from programs import Box, eventually, run
from rings import hang_up

OLD = "a-secret-that-both-programs-were-given"
NEW = "another-secret-for-both-of-the-programs"
AGAIN = "read the shared secret again"
TEXT = "kalimat yang tidak boleh terbaca di jalan"


def derive(secret, info, count):
    """HKDF with SHA-256 and no salt (RFC 5869), for up to 32 bytes."""
    extracted = hmac.digest(bytes(32), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, info + b"\1", hashlib.sha256)[:count]


def keys(secret):
    """The options of `openssl s_client` for the key of that secret."""
    name = "chatcore-" + derive(secret, b"chat bridge psk id v1", 8).hex()
    return ("-psk_identity", name, "-psk", derive(secret, b"chat bridge psk v1", 32).hex())


class Listener:
    """Stands between the programs, passes all on, and writes down what it hears."""

    def __init__(self, port):
        self.port_behind = port
        self.heard = bytearray()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                front, _ = self.server.accept()
            except OSError:
                return
            back = socket.create_connection(("127.0.0.1", self.port_behind))
            for source, target in ((front, back), (back, front)):
                threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    def carry(self, source, target):
        try:
            while more := source.recv(65536):
                self.heard += more
                target.sendall(more)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.server.close()


def talk_past_a_listener(box):
    """A send and a history through a listener; returns all that it heard."""
    box.start_cipher()
    listener = Listener(box.cipher.port)
    scheme = box.cipher.url.partition(":")[0]
    box.options += (f"--cipher-url={scheme}://127.0.0.1:{listener.port}",)
    box.start_core()
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, TEXT)
    assert [row["content"] for row in sari.history(budi)] == [TEXT]
    box.core.end()
    listener.close()
    return bytes(listener.heard)


READABLE = [TEXT.encode(), OLD.encode(), b"HTTP/1.1", b"Authorization", b"encrypt", b'"text"']


def test_a_listener_on_the_bridge_hears_nothing_readable(new_box):
    heard = talk_past_a_listener(new_box(bridge="psk"))
    assert len(heard) > 1000
    assert not [word for word in READABLE if word in heard]


def test_on_a_plain_bridge_it_would(new_box):
    heard = talk_past_a_listener(new_box())
    assert not [word for word in READABLE if word not in heard]


def ask(port, secret, *fields, path="/keys"):
    said = "\r\n".join([f"GET {path} HTTP/1.1", "Host: c", "Connection: close", *fields, "", ""])
    return s_client(
        port, *keys(secret), "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256",
        "-ign_eof", said=said.encode())


@pytest.fixture(scope="module")
def bridge(tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("bridge"), bridge="psk")
    box.start_cipher()
    yield box.cipher
    box.stop()


def test_the_key_is_as_it_is_written_down_and_the_bearer_is_asked_for_all_the_same(bridge):
    said = ask(bridge.port, OLD, f"Authorization: Bearer {OLD}")
    assert "HTTP/1.1 200 OK" in said.stdout
    assert "Reused, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256" in said.stdout
    assert "New Session Ticket" not in said.stdout
    assert "no peer certificate available" in said.stdout
    assert "HTTP/1.1 401" in ask(bridge.port, OLD).stdout


@pytest.mark.parametrize("options", [
    ("-tls1_3",), ("-tls1_2", "-cipher", "PSK:ALL:@SECLEVEL=0", *keys(OLD)),
    ("-tls1_3", *keys(OLD)[:2], "-psk", "00" * 32), ("-tls1_3", *keys(NEW)),
    ("-tls1_3", "-psk_identity", "chatcore-", "-psk", keys(OLD)[3]),
    ("-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384", *keys(OLD)),
    ("-tls1_3", "-cert", CERTIFICATE, "-key", CERTIFICATE.with_suffix(".key")),
], ids=["no key", "TLS 1.2", "a wrong key", "another secret", "no identity", "another suite",
        "a certificate"])
def test_who_does_not_hold_the_secret_gets_no_connection(bridge, options):
    done = s_client(bridge.port, *options, said=b"GET /healthz HTTP/1.1\r\nHost: c\r\n\r\n")
    assert "HTTP/1.1" not in done.stdout
    assert "alert" in done.stderr or "error" in done.stderr
    assert bridge.is_ready()


def test_plain_http_is_not_answered(bridge):
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: c\r\n\r\n")
        assert b"HTTP" not in connection.recv(4096)


def test_the_health_check_speaks_as_the_callers_do(bridge, tmp_path):
    other = tmp_path / "other"
    other.write_text(NEW)
    right = bridge.healthcheck[1]
    for options, status in [
            (("--tls", "psk", "--secret-file", right), 0), (("--secret-file", right), 1),
            (("--tls", "psk", "--secret-file", other), 1), (("--tls", "psk"), 1)]:
        done = run("Cipher", "healthcheck", "--port", bridge.port, *options)
        assert done.returncode == status, done.stderr
        assert len(done.stderr.splitlines()) == status
    environment = {"CIPHER_TLS": "psk", "CIPHER_SECRET_FILE": str(right)}
    done = run("Cipher", "healthcheck", "--port", bridge.port, environment=environment)
    assert done.returncode == 0, done.stderr


def test_the_secret_is_replaced_without_a_moment_in_which_nothing_is_sealed(new_box):
    box = new_box(bridge="psk").start()
    budi, sari = box.friends("budi", "sari")
    for text in (f"{NEW}\n{OLD}\n", f"  {NEW}\t\n"):
        box.secret_file.write_text(text)
        for program in (box.cipher, box.core):
            hang_up(program, AGAIN)
            ok(budi.try_send(sari, "halo"))
    assert "HTTP/1.1 200" in ask(box.cipher.port, NEW, f"Authorization: Bearer {NEW}").stdout
    assert "HTTP/1.1" not in ask(box.cipher.port, OLD, f"Authorization: Bearer {OLD}").stdout
    box.restart_core()
    assert keys(NEW)[3] not in box.core.log + box.cipher.log


def test_while_both_secrets_stand_both_keys_are_taken(new_box):
    box = new_box(bridge="psk")
    box.secret_file.write_text(f"{NEW}\n{OLD}\n")
    box.start_cipher()
    for secret in (OLD, NEW):
        said = ask(box.cipher.port, secret, f"Authorization: Bearer {secret}")
        assert "HTTP/1.1 200" in said.stdout


def test_chatcore_with_another_secret_is_not_ready_and_says_why(new_box):
    box = new_box(bridge="psk")
    box.start_cipher()
    other = box.folder / "other"
    other.write_text(NEW)
    box.options += (f"--cipher-secret-file={other}",)
    core = box.start_core(ready=False)
    eventually(lambda: "no secure connection" in core.log, what="the reason in the log")
    assert not core.is_ready()


def test_chatcore_survives_a_cipher_that_comes_and_goes(new_box):
    box = new_box(bridge="psk").start()
    budi, sari = box.friends("budi", "sari")
    box.cipher.kill()
    assert budi.try_send(sari, "halo").status_code == 503
    box.start_cipher()
    box.core.wait_ready()
    budi.send(sari, "halo")


@pytest.mark.parametrize(("program", "options", "words"), [
    ("Cipher", ("--tls", "psk"), ("--tls", "--secret-file")),
    ("Cipher", ("--tls", "certificate"), ("--tls",)),
    ("ChatCore", ("--cipher-url", "https://127.0.0.1:1"), ("--cipher-secret-file",)),
])
def test_a_bridge_without_a_secret_stops_the_start(program, options, words, tmp_path):
    done = run(program, *options, "--port", "0", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert done.returncode != 0 and len(lines) == 1, done
    assert all(word in lines[0] for word in words)


def test_a_scheme_that_does_not_fit_is_not_ready(new_box):
    box = new_box(bridge="psk")
    box.start_cipher()
    box.options += (f"--cipher-url=http://127.0.0.1:{box.cipher.port}",)
    core = box.start_core(ready=False)
    eventually(lambda: "the vault is away" in core.log, what="the vault is missed")
    assert not core.is_ready()
