"""The commands of the guides for bare metal, run as they are printed; those for containers are run
by script/test-containers."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from api import Person, ok
from programs import BUILD, CHECKOUT, Box, clean_environment, eventually, run

GUIDES = [CHECKOUT / "docs" / name for name in ("vault.md", "operations.md", "deploy.md")]
# Commands that cannot run here, with the reason: they change the machine, or take gigabytes.
REREAD = "read the key ring again"
MACHINE = ("script/image --save", "apt-get", "git clone", "docker load")


def blocks(kind, folder):
    folder.mkdir()
    return subprocess.run(
        [CHECKOUT / "script" / "doc-commands", kind, folder, *GUIDES], check=True, text=True,
        capture_output=True).stdout.split()


@pytest.fixture
def site(tmp_path):
    """A box that lies as `script/server` has it, with the programs found by their names."""
    box = Box(tmp_path)
    (tmp_path / ".state" / "cipher").mkdir(mode=0o700, parents=True)
    box.key_file = tmp_path / ".state" / "cipher" / "keys.json"
    box.cipher.arguments[3] = str(box.key_file)
    for folder in ("usb", "safe", "bin"):
        (tmp_path / folder).mkdir()
    box.start()
    # The Cipher of this test, and nobody else's.
    pgrep = tmp_path / "bin" / "pgrep"
    pgrep.write_text(f'#!/bin/sh\n[ "$*" = "-x Cipher" ] && echo {box.cipher.process.pid}\n')
    pgrep.chmod(0o755)
    yield box
    box.stop()


def run_block(file, tmp_path):
    """Runs a block as it is printed; returns its text."""
    text = Path(file).read_text()
    for place in ("usb", "safe"):
        text = text.replace(f"/mnt/{place}", str(tmp_path / place))
    with open(file.replace(".sh", ".typed"), "rb") as typed:
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", text], stdin=typed, capture_output=True,
            text=True, cwd=tmp_path, timeout=60, env=clean_environment(
                PATH=f"{tmp_path / 'bin'}:{BUILD}:{os.environ['PATH']}", EDITOR="true"))
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return text


def test_every_command_for_bare_metal_does_what_its_guide_says(site, tmp_path):
    budi, sari = site.friends("budi", "sari")
    budi.send(sari, "halo")
    files = blocks("metal", tmp_path / "blocks")
    assert len(files) >= 6
    for file in files:
        before = site.cipher.log.count(REREAD)
        text = run_block(file, tmp_path)
        # A person reads before going on; SIGHUP has been heard by then.
        if "HUP" in text:
            eventually(lambda before=before: site.cipher.log.count(REREAD) > before)
    site.core.wait_ready()
    assert [message["content"] for message in sari.history(budi)] == ["halo"]
    ok(budi.try_send(sari, "masih"))
    site.core.end()
    stopped = blocks("stopped", tmp_path / "stopped")
    assert len(stopped) >= 4
    for file in stopped:
        run_block(file, tmp_path)
    # The backup's contents are put back.
    site.start_core()
    assert Person.login(site.client(), "sari").texts(budi) == ["halo"]


def test_every_command_that_a_guide_mentions_is_there():
    found = set()
    for guide in [*GUIDES, CHECKOUT / "README.md"]:
        for program, group, command in re.findall(
                r"\b(ChatCore|Cipher) (store|users|keys) ([a-z][a-z-]+)", guide.read_text()):
            found.add((program, group, command))
        for group, command in re.findall(
                r"`(store|users|keys) ([a-z][a-z-]+)[ `]", guide.read_text()):
            found.add(("Cipher" if group == "keys" else "ChatCore", group, command))
    assert len(found) > 20
    for program, group, command in sorted(found):
        done = run(program, group, command, "--help")
        assert done.returncode == 0 and f"USAGE: {program} {group} {command}".lower() \
            in done.stdout.lower(), (program, group, command)


def test_what_no_test_runs_is_what_this_list_says(tmp_path):
    files = blocks("machine", tmp_path / "blocks")
    assert files
    for file in files:
        for line in Path(file).read_text().splitlines():
            assert line.startswith(MACHINE), line
