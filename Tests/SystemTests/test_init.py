"""`ChatCore init`: what containers need to be there, and whose it must be."""

import os
import stat

import pytest

from programs import run

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
OWNER = 65532


def prepare(folder):
    return run(
        "ChatCore", "init", "--data", folder / "data", "--private", folder / "keys",
        "--private", folder / "secret", "--secret", folder / "secret" / "cipher")


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
    assert prepare(tmp_path).returncode == 0
    assert (tmp_path / "secret" / "cipher").read_text() == secret
    assert owner_and_mode(tmp_path / "data" / "db.json")[:2] == (OWNER, OWNER)


def test_a_link_in_the_data_folder_is_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_text("somebody else's")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(other)
    assert prepare(tmp_path).returncode == 0
    assert owner_and_mode(other)[0] == os.geteuid()


@pytest.mark.parametrize("owner", ["root", "1", "1:", "-1:0", "4294967295:0", "1:2:3"])
def test_an_owner_that_is_not_two_numbers_is_refused(tmp_path, owner):
    done = run("ChatCore", "init", "--data", tmp_path / "data", "--owner", owner)
    assert done.returncode != 0
    assert "--owner" in done.stderr
    assert not (tmp_path / "data").exists()
