"""`ChatCore init`: what containers need to be there, and whose it must be."""

import os
import stat

import pytest

from programs import run

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
OWNER = 65532


def prepare(folder):
    (folder / "usb").mkdir(exist_ok=True)
    return run(
        "ChatCore", "init", "--data", folder / "data", "--private", folder / "keys",
        "--private", folder / "secret", "--secret", folder / "secret" / "cipher",
        "--backups", folder / "usb" / "chat")


def owner_and_mode(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)


def test_folders_and_secret_are_made_for_their_owner(tmp_path):
    assert prepare(tmp_path).returncode == 0
    assert owner_and_mode(tmp_path / "data")[:2] == (OWNER, OWNER)
    assert owner_and_mode(tmp_path / "keys") == (OWNER, OWNER, 0o700)
    assert owner_and_mode(tmp_path / "secret" / "cipher") == (OWNER, OWNER, 0o400)
    assert len((tmp_path / "secret" / "cipher").read_text().strip()) == 64


def test_a_second_run_keeps_the_secret_and_takes_over_files_that_were_copied_in(tmp_path):
    prepare(tmp_path)
    secret = (tmp_path / "secret" / "cipher").read_text()
    (tmp_path / "data" / "db.json").write_text("{}")
    photo = tmp_path / "data" / "photos" / "a-photo"
    photo.parent.mkdir(mode=0o700)
    photo.write_text("sealed")
    assert prepare(tmp_path).returncode == 0
    assert (tmp_path / "secret" / "cipher").read_text() == secret
    for file in (tmp_path / "data" / "db.json", photo, photo.parent):
        assert owner_and_mode(file)[:2] == (OWNER, OWNER)


def test_a_link_in_the_data_folder_is_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("somebody else's")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(other)
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "data" / "photos").symlink_to(folder)
    assert prepare(tmp_path).returncode == 0
    assert {owner_and_mode(each)[0] for each in (other, folder)} == {os.geteuid()}


@pytest.mark.parametrize("owner", ["root", "1", "1:", "-1:0", "4294967295:0", "1:2:3"])
def test_an_owner_that_is_not_two_numbers_is_refused(tmp_path, owner):
    done = run("ChatCore", "init", "--data", tmp_path / "data", "--owner", owner)
    assert done.returncode != 0
    assert "--owner" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_for_backups_is_made_below_one_that_stays_as_it_is(tmp_path):
    usb = tmp_path / "usb"
    usb.mkdir(mode=0o755)
    (usb / "photos").write_text("mine")
    os.chown(usb, 1000, 1000)
    os.chown(usb / "photos", 1000, 1000)
    before = owner_and_mode(usb), owner_and_mode(usb / "photos")
    for _ in range(2):
        assert prepare(tmp_path).returncode == 0
        assert (owner_and_mode(usb), owner_and_mode(usb / "photos")) == before
        assert owner_and_mode(usb / "chat") == (OWNER, OWNER, 0o700)


def test_docker_makes_the_place_of_a_mount_and_init_takes_it(tmp_path):
    (tmp_path / "usb" / "chat").mkdir(parents=True, mode=0o755)
    assert prepare(tmp_path).stdout == ""
    assert owner_and_mode(tmp_path / "usb" / "chat") == (OWNER, OWNER, 0o700)


@pytest.mark.parametrize("owner", [0, 1000])
def test_a_folder_for_backups_that_is_in_use_stays_as_it_is(tmp_path, owner):
    chat = tmp_path / "usb" / "chat"
    chat.mkdir(parents=True, mode=0o755)
    (chat / "letters").write_text("mine")
    os.chown(chat, owner, owner)
    before = owner_and_mode(chat), owner_and_mode(chat / "letters")
    done = prepare(tmp_path)
    assert done.returncode == 0 and "stays as it is" in done.stdout
    assert (owner_and_mode(chat), owner_and_mode(chat / "letters")) == before


def test_a_backup_from_before_stays_as_it_is(tmp_path):
    prepare(tmp_path)
    old = tmp_path / "usb" / "chat" / "2026-01-31"
    old.mkdir(mode=0o750)
    os.chown(tmp_path / "usb" / "chat", OWNER, OWNER)
    os.chmod(tmp_path / "usb" / "chat", 0o750)
    assert prepare(tmp_path).stdout == ""
    assert owner_and_mode(tmp_path / "usb" / "chat")[2] == 0o750
    assert owner_and_mode(old)[2] == 0o750


def test_what_is_not_the_stores_stays_whose_it_is_in_the_data_folder(tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    for name in ("db.json", "notes.txt", ".gitkeep"):
        (tmp_path / "data" / name).write_text("{}")
        os.chown(tmp_path / "data" / name, 1000, 1000)
    prepare(tmp_path)
    assert owner_and_mode(tmp_path / "data")[2] == 0o755
    assert owner_and_mode(tmp_path / "data" / "db.json")[0] == OWNER
    assert owner_and_mode(tmp_path / "data" / "notes.txt")[0] == 1000
    assert owner_and_mode(tmp_path / "data" / ".gitkeep")[0] == 1000
