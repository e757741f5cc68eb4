"""`ChatCore store verify | backup | fold | accept`, on a running and on a stopped server."""

import stat
import threading

import pytest

from api import Person
from programs import eventually, run
from stores import contents, history, killed_store, one_line, store, well

# verify

def test_verify_counts_and_changes_nothing(box):
    killed_store(box)
    before = contents(box.data)
    said = well(store("verify", data=box.data))
    assert "2 users" in said and "3 messages" in said
    assert contents(box.data) == before


def test_verify_makes_no_lock_file(box):
    box.core.end()
    (box.data / "lock").unlink()
    well(store("verify", data=box.data))
    assert not (box.data / "lock").exists()


def test_verify_refuses_while_a_server_has_the_folder(box):
    said = one_line(store("verify", data=box.data))
    assert str(box.data) in said and "another process" in said


@pytest.mark.parametrize("kind", ["journal-*", "db.json"])
def test_verify_names_the_damaged_file_and_the_place(box, kind):
    killed_store(box)
    file = sorted(box.data.glob(kind))[-1]
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    file.write_bytes(damaged)
    before = contents(box.data)
    said = one_line(store("verify", data=box.data))
    assert f"{file} is damaged at byte " in said
    assert f"store restore BACKUP --data {box.data}" in said
    assert f"store salvage {box.data} NEW" in said
    # The journal holds changes: nobody could accept this db.json.
    assert "store accept" not in said
    assert contents(box.data) == before


def test_verify_reports_a_torn_tail_and_does_not_fail(box):
    killed_store(box)
    journal = sorted(box.data.glob("journal-*"))[-1]
    whole = journal.stat().st_size
    journal.write_bytes(journal.read_bytes() + b"torn")
    said = well(store("verify", data=box.data))
    assert f"{journal} ends in a torn tail of 4 bytes at byte {whole}" in said
    assert journal.stat().st_size == whole + 4


@pytest.mark.parametrize("command", ["verify", "fold", "accept"])
def test_where_there_is_no_store_none_is_made(tmp_path, command):
    for folder in (tmp_path / "none", tmp_path):
        assert "no store" in one_line(store(command, data=folder))
    assert not list(tmp_path.iterdir())


# backup

def check_copy(copy, box, sender, friend, texts):
    """The copy verifies, is its owner's alone, and a server that starts on it serves it."""
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in copy.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "db.json" in modes and all(
        name == "db.json" or name.startswith("journal-") for name in modes)
    well(store("verify", data=copy))
    core = box.core_program(f"--data={copy}")
    core.log_file = box.folder / "copy.log"
    core.start().wait_ready()
    try:
        got = Person(core.url, sender.id, sender.username, sender.token).texts(friend)
        assert got[:len(texts)] == texts
    finally:
        core.end()
    return got


def test_a_copy_of_a_running_server_holds_all_that_was_acknowledged(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    sent, stop = [], threading.Event()

    def write():
        while not stop.is_set():
            text = f"#{len(sent)}"
            anna.send(budi, text)
            sent.append(text)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        eventually(lambda: len(sent) > 30)
        before = len(sent)
        well(store("backup", tmp_path / "copy", data=box.data))
        eventually(lambda: len(sent) > before + 10, what="the service going on")
    finally:
        stop.set()
        writer.join()
    got = check_copy(tmp_path / "copy", box, anna, budi, sent[:before])
    assert got == sent[:len(got)]
    assert anna.texts(budi) == sent


def test_a_copy_of_a_stopped_server_leaves_out_what_is_not_the_store(box, tmp_path):
    anna, budi = killed_store(box)
    for name in ("db.json.before-takeover", "db.json.tmp"):
        (box.data / name).write_text("not for a backup")
    before = contents(box.data)
    copy = tmp_path / "copy"
    copy.mkdir(mode=0o755)
    well(store("backup", copy, data=box.data))
    assert contents(box.data) == before
    check_copy(copy, box, anna, budi, ["#0", "#1", "#2"])


def test_a_copy_is_put_back_and_what_was_there_is_kept(box, tmp_path):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "sebelum")
    well(store("backup", tmp_path / "copy", data=box.data))
    anna.send(budi, "sesudah")
    said = one_line(store("restore", tmp_path / "copy", data=box.data))
    assert "stop the server" in said
    box.core.end()
    said = well(store("restore", tmp_path / "copy", data=box.data))
    assert "2 users, 1 message" in said and f"{box.data}/replaced-1" in said
    box.start_core()
    assert history(box, anna, budi) == ["sebelum"]
    box.core.end()
    well(store("restore", box.data / "replaced-1", data=box.data))
    box.start_core()
    assert history(box, anna, budi) == ["sebelum", "sesudah"]


def test_a_damaged_backup_is_not_put_back(box, tmp_path):
    killed_store(box)
    copy = tmp_path / "copy"
    well(store("backup", copy, data=box.data))
    damaged = bytearray((copy / "db.json").read_bytes())
    damaged[-30] ^= 1
    (copy / "db.json").write_bytes(damaged)
    before = contents(box.data)
    assert "is damaged" in one_line(store("restore", copy, data=box.data))
    assert "no store" in one_line(store("restore", tmp_path / "none", data=box.data))
    assert "itself" in one_line(store("restore", box.data, data=box.data))
    assert contents(box.data) == before


@pytest.mark.parametrize("running", [True, False])
def test_a_copy_is_not_made_where_something_lies(box, tmp_path, running):
    if not running:
        box.core.end()
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter").write_text("dear")
    for place, reason in [
        (full, "not empty"), (full / "letter", "letter"), (tmp_path / "none" / "copy", "No such"),
        (box.data / "copy", "data folder"), (box.data, "data folder"),
    ]:
        assert reason in one_line(store("backup", place, data=box.data)), place
    assert [file.name for file in full.iterdir()] == ["letter"]
    assert not (box.data / "copy").exists()


@pytest.mark.parametrize("running", [True, False])
def test_a_copy_of_a_damaged_store_fails_and_leaves_nothing(box, tmp_path, running):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    well(store("fold", data=box.data))
    if not running:
        box.core.end()
    with box.db_file.open("r+b") as file:
        file.seek(40)
        file.write(b"#")
    assert f"{box.db_file} is damaged" in one_line(
        store("backup", tmp_path / "copy", data=box.data))
    assert not (tmp_path / "copy").exists()


def test_a_copy_goes_where_the_caller_stands(box, tmp_path):
    done = run("ChatCore", "store", "backup", "copy", "--data", box.data, cwd=tmp_path)
    assert str(tmp_path / "copy") in well(done)
    well(store("verify", data=tmp_path / "copy"))


# fold

def test_fold_on_a_running_server_brings_all_into_db_json(box):
    anna, budi = box.friends("anna", "budi")
    id = anna.send(budi, "halo")["id"]
    assert "2 users, 1 message" in well(store("fold", data=box.data))
    assert id in box.db_file.read_text()
    assert anna.send(budi, "lagi")["content"] == "lagi"


def test_fold_on_a_stopped_server_brings_all_into_db_json(box):
    killed_store(box)
    assert "2 users, 3 messages" in well(store("fold", data=box.data))
    assert box.db_file.read_text().count('"content"') == 3
    assert "0 changes" in well(store("verify", data=box.data))


# accept

def test_accept_refuses_on_a_running_server(box):
    assert "another process" in one_line(store("accept", data=box.data))


def test_accept_says_what_to_do_about_a_journal(box):
    killed_store(box)
    before = box.db_file.read_bytes()
    box.db_file.write_bytes(before.replace(b'"format":1', b'"format": 1'))
    edited = box.db_file.read_bytes()
    assert "store fold" in one_line(store("accept", data=box.data))
    assert box.db_file.read_bytes() == edited
    box.db_file.write_bytes(before)
    well(store("fold", data=box.data))


@pytest.mark.parametrize("old, new, reason", [
    (b'"contacts":["', b'"contacts":["x', "contact"), (b'"users"', b'"people"', "byte"),
    (b"{", b"", "byte"), (b'"meta"', b'"mata"', "meta"),
    (b'"timestamp":', b'"timestamp":"soon","x":', "chat 1"),
])
def test_accept_refuses_what_makes_no_sense(box, old, new, reason):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    edited = box.folded().replace(old, new, 1)
    box.db_file.write_bytes(edited)
    said = one_line(store("accept", data=box.data))
    assert "db.json" in said and (reason in said or reason == "byte")
    assert box.db_file.read_bytes() == edited


def test_a_refused_start_names_the_file_and_the_ways_out(box):
    box.friends("anna", "budi")
    box.db_file.write_bytes(box.folded().replace(b"anna", b"hana"))
    start = len(box.core.log)
    box.core.launch()
    assert box.core.process.wait(30) != 0
    line, = (line for line in box.core.log[start:].splitlines() if "damaged" in line)
    assert line.startswith(f"ChatCore: {box.db_file} is ")
    # Nothing waits in the journal: the file may have been edited.
    assert f"store accept --data {box.data}" in line and "store salvage" in line


# All of them

@pytest.mark.parametrize(
    "command", ["verify", "backup", "restore", "fold", "accept"])
def test_help_tells_what_the_command_does(command):
    page = well(run("ChatCore", "store", command, "--help"))
    assert "CHATCORE_DATA" in page and f"USAGE: ChatCore store {command}" in page
    assert command in well(run("ChatCore", "store", "--help"))
