"""A key ring that is sealed under a passphrase: its commands, and both programs while it is."""

import os
import pty
import shutil
import signal
import socket
import subprocess
import time

import pytest

from api import ok, refusal
from programs import BUILD, clean_environment, eventually, run
from rings import PASSPHRASE, cipher, done, hang_up, key_bytes, seal_cipher, seal_file
from test_durability import reconnected

OTHER = b"another fine passphrase\n"
SEALED = (503, "sealed")


def refused(result, word):
    assert result.returncode != 0
    assert word in result.stderr, result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture
def sealed_vault(vault):
    """A Cipher that runs sealed, with a content of before."""
    vault.content = vault.encrypt("rahasia", keyContext="a")
    vault.key = key_bytes(vault, 1)
    assert vault.program.end() == 0
    seal_file(vault.key_file)
    vault.program.start()
    return vault


def test_a_sealed_file_holds_no_key_and_cipher_starts_sealed(sealed_vault):
    text = sealed_vault.key_file.read_bytes()
    assert sealed_vault.key.hex().encode() not in text and sealed_vault.key not in text
    assert b'"n":32768,"r":8,"p":3' in text and b"fingerprint" not in text
    assert sealed_vault.key_file.stat().st_mode & 0o777 == 0o600
    for route in ("/readyz", "/keys"):
        assert refusal(sealed_vault.ask(route))[:2] == SEALED
    for route in ("/encrypt", "/decrypt", "/rewrap"):
        for body in ({"text": sealed_vault.content}, {}):
            assert refusal(sealed_vault.ask(route, body))[:2] == SEALED
    check = run("Cipher", "healthcheck", "--port", sealed_vault.program.port)
    assert (check.returncode, check.stdout) == (0, "sealed\n")


def test_unseal_hands_the_passphrase_over_and_seal_drops_the_keys(sealed_vault):
    vault = sealed_vault
    assert "unsealed" in done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert vault.decrypt(vault.content, keyContext="a") == "rahasia"
    assert "already" in done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert run("Cipher", "healthcheck", "--port", vault.program.port).stdout == ""
    done(cipher(vault.key_file, "seal"))
    assert refusal(vault.ask("/decrypt", {"text": vault.content}))[:2] == SEALED
    hang_up(vault.program, "the key ring stays sealed")
    done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert vault.decrypt(vault.content, keyContext="a") == "rahasia"


def test_changes_on_an_unsealed_cipher_ask_for_nothing_and_stay_sealed(sealed_vault):
    vault = sealed_vault
    done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert "version 2 is current" in done(vault.keys("rotate"))
    assert vault.encrypt("baru").startswith("v2:")
    vault.add_key(b"K" * 32)
    assert vault.encrypt("baru").startswith("v3:")
    assert "retired" in done(vault.keys("retire", "2"))
    assert "opens again" in done(vault.keys("restore", "2"))
    done(vault.keys("retire", "1"))
    listed = done(vault.keys("list"))
    assert "retired" in listed and len(listed.splitlines()) == 4
    assert (b"K" * 32).hex().encode() not in vault.key_file.read_bytes()
    assert vault.program.end() == 0
    vault.program.start()
    done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert [key["state"] for key in ok(vault.ask("/keys"))["keys"]] \
        == ["retired", "decrypt-only", "current"]


def test_without_a_cipher_that_has_the_ring_open_a_change_asks_for_the_passphrase(sealed_vault):
    vault = sealed_vault
    refused(vault.keys("rotate"), "passphrase")
    refused(vault.keys("rotate", input=OTHER), "wrong")
    assert "version 2 is current" in done(vault.keys("rotate", input=PASSPHRASE))
    assert "2 versions" in done(vault.keys("check", input=PASSPHRASE))
    assert len(done(vault.keys("list", input=PASSPHRASE)).splitlines()) == 3
    refused(vault.keys("import", input=b"K" * 32), "unseal first")
    done(cipher(vault.key_file, "unseal", input=PASSPHRASE))
    assert vault.encrypt("baru").startswith("v2:")


def test_wrong_passphrases_wait_longer_each_time_and_change_nothing(sealed_vault):
    times = []
    for _ in range(3):
        start = time.monotonic()
        refused(cipher(sealed_vault.key_file, "unseal", input=OTHER), "wrong")
        times.append(time.monotonic() - start)
    assert times[0] >= .25 and times[1] >= .5 and times[2] >= 1
    assert refusal(sealed_vault.ask("/readyz"))[:2] == SEALED
    done(cipher(sealed_vault.key_file, "unseal", input=PASSPHRASE))


@pytest.mark.parametrize(("lines", "word"), [
    (b"", "twice"), (b"eleven char\neleven char\n", "at least 12"),
    (PASSPHRASE + OTHER, "not the same"), (PASSPHRASE, "not the same"),
    (b"x" * 2000 + b"\n", "longer"),
])
def test_a_passphrase_that_does_not_do_changes_nothing(vault, lines, word):
    before = vault.key_file.read_bytes()
    refused(vault.keys("seal", input=lines), word)
    assert vault.key_file.read_bytes() == before


@pytest.mark.parametrize("running", [True, False])
def test_a_passphrase_is_changed_and_the_seal_is_taken_off(sealed_vault, running):
    vault = sealed_vault
    if not running:
        vault.program.end()
    old = vault.key_file.read_bytes()
    refused(vault.keys("passphrase", input=OTHER + PASSPHRASE * 2), "wrong")
    done(vault.keys("passphrase", input=PASSPHRASE + OTHER * 2))
    assert old != vault.key_file.read_bytes()
    refused(vault.keys("unseal-file", input=PASSPHRASE), "wrong")
    refused(vault.keys("seal", input=OTHER * 2), "sealed already")
    done(vault.keys("unseal-file", input=OTHER))
    assert key_bytes(vault, 1) == vault.key
    refused(vault.keys("unseal-file", input=OTHER), "not sealed")
    if not running:
        vault.program.start()
    vault.program.wait_ready()
    assert vault.decrypt(vault.content, keyContext="a") == "rahasia"
    refused(cipher(vault.key_file, "seal"), "keys seal first")


def test_commands_for_a_cipher_that_does_not_run_say_so(tmp_path, vault):
    assert vault.program.end() == 0
    assert not (vault.key_file.parent / "control.sock").exists()
    refused(cipher(vault.key_file, "unseal", input=PASSPHRASE), "start it first")
    refused(cipher(vault.key_file, "seal"), "start it first")


def test_a_copy_beside_the_ring_is_not_the_ring_of_the_running_cipher(sealed_vault):
    copy = sealed_vault.key_file.with_name("copy.json")
    copy.write_bytes(sealed_vault.key_file.read_bytes())
    copy.chmod(0o600)
    refused(cipher(copy, "unseal", input=PASSPHRASE), "start it first")
    assert "VERSION" in done(cipher(copy, "keys", "list", input=PASSPHRASE))


def test_a_passphrase_is_typed_unseen(sealed_vault):
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [BUILD / "Cipher", "unseal", "--key-file", sealed_vault.key_file], stdin=child,
        stdout=subprocess.PIPE, stderr=child, env=clean_environment())
    shown = b""
    while b"Passphrase: " not in shown:
        shown += os.read(parent, 1024)
    # A wrong letter is taken back.
    os.write(parent, b"correct horsf\x7fe battery staple\r")
    assert b"unsealed" in process.communicate(timeout=30)[0]
    os.set_blocking(parent, False)
    try:
        while chunk := os.read(parent, 1024):
            shown += chunk
    except (BlockingIOError, OSError):
        pass
    os.close(child)
    os.close(parent)
    assert b"horse" not in shown
    assert process.returncode == 0


WRITES = {
    "seal": PASSPHRASE * 2, "passphrase": PASSPHRASE + OTHER * 2, "unseal-file": PASSPHRASE,
    "rotate": PASSPHRASE,
}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace places the kills")
@pytest.mark.parametrize("command", WRITES)
def test_a_kill_at_any_step_of_a_write_leaves_a_ring_that_opens(vault, command):
    """The kernel ends the command at each of its calls on files in turn."""
    content = vault.encrypt("tetap", keyContext="a")
    vault.program.end()
    if command != "seal":
        seal_file(vault.key_file)
    folder = vault.key_file.parent
    original = {file.name: file.read_bytes() for file in folder.glob("keys.json*")}
    traced = [folder, vault.key_file]
    traced += [f"{vault.key_file}{end}" for end in (".new", ".spent", ".spent.new")]
    for call in ("write", "fsync", "?rename,?renameat,?renameat2"):
        kill_count = 0
        for number in range(1, 20):
            for name, data in original.items():
                (folder / name).write_bytes(data)
            result = subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null",
                 *(part for path in traced for part in ("-P", path)),
                 "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}",
                 BUILD / "Cipher", "keys", command, "--key-file", vault.key_file],
                input=WRITES[command], capture_output=True, env=clean_environment())
            assert any(
                cipher(vault.key_file, "keys", "check", input=line).returncode == 0
                for line in (PASSPHRASE, OTHER)), (call, number)
            if result.returncode == 0:
                break
            kill_count += 1
        assert kill_count > 0, call
    vault.program.start()
    if vault.ask("/readyz").status_code != 200:
        line = OTHER if command == "passphrase" else PASSPHRASE
        done(cipher(vault.key_file, "unseal", input=line))
    assert vault.decrypt(content, keyContext="a") == "tetap"


def test_a_leftover_of_a_killed_change_goes_at_the_next_start(sealed_vault):
    vault = sealed_vault
    vault.program.end()
    leftover = vault.key_file.with_name("keys.json.new")
    leftover.write_bytes(b'{"format":2,"next":2,"keys":[')
    vault.program.start()
    assert not leftover.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can listen as somebody else")
def test_a_passphrase_is_not_sent_to_another_users_process(sealed_vault, monkeypatch):
    vault = sealed_vault
    vault.program.end()
    # The whole path may be longer than an address.
    monkeypatch.chdir(vault.key_file.parent)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("control.sock")
        os.seteuid(65534)
        try:
            listener.listen()
        finally:
            os.seteuid(0)
        listener.settimeout(10)
        refused(cipher(vault.key_file, "unseal", input=PASSPHRASE), "another user")
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(1) == b""


def test_chatcore_says_sealed_and_goes_on_with_what_needs_no_vault(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    tag = anna.try_history(budi).headers["ETag"]
    seal_cipher(box)
    eventually(lambda: box.client().get("/readyz").status_code == 503)
    assert refusal(box.client().get("/readyz"))[:2] == SEALED
    check = run("ChatCore", "healthcheck", "--port", box.core.port)
    assert (check.returncode, check.stdout) == (0, "sealed\n")
    answer = anna.try_send(budi, "nanti")
    assert refusal(answer)[:2] == SEALED and int(answer.headers["Retry-After"]) > 0
    assert refusal(anna.try_history(budi))[:2] == SEALED
    assert refusal(anna.api.get("/chat/search", myId=anna.id, q="halo"))[:2] == SEALED
    same = anna.try_history(budi, headers={"If-None-Match": tag})
    assert same.status_code == 304
    rows = anna.try_friends(preview=1)
    assert rows.status_code == 200 and "ETag" not in rows.headers
    assert "content" not in rows.json()[0]["lastMessage"]
    assert ok(box.client().login("budi"))["token"]
    done(cipher(box.key_file, "unseal", input=PASSPHRASE))
    box.core.wait_ready(within=3)
    assert anna.send(budi, "lagi")["content"] == "lagi"
    assert [each["content"] for each in anna.history(budi)] == ["halo", "lagi"]


def test_a_box_that_starts_sealed_comes_up(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    seal_file(box.key_file)
    box.core.end()
    box.cipher.end()
    box.cipher.start()
    box.start_core(ready=False)
    eventually(lambda: refusal(box.client().get("/readyz"))[:2] == SEALED)
    assert ok(box.client().login("anna"))["token"]
    done(cipher(box.key_file, "unseal", input=PASSPHRASE))
    box.core.wait_ready(within=3)
    anna = reconnected(box, anna)
    assert [each["content"] for each in anna.history(budi)] == ["halo"]


def test_a_killed_cipher_leaves_a_socket_that_the_next_one_takes_over(sealed_vault):
    vault = sealed_vault
    path = vault.key_file.parent / "control.sock"
    eventually(path.is_socket)
    vault.program.end(signal.SIGKILL)
    refused(cipher(vault.key_file, "unseal", input=PASSPHRASE), "start it first")
    vault.program.start()
    eventually(lambda: cipher(vault.key_file, "unseal", input=PASSPHRASE).returncode == 0)
    assert path.stat().st_mode & 0o777 == 0o600
