"""Names that a command line or a terminal could take for something else."""

import json
import os
import pty
import select
import subprocess
import time

import pytest

from api import ok, refusal
from programs import BUILD, clean_environment, run
from stores import one_line, well

ESCAPE = "\x1b]0;judul\x07\x1b[2Jhai\r\n\x9b31m\u202egnp"
HASH = "$2b$10$" + "a" * 53
NEW = "kata sandi yang baru sekali"


def users(box, command, *arguments, input=b""):
    return run("ChatCore", "users", command, "--data", box.data, *arguments, input=input)


@pytest.mark.parametrize("name", ["--yes", "-h1", "---", "-budi"])
def test_a_name_that_begins_with_a_hyphen_is_not_registered(shared_box, name):
    assert refusal(shared_box.client().register(name))[:2] == (400, "invalid_username")


@pytest.fixture
def earlier(new_box):
    """A box with names that an earlier system let in."""
    box = new_box()
    box.data.mkdir()
    box.db_file.write_text(json.dumps({"messages": [], "users": [
        {"id": f"{number:032x}", "username": name, "password": HASH, "contacts": []}
        for number, name in enumerate(["--yes", "-h1", "--help", ESCAPE])]}))
    box.db_file.chmod(0o600)
    return box.start()


@pytest.mark.parametrize("name", ["--yes", "-h1", "--help"])
def test_a_command_takes_such_a_name_after_two_hyphens(earlier, name):
    well(users(earlier, "reset-password", "--", name, input=f"{NEW}\n".encode()))
    ok(earlier.client().login(name, NEW))
    assert name in well(users(earlier, "sign-out", "--", name))
    assert "begin with -" in one_line(users(earlier, "rename", "--", name, "-x1"))
    well(users(earlier, "rename", "--", name, "budi"))
    well(users(earlier, "delete", "--", "budi"))
    assert name not in well(users(earlier, "list"))


def test_help_says_how_such_a_name_is_given():
    for command in ("", "sign-out", "rename", "delete", "reset-password"):
        done = run("ChatCore", "users", *command.split(), "--help")
        assert "after --" in " ".join(done.stdout.split())


def test_no_control_character_of_a_name_reaches_the_terminal(earlier):
    outputs = [
        users(earlier, "list"), users(earlier, "list", "--search", "judul"),
        users(earlier, "sign-out", ESCAPE), users(earlier, "sign-out", ESCAPE + "x"),
        users(earlier, "reset-password", ESCAPE, input=f"{NEW}\n".encode()),
        users(earlier, "rename", ESCAPE, "x"), users(earlier, "rename", ESCAPE, "biasa.saja"),
        users(earlier, "rename", "biasa.saja", ESCAPE), users(earlier, "delete", "biasa.saja"),
    ]
    assert well(outputs[0]).count("\n") == 4
    assert r"\u{1b}]0;judul\u{7}\u{1b}[2Jhai\r\n\u{9b}31m\u{202e}gnp" in outputs[0].stdout
    for done in outputs:
        text = (done.stdout + done.stderr).replace("\n", "")
        assert text.isprintable(), text
    assert all(
        line.isprintable() for line in earlier.core.log.splitlines()), "the log neither"


def on_terminal(box, *arguments, typed):
    """Runs a command on a terminal of its own; types a line at each prompt."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [BUILD / "ChatCore", "users", *arguments, "--data", box.data], stdin=child, stdout=child,
        stderr=child, env=clean_environment(), start_new_session=True, preexec_fn=control)
    os.close(child)
    shown = b""
    for line in typed:
        # The prompt is there, and nothing more comes: now the echo is off where it shall be.
        end = time.monotonic() + 20
        while not shown.endswith(b": ") and time.monotonic() < end:
            if select.select([parent], [], [], 0.2)[0]:
                shown += os.read(parent, 4096)
        time.sleep(0.1)
        os.write(parent, line.encode() + b"\n")
        shown += b"|"
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(parent)
    return process.wait(20), shown.decode()


def control():
    import fcntl
    import termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_password_is_asked_for_twice_on_a_terminal_and_not_shown(box):
    box.person("budi")
    status, shown = on_terminal(box, "reset-password", "budi", typed=[NEW, NEW + "x"])
    assert status == 1 and "not the same" in shown and NEW not in shown
    assert box.client().login("budi", NEW).status_code == 401
    status, shown = on_terminal(box, "reset-password", "budi", typed=[NEW, NEW])
    assert status == 0 and NEW not in shown, shown
    ok(box.client().login("budi", NEW))


def test_whoever_is_deleted_on_a_terminal_is_named_twice(box):
    box.person("budi")
    status, shown = on_terminal(box, "delete", "budi", typed=["budy"])
    assert status == 1 and "nothing was removed" in shown
    ok(box.client().login("budi"))
    status, shown = on_terminal(box, "delete", "budi", typed=["budi"])
    assert status == 0, shown
    assert box.client().login("budi").status_code == 401
