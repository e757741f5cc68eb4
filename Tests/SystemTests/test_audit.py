"""The audit trail in files of its own (`--audit-log`)."""

import os
import re
import stat
import time

import pytest

from api import PASSWORD, ok
from programs import can_mount, eventually, run

MEBIBYTE = 1 << 20
DAY = 86_400
SMALL_DISK = """
mount -t tmpfs -o size=64k none "$1" && head -c 61440 /dev/zero >"$1/ballast"
shift; exec "$@"
"""


@pytest.fixture
def audited(new_box):
    """Makes a box with its trail in `audit/audit.log`; started by the test."""
    def make(*options):
        box = new_box(*options)
        box.trail = box.folder / "audit" / "audit.log"
        box.options += (f"--audit-log={box.trail}",)
        return box
    return make


def entries(file):
    """(event, outcome, user or None) of every line."""
    found = []
    for line in file.read_text().splitlines():
        fields = dict(re.findall(r"(\w+)=(\S+)", line))
        assert re.match(r"\d{4}-\d\d-\d\dT\S+Z info ChatCore: audit ", line), line
        found.append((fields["event"], fields["outcome"], fields.get("user")))
    return found


def earlier(box):
    return sorted(file.name for file in box.trail.parent.iterdir() if file != box.trail)


def test_the_trail_has_a_file_of_its_own_for_its_owner_alone(audited):
    box = audited("--log-level=error").start()
    anna = box.person("anna")
    box.client().login("anna", "bukan ini sandi")
    expected = [("registration", "done", anna.id), ("sign-in", "done", anna.id),
                ("sign-in", "failed", anna.id)]
    eventually(lambda: entries(box.trail) == expected, within=10)
    assert stat.S_IMODE(box.trail.stat().st_mode) == 0o600
    assert stat.S_IMODE(box.trail.parent.stat().st_mode) == 0o700
    assert " audit " not in box.core.log


def test_changes_of_ones_own_account_are_told_of_once_each(audited):
    box = audited().start()
    anna = box.person("anna")
    wrong = {"userId": anna.id, "currentPassword": "bukan ini sandi"}
    change = "/auth/change-password"
    assert anna.api.post(change, wrong | {"newPassword": "sandi yang baru"}).status_code == 401
    assert anna.api.post("/auth/delete-account", wrong).status_code == 401
    ok(anna.api.post("/auth/delete-account", wrong | {"currentPassword": PASSWORD}))
    box.core.end()
    assert entries(box.trail)[2:] == [
        ("password-change", "failed", anna.id), ("deletion", "failed", anna.id),
        ("deletion", "done", anna.id)]


def test_a_restart_goes_on_in_the_same_file_and_a_stop_loses_no_line(audited):
    box = audited().start()
    anna = box.person("anna")
    box.core.end()
    assert len(entries(box.trail)) == 2
    box.start_core()
    ok(box.client().login("anna"))
    box.core.end()
    assert entries(box.trail)[2:] == [("sign-in", "done", anna.id)]


def test_a_full_file_is_set_aside_and_the_numbers_go_on_after_a_restart(audited):
    box = audited()
    box.trail.parent.mkdir()
    for number in (1, 2):
        box.trail.write_bytes(b"x" * (MEBIBYTE - 10) + b"\n")
        box.start() if number == 1 else box.start_core()
        box.person(f"orang{number}")
        box.core.end()
        assert earlier(box) == [f"audit.log.{n:06}" for n in range(1, number + 1)]
        assert len(entries(box.trail)) == 2
        for file in box.trail.parent.iterdir():
            assert file.name == "audit.log" or file.stat().st_size == MEBIBYTE - 9
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_files_are_kept_for_so_many_days(audited):
    box = audited("--audit-days=7")
    box.trail.parent.mkdir()
    now = time.time()
    for number, age in ((1, 30), (2, 8), (3, 6), (4, 0), (5, -9 * 365)):
        file = box.trail.parent / f"audit.log.{number:06}"
        file.write_text("x\n")
        os.utime(file, (now - age * DAY, now - age * DAY))
    box.start()
    assert earlier(box) == ["audit.log.000003", "audit.log.000004", "audit.log.000005"]


def test_a_file_that_is_moved_or_deleted_is_made_anew(audited):
    box = audited().start()
    box.person("anna")
    eventually(lambda: len(entries(box.trail)) == 2, within=10)
    box.trail.rename(box.trail.with_suffix(".moved"))
    box.person("budi")
    eventually(lambda: box.trail.exists() and len(entries(box.trail)) == 2, within=10)
    box.trail.unlink()
    box.person("citra")
    eventually(lambda: box.trail.exists() and len(entries(box.trail)) == 2, within=10)


@pytest.mark.skipif(not can_mount(), reason="needs a mount namespace of its own")
def test_a_full_disk_stops_nobody_and_loses_no_line(audited):
    box = audited()
    disk = box.trail.parent
    disk.mkdir()
    box.start_cipher()
    box.core = box.core_program()
    box.core.prefix = ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", disk]
    box.core.start().wait_ready()
    trail = box.core.outside(disk) / "audit.log"
    people = [box.person(f"orang{number}") for number in range(30)]
    assert people[0].friends() == []
    eventually(lambda: "the audit trail is not written" in box.core.log, within=10)
    assert trail.read_bytes() == b"" or trail.read_bytes().endswith(b"\n")
    (box.core.outside(disk) / "ballast").unlink()
    eventually(lambda: len(entries(trail)) == 60, within=20)
    assert box.core.log.count("the audit trail is not written") == 1


def test_a_folder_that_goes_away_stops_nobody(audited):
    box = audited().start()
    away = box.trail.parent.with_name("away")
    box.trail.parent.rename(away)
    anna = box.person("anna")
    assert anna.friends() == []
    eventually(lambda: "the audit trail is not written" in box.core.log, within=10)
    away.rename(box.trail.parent)
    eventually(lambda: len(entries(box.trail)) == 2, within=20)


@pytest.mark.parametrize("name, what", [
    ("data/db.json", "store"), ("data/journal-000001", "store"), ("data/lock", "store"),
    ("folder", "directory"), ("link", "link"), ("file/audit.log", "file"),
])
def test_a_path_that_can_never_be_the_trail_stops_the_start(tmp_path, name, what):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    done = run(
        "ChatCore", "serve", "--port", "0", "--data", tmp_path / "data",
        "--session-key-file", tmp_path / "session.key", "--audit-log", tmp_path / name)
    line = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert what in line.lower() and "--audit-log (CHATCORE_AUDIT_LOG)" in line


@pytest.mark.parametrize("days", ["0", "-1", "3651", "x", "99999999999999999999"])
def test_days_that_are_no_number_of_days_stop_the_start(tmp_path, days):
    done = run(
        "ChatCore", "serve", "--port", "0", "--data", tmp_path / "data",
        environment={"CHATCORE_AUDIT_DAYS": days})
    assert done.returncode != 0 and "CHATCORE_AUDIT_DAYS" in done.stderr


def test_the_trail_may_lie_beside_the_store_and_no_backup_takes_it(audited):
    box = audited()
    box.trail = box.data / "audit.log"
    box.options = (f"--audit-log={box.trail}",)
    box.start()
    box.person("anna")
    eventually(lambda: box.trail.exists() and len(entries(box.trail)) == 2, within=10)
    copy = box.folder / "copy"
    assert run("ChatCore", "store", "backup", copy, "--data", box.data).returncode == 0
    assert not (copy / "audit.log").exists()
    box.core.end()
    assert run("ChatCore", "store", "verify", "--data", box.data).returncode == 0
    box.start_core()
