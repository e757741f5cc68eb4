"""Backups in a series, checked by Cipher, and what comes back from them."""

import json
import re
import time

import pytest
from test_metrics import scrape

from api import Person, ok, refusal
from programs import run
from stores import contents, history, one_line, store, well

NAME = re.compile(r"chat-\d{8}T\d{6}Z")


def backup(box, folder, *options):
    return run(
        "ChatCore", "store", "backup", folder, *options, "--data", box.data,
        "--cipher-url", box.cipher.url, "--cipher-secret-file", box.secret_file)


def series(folder):
    return sorted(entry.name for entry in folder.iterdir() if NAME.fullmatch(entry.name))


def note(box):
    return json.loads((box.folder / "last-backup").read_text())


@pytest.fixture(autouse=True)
def in_files(box):
    box.looks_into_data()


def test_the_oldest_of_a_series_make_way_and_nothing_else_does(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    folder = tmp_path / "backups"
    made = []
    for n in range(4):
        anna.send(budi, f"#{n}")
        well(backup(box, folder, "--keep", "2"))
        made = series(folder)
        if n == 0:
            for other in ("chat-2026", "letters", "chat-20260101T000000Z"):
                (folder / other).mkdir()
            (folder / "letters" / "db.json").write_text("mine")
        time.sleep(1.1)
    whole = [name for name in made if (folder / name / "db.json").exists()]
    assert len(whole) == 2 and whole == sorted(whole)
    # One without db.json is no backup of ours.
    assert {"chat-2026", "letters", "chat-20260101T000000Z"} <= {
        entry.name for entry in folder.iterdir()}
    assert "4 messages" in well(store("verify", data=folder / whole[-1]))
    assert note(box)["destination"] == str(folder / whole[-1])
    assert "--keep" in one_line(backup(box, folder, "--keep", "0"))
    assert "--keep" in one_line(backup(box, folder, "--every", "24"))


@pytest.mark.parametrize("running", [True, False])
def test_cipher_opens_every_content_and_none_is_shown(box, tmp_path, running):
    anna, budi = box.friends("anna", "budi")
    for n in range(250):
        anna.send(budi, f"rahasia {n}")
    ok(anna.try_delete(budi, anna.history(budi)[0]["id"]))
    if not running:
        box.core.end()
    said = well(backup(box, tmp_path / "copy", "--check"))
    assert "Cipher opened all of it: 249 contents" in said
    assert "rahasia" not in said + box.cipher.log
    if running:
        told = note(box)
        assert told["destination"] == str(tmp_path / "copy")
        assert abs(told["checkedAt"] - time.time() * 1000) < 60_000


def test_a_backup_whose_contents_would_not_open_is_no_good_one(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    for n in range(3):
        anna.send(budi, f"#{n}")
    folder = tmp_path / "backups"
    well(backup(box, folder, "--keep", "1", "--check"))
    first = series(folder)
    box.replace_keys()
    box.cipher.end()
    box.start_cipher()
    time.sleep(1.1)
    said = backup(box, folder, "--keep", "1", "--check")
    assert said.returncode != 0 and "3 contents" in said.stderr, said
    # The good one has not made way.
    assert series(folder) == first
    assert (folder / "not-good" / "db.json").exists()
    assert note(box).get("checkedAt") is None and "failedAt" in note(box)
    done = run("ChatCore", "status", "--data", box.data)
    assert done.returncode == 1 and "! the check of the last backup failed" in done.stdout
    assert "the check of a backup failed" in box.core.log


def test_a_check_without_cipher_says_so(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    box.cipher.end()
    said = backup(box, tmp_path / "copy", "--check")
    assert said.returncode != 0 and "is not checked" in said.stderr, said
    assert "failedAt" in note(box)


def test_the_age_of_the_last_backup_outlives_a_restart(box, tmp_path):
    well(backup(box, tmp_path / "copy"))
    told = note(box)
    assert set(told) == {"at", "destination", "bytes"} and told["bytes"] > 0
    assert (box.folder / "last-backup").stat().st_mode & 0o777 == 0o600
    box.restart_core()
    well(backup(box, tmp_path / "other", "--check"))
    assert note(box)["at"] >= told["at"] and "checkedAt" in note(box)


def test_metrics_tell_when_the_newest_backup_was_made_and_checked(new_box, tmp_path):
    box = new_box("--metrics-port=0").start()
    box.looks_into_data()

    def times():
        text = scrape(box.core)
        return re.findall(r"^chatcore_last_backup_(\w*?)_?timestamp_seconds (\d+)", text, re.M)
    assert times() == []
    well(backup(box, tmp_path / "one"))
    assert [name for name, _ in times()] == [""]
    well(backup(box, tmp_path / "two", "--check"))
    assert [name for name, _ in times()] == ["", "check"]
    assert all(abs(int(value) - time.time()) < 60 for _, value in times())


# restore --user

def test_a_rehearsed_restore_brings_the_whole_store_back(box, tmp_path):
    """The rehearsal: a checked backup, a lost store, and everybody as before."""
    anna, budi = box.friends("anna", "budi")
    for n in range(20):
        anna.send(budi, f"#{n}")
    folder = tmp_path / "backups"
    well(backup(box, folder, "--keep", "3", "--check"))
    box.core.kill()
    for file in box.data.iterdir():
        file.unlink()
    well(store("restore", folder / series(folder)[-1], data=box.data))
    box.start_core()
    assert history(box, budi, anna) == [f"#{n}" for n in range(20)]
    budi = Person.login(box.client(), "budi")
    budi.send(anna, "aku masih di sini")


def test_one_persons_missing_messages_come_back_and_nothing_else(box, tmp_path):
    anna, budi, citra = box.friends("anna", "budi", "citra")
    deleted = anna.send(budi, "akan dihapus")
    anna.send(budi, "satu")
    citra.send(anna, "halo dari citra")
    citra.befriend(budi)
    citra.send(budi, "halo budi")
    well(backup(box, tmp_path / "copy"))
    ok(anna.try_delete(budi, deleted["id"]))
    since = max(row["changed"] for row in budi.friends())
    well(run("ChatCore", "users", "delete", "citra", "--yes", "--data", box.data))
    anna.send(budi, "dua")
    box.core.end()
    said = well(store("restore", tmp_path / "copy", "--user", "citra", data=box.data))
    assert "citra has 2 messages again, and the account" in said
    assert f"{box.data}/replaced-1" in said
    assert not (box.data / "merged.tmp").exists()
    well(store("verify", data=box.data))
    box.start_core()
    # Messages that were written or deleted since stay so.
    anna, budi = Person.login(box.client(), "anna"), Person.login(box.client(), "budi")
    assert anna.texts(budi)[-2:] == ["satu", "dua"] and "akan dihapus" not in anna.texts(budi)
    assert anna.texts(citra) == ["halo dari citra"] and budi.texts(citra) == ["halo budi"]
    back = Person.login(box.client(), "citra")
    assert back.id == citra.id
    assert {row["username"] for row in back.friends()} == {"anna", "budi"}
    # Both people's cursors have ended.
    assert refusal(budi.try_friends(since=since))[:2] == (410, "cursor_unknown")
    back.send(budi, "aku kembali")
    assert budi.texts(citra) == ["halo budi", "aku kembali"]


def test_a_restore_of_somebody_who_lacks_nothing_changes_nothing(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    well(backup(box, tmp_path / "copy"))
    assert "stop the server" in one_line(
        store("restore", tmp_path / "copy", "--user", "anna", data=box.data))
    box.core.end()
    before = contents(box.data)
    said = well(store("restore", tmp_path / "copy", "--user", "anna", data=box.data))
    assert "lacks nothing" in said
    assert "no user of exactly this name" in one_line(
        store("restore", tmp_path / "copy", "--user", "dewi", data=box.data))
    assert contents(box.data) == before


def test_a_name_that_is_anothers_now_is_not_given_back(box, tmp_path):
    box.friends("anna", "citra")
    well(backup(box, tmp_path / "copy"))
    well(run("ChatCore", "users", "delete", "citra", "--yes", "--data", box.data))
    box.person("citra")
    box.core.end()
    assert "another account" in one_line(
        store("restore", tmp_path / "copy", "--user", "citra", data=box.data))
