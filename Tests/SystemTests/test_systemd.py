"""The units for machines without Docker are sound, hardened, and name options that there are."""

import re
import subprocess

import pytest

from programs import BUILD, CHECKOUT, clean_environment, run

UNITS = CHECKOUT / "docs" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
# Tenths: 2.0 of 10.
EXPOSURE_MAX = 20


def analyzed(*arguments):
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True,
        env=clean_environment(), timeout=60)


@pytest.fixture
def units(tmp_path):
    """The units in a folder of their own, with the programs where they are built."""
    for unit in [*SERVICES, *UNITS.glob("*.timer")]:
        text = unit.read_text()
        for program in ("ChatCore", "Cipher"):
            text = text.replace(f"/usr/local/bin/{program} ", f"{BUILD / program} ")
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def test_there_are_units_for_both_programs_and_for_backups():
    assert [unit.stem for unit in SERVICES] == ["chat-backup", "chat-cipher", "chat-core"]
    assert (UNITS / "chat-backup.timer").exists()


def test_systemd_finds_no_fault_in_any_unit(units):
    done = analyzed("verify", "--man=no", *sorted(units.iterdir()))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_fault_in_a_unit_would_be_found(units):
    unit = units / "chat-core.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=hardly"))
    assert "hardly" in analyzed("verify", "--man=no", unit).stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_service_is_exposed_to_less_than_two_of_ten(unit):
    done = analyzed(
        "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
    assert done.returncode == 0, done.stdout[-300:]


def test_a_service_without_its_hardening_would_be_noticed(units):
    unit = units / "chat-core.service"
    lines = [
        line for line in unit.read_text().splitlines()
        if not re.match("Protect|Private|Restrict|System|Capab|NoNew", line)]
    unit.write_text("\n".join(lines))
    done = analyzed("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
    assert done.returncode != 0


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_the_settings_of_a_service_are_ones_that_its_program_has(unit):
    text = unit.read_text()
    program, *arguments = re.search(
        "^ExecStart=/usr/local/bin/(.*)$", text, re.MULTILINE)[1].split()
    command = [word for word in arguments if not word.startswith(("-", "/")) and not word.isdigit()]
    said = run(program, *command, "--help").stdout
    for name in re.findall(r"^Environment=(\w+)=", text, re.MULTILINE):
        assert name in said
    for option in (word for word in arguments if word.startswith("-")):
        assert option in said


def test_the_user_and_the_folders_are_declared(tmp_path):
    for tool, file, arguments in [
            ("systemd-sysusers", "chat.sysusers", ["--dry-run"]),
            ("systemd-tmpfiles", "chat.tmpfiles", ["--create", f"--root={tmp_path}"])]:
        done = subprocess.run(
            [tool, *arguments, UNITS / file], capture_output=True, text=True, timeout=60)
        assert "Failed to parse" not in done.stderr and "Unknown" not in done.stderr, done
    text = (UNITS / "chat.tmpfiles").read_text()
    folders = set(re.findall(r"/var/lib/chat/\w+", text))
    for unit in SERVICES:
        used = set(re.findall(r"/var/lib/chat/\w+", unit.read_text()))
        assert used <= folders, unit
