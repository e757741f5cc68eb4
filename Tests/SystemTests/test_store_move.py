"""`ChatCore store export` and `store import`: one file moves a whole store to another engine."""

import signal
import time

import pytest

import databases
from api import Person, refusal
from moves import bring_in, export, importing, in_one_order, large_store, populate, seen
from programs import eventually, run
from stores import contents, one_line, store, well

MESSAGES = 20_000
in_postgres = pytest.mark.skipif(not databases.IS_USED, reason="it needs a database")


@pytest.fixture
def on_disk(new_box, monkeypatch):
    """A box whose store is in its folder, also where the tests' stores are in a database."""
    monkeypatch.setattr(databases, "IS_USED", False)
    return new_box()


@pytest.fixture
def database():
    """An empty database with the tables."""
    database = databases.Database()
    done = run("ChatCore", "store", "migrate", "--postgres-url", database.url)
    assert done.returncode == 0, done.stderr
    return database


def at(database):
    return "--store", "postgres", "--postgres-url", database.url


def start_again(box, *options):
    """Starts ChatCore over another store, and returns it."""
    core = box.core_program(*options)
    core.log_file = box.folder / "moved.log"
    return core.start().wait_ready()


def test_a_store_is_the_same_in_another_folder(on_disk, tmp_path):
    box = on_disk.start()
    people = populate(box)
    before = seen(box.url, people)
    cursor = max(row["changed"] for row in people[0].friends())
    box.core.end()
    unchanged = contents(box.data)
    file, other = tmp_path / "store.json", tmp_path / "other"
    assert "6 users, 8 messages" in well(export(file, "--data", box.data))
    assert contents(box.data).keys() == unchanged.keys()
    assert file.stat().st_mode & 0o777 == 0o600
    said = well(bring_in(file, "--data", other))
    assert "6 users, 8 messages" in said and "compared" in said
    well(store("verify", data=other))
    core = start_again(box, f"--data={other}")
    try:
        assert seen(core.url, people) == before
        anna = Person(core.url, people[0].id, people[0].username, people[0].token)
        # An import begins a new incarnation.
        assert refusal(anna.try_friends(since=cursor))[1] == "cursor_unknown"
        anna.send(people[1], "sesudah pindah")
    finally:
        core.end()
    again = tmp_path / "again.json"
    well(export(again, "--data", other))
    assert len(in_one_order(again)["chats"]) == len(in_one_order(file)["chats"]) + 1


def test_an_export_refuses_a_running_server_and_a_file_that_is_there(on_disk, tmp_path):
    box = on_disk.start()
    assert "another process" in one_line(export(tmp_path / "x", "--data", box.data))
    box.core.end()
    (tmp_path / "x").write_text("mine")
    assert "is there already" in one_line(export(tmp_path / "x", "--data", box.data))
    assert (tmp_path / "x").read_text() == "mine"
    assert "no store" in one_line(export(tmp_path / "y", "--data", tmp_path / "none"))
    assert not (tmp_path / "y").exists()


def test_an_import_refuses_other_data_and_other_files(on_disk, tmp_path):
    box = on_disk.start()
    populate(box)
    box.core.end()
    file = tmp_path / "store.json"
    well(export(file, "--data", box.data))
    before = contents(box.data)
    assert "stands there already" in one_line(bring_in(file, "--data", box.data))
    assert contents(box.data).keys() == before.keys()
    damaged = tmp_path / "damaged"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    damaged.write_bytes(whole)
    assert f"{damaged} is damaged at byte" in one_line(bring_in(damaged, "--data", tmp_path / "n"))
    short = cut(file, tmp_path)
    assert f"{short} is damaged at byte" in one_line(bring_in(short, "--data", tmp_path / "n"))
    assert str(tmp_path / "none") in one_line(
        bring_in(tmp_path / "none", "--data", tmp_path / "n"))
    assert not (tmp_path / "n" / "db.json").exists()
    # The failed imports have left nothing that is in the way.
    well(bring_in(file, "--data", tmp_path / "n"))


def cut(file, folder):
    short = folder / "short"
    short.write_bytes(file.read_bytes()[:-1000])
    return short


def test_an_import_into_a_folder_that_was_killed_is_run_again(on_disk, tmp_path):
    box = on_disk.start()
    large_store(box, MESSAGES)
    file, other = tmp_path / "store.json", tmp_path / "other"
    well(export(file, "--data", box.data))
    unfinished = other / "db.json.tmp"
    for _ in range(3):
        began = time.time_ns()
        process = importing(file, "--data", other)
        # One that an earlier import has left does not count.
        eventually(
            lambda: unfinished.exists() and unfinished.stat().st_mtime_ns > began)  # noqa: B023
        process.kill()
        process.wait()
    assert f"{MESSAGES} messages" in well(bring_in(file, "--data", other))
    again = tmp_path / "again.json"
    well(export(again, "--data", other))
    assert in_one_order(again) == in_one_order(file)


@in_postgres
def test_a_store_moves_to_a_database_and_back(on_disk, database, tmp_path):
    box = on_disk.start()
    people = populate(box)
    before = seen(box.url, people)
    box.core.end()
    there, back = tmp_path / "there.json", tmp_path / "back.json"
    well(export(there, "--data", box.data))
    assert "6 users, 8 messages" in well(bring_in(there, *at(database)))
    well(export(back, *at(database)))
    assert in_one_order(back) == in_one_order(there)
    core = start_again(box, "--store=postgres", f"--postgres-url={database.url}")
    try:
        assert seen(core.url, people) == before
        anna, budi = (
            Person(core.url, one.id, one.username, one.token) for one in people[:2])
        anna.send(budi, "dari basis data")
        unread = anna.friends()
    finally:
        core.end()
    well(export(tmp_path / "last.json", *at(database)))
    well(bring_in(tmp_path / "last.json", "--data", tmp_path / "home"))
    well(store("verify", data=tmp_path / "home"))
    core = start_again(box, f"--data={tmp_path / 'home'}")
    try:
        anna = Person(core.url, people[0].id, people[0].username, people[0].token)
        assert anna.texts(people[1])[-1] == "dari basis data"
        assert [row["id"] for row in anna.friends()] == [row["id"] for row in unread]
    finally:
        core.end()


@in_postgres
def test_an_import_into_a_database_goes_on_where_it_was_killed(on_disk, database, tmp_path):
    box = on_disk.start()
    large_store(box, MESSAGES)
    file, back = tmp_path / "store.json", tmp_path / "back.json"
    well(export(file, "--data", box.data))

    def stored():
        return int(database.run("SELECT coalesce(max(messages), -1) FROM imports"))

    last = 0
    for part in (8, 4):
        process = importing(file, *at(database))
        eventually(lambda part=part: stored() >= MESSAGES // part, what="a part being stored")
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert last < stored() < MESSAGES
        last = stored()
    refused = start_refused(box, database)
    assert "import" in refused and "not finished" in refused
    other = tmp_path / "other.json"
    well(export(other, "--data", box.data))
    assert "another file" in one_line(bring_in(other, *at(database)))
    assert f"{MESSAGES} messages" in well(bring_in(file, *at(database)))
    well(export(back, *at(database)))
    assert in_one_order(back) == in_one_order(file)
    assert "holds data already" in one_line(bring_in(file, *at(database)))


def start_refused(box, database):
    """The refusal of a server that may not start on that database."""
    core = box.core_program("--store=postgres", f"--postgres-url={database.url}")
    core.log_file = box.folder / "refused.log"
    core.launch()
    assert core.process.wait(30) != 0
    return core.log


@in_postgres
def test_a_record_that_is_not_as_in_the_file_is_found(on_disk, database, tmp_path):
    box = on_disk.start()
    large_store(box, MESSAGES)
    file = tmp_path / "store.json"
    well(export(file, "--data", box.data))
    process = importing(file, *at(database))
    eventually(lambda: int(database.run("SELECT count(*) FROM messages")) > 0)
    process.kill()
    process.wait()
    database.run("UPDATE messages SET content = 'v1:other' WHERE number = 1")
    assert "message" in one_line(bring_in(file, *at(database)))
    assert "not finished" in start_refused(box, database)
