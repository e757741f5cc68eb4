"""`ChatCore secret rotate` replaces secrets while both programs run, and loses no message."""

import signal
import stat
import threading

import pytest

from api import Person, ok
from programs import run
from push_service import base64url
from stores import one_line, well


def rotate(box, secret, *options):
    return run("ChatCore", "secret", "rotate", secret, *options, "--data", box.control)


class Sender(threading.Thread):
    """Sends one message after the other, and collects the answers that are no success."""

    def __init__(self, sender, receiver):
        super().__init__()
        self.parties = sender, receiver
        self.count = 0
        self.failures = []
        self.ends = threading.Event()

    def run(self):
        sender, receiver = self.parties
        while not self.ends.is_set():
            answer = sender.try_send(receiver, f"#{self.count}")
            self.count += 1
            if answer.status_code != 200:
                self.failures.append(answer.text)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.join()


@pytest.mark.parametrize("bridge", ["off", "psk"])
def test_the_shared_secret_is_replaced_while_messages_are_sent(new_box, bridge):
    box = new_box(bridge=bridge).start()
    box.keep_port()
    budi, sari = box.friends("budi", "sari")
    old = box.secret_file.read_text()
    with Sender(budi, sari) as sender:
        said = well(rotate(box, "shared-secret"))
    assert "Cipher refuses the old one" in said
    assert sender.failures == [] and len(sari.texts(budi)) == sender.count > 0
    new = box.secret_file.read_text()
    assert old.strip() not in new and len(new.splitlines()) == 1 and len(new.strip()) == 64
    assert stat.S_IMODE(box.secret_file.stat().st_mode) & 0o077 == 0
    for program in (box.core, box.cipher):
        assert new.strip() not in program.log and old.strip() not in program.log
    # Both start with it.
    box.cipher.end()
    box.start_cipher()
    box.restart_core()
    budi.send(sari, "masih di sini")


def test_a_secret_that_other_servers_share_stays_valid_beside_the_new_one(box):
    old = box.secret_file.read_text().strip()
    assert "still accepts" in well(rotate(box, "shared-secret", "--keep-old"))
    lines = box.secret_file.read_text().split()
    assert len(lines) == 2 and lines[1] == old
    assert "holds two secrets" in one_line(rotate(box, "shared-secret"))
    assert box.secret_file.read_text().split() == lines
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")


def test_a_cipher_that_reads_another_file_keeps_the_secret_as_it_was(new_box):
    box = new_box()
    other = box.folder / "other"
    other.write_text(box.secret_file.read_text())
    other.chmod(0o600)
    box.start_cipher()
    box.options += (f"--cipher-secret-file={other}",)
    box.start_core()
    old = other.read_text()
    assert "stays as it was" in one_line(rotate(box, "shared-secret"))
    assert other.read_text() == old
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")


def test_sessions_go_on_under_a_new_session_key(box):
    budi, sari = box.friends("budi", "sari")
    key = (box.folder / "session.key").read_bytes()
    said = well(rotate(box, "session-key"))
    assert "go on" in said
    assert (box.folder / "session.key").read_bytes() != key
    assert budi.try_friends().status_code == 200
    after = Person.login(box.client(), "budi")
    for restart in (signal.SIGTERM, signal.SIGKILL):
        box.restart_core(restart)
        for person in (budi, after):
            assert Person(box.url, person.id, "budi", person.token).try_friends().status_code \
                == 200
    # The key before the last has signed nothing that is still taken.
    well(rotate(box, "session-key"))
    well(rotate(box, "session-key"))
    assert Person(box.url, budi.id, "budi", budi.token).try_friends().status_code == 401


def test_every_session_ends_when_the_key_is_known_to_somebody(box):
    budi = box.person("budi")
    assert "every session has ended" in well(rotate(box, "session-key", "--end-sessions"))
    assert budi.try_friends().status_code == 401
    again = Person.login(box.client(), "budi")
    assert again.try_friends().status_code == 200
    box.restart_core()
    assert Person(box.url, budi.id, "budi", budi.token).try_friends().status_code == 401
    assert Person(box.url, budi.id, "budi", again.token).try_friends().status_code == 200


def subscription():
    point = bytes.fromhex(
        "04" "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    return {
        "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
        "keys": {"p256dh": base64url(point), "auth": base64url(bytes(16))}}


def test_a_new_push_key_ends_the_subscriptions_and_says_so(box):
    budi = box.person("budi")
    body = {"userId": budi.id, "subscription": subscription()}
    ok(budi.api.post("/push/subscribe", body))
    key = ok(budi.api.get("/push/key"))["key"]
    said = well(rotate(box, "push-key"))
    assert "1 subscription ended" in said and "next visit" in said
    new = ok(budi.api.get("/push/key"))["key"]
    assert new != key
    ok(budi.api.post("/push/subscribe", body))
    box.restart_core()
    assert ok(box.client(budi.token).get("/push/key"))["key"] == new
    assert "1 subscription ended" in well(rotate(box, "push-key"))


def test_a_server_without_notifications_has_no_push_key(new_box):
    box = new_box("--push=off").start()
    assert "turned off" in one_line(rotate(box, "push-key"))


def test_options_go_with_their_secret(box):
    assert "--end-sessions" in one_line(rotate(box, "push-key", "--end-sessions"))
    assert "--keep-old" in one_line(rotate(box, "session-key", "--keep-old"))
    assert rotate(box, "password").returncode != 0
