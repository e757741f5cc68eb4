"""Photos of stores that move between a folder and a database."""

import pytest
from test_photos import photo
from test_store_move import at, database, on_disk  # noqa: F401

import databases
from api import Person
from moves import bring_in, export, importing
from programs import eventually
from stores import one_line, store, well

pytestmark = pytest.mark.skipif(not databases.IS_USED, reason="it needs a database")


def with_photos(box, lengths):
    """Two people and the ids of photos between them, one of which no message names."""
    me, friend = box.start().friends("budi", "sari")
    ids = [me.put_photo(friend, photo(length)) for length in lengths]
    for id in ids:
        me.send_photo(friend, id)
    me.put_photo(friend, photo(500))
    box.core.end()
    return me, friend, ids


def test_photos_move_to_a_database_and_back(on_disk, database, tmp_path):  # noqa: F811
    box = on_disk
    lengths = (1_000, 65_536, 200_000)
    me, friend, ids = with_photos(box, lengths)
    there, back, other = (tmp_path / name for name in ("there.json", "back.json", "other"))
    well(export(there, "--data", box.data))
    assert "3 photos" in well(bring_in(there, *at(database)))
    space = database.run("SELECT encode(owner, 'escape'), bytes FROM photo_space ORDER BY owner")
    charges = sum(max(length, 16 << 10) for length in lengths)
    assert space.split() == [f"|{charges}", f"{me.id}|{charges}"]
    core = box.core_program(
        "--store=postgres", f"--postgres-url={database.url}",
        f"--control-socket={tmp_path / 'control.sock'}")
    core.start().wait_ready()
    friend = Person(core.url, friend.id, friend.username, friend.token)
    for id, length in zip(ids, lengths, strict=True):
        assert friend.try_get_photo(me, id).content == photo(length)
    core.end()
    assert "3 photos" in well(export(back, *at(database)))
    assert "3 photos" in well(bring_in(back, "--data", other))
    for id in ids:
        content = (other / "photos" / id).read_bytes()
        assert content == (box.data / "photos" / id).read_bytes()
    assert "3 photos of messages are sound" in well(store("verify", data=other))


def test_an_import_of_photos_goes_on_where_it_was_killed(on_disk, database, tmp_path):  # noqa: F811
    box = on_disk
    _, _, ids = with_photos(box, [300_000] * 40)
    file, back = tmp_path / "there.json", tmp_path / "back.json"
    well(export(file, "--data", box.data))

    def stored():
        return int(database.run("SELECT count(*) FROM photos"))
    process = importing(file, *at(database))
    eventually(lambda: stored() > 3 or None)
    process.kill()
    process.wait()
    before = stored()
    assert 3 < before < 40
    oldest = "SELECT upload FROM photos ORDER BY id LIMIT 1"
    first = database.run(oldest)
    assert "40 photos" in well(bring_in(file, *at(database)))
    assert first == database.run(oldest), "a photo was stored twice"
    assert database.run("SELECT count(*) FROM photo_chunks").strip() == str(40 * 5)
    assert database.run("SELECT count(*) FROM photo_uploads").strip() == "0"
    assert "40 photos" in well(export(back, *at(database)))


def test_a_photo_that_is_not_as_in_the_file_is_found(on_disk, database, tmp_path):  # noqa: F811
    _, _, ids = with_photos(on_disk, [100_000] * 20)
    file = tmp_path / "there.json"
    well(export(file, "--data", on_disk.data))
    process = importing(file, *at(database))
    eventually(lambda: int(database.run("SELECT count(*) FROM photos")) > 0)
    process.kill()
    process.wait()
    database.run("UPDATE photo_chunks SET content = content || '!' WHERE number = 1")
    assert "photo" in one_line(bring_in(file, *at(database)))


def test_an_export_tells_of_photos_that_are_not_whole(on_disk, database, tmp_path):  # noqa: F811
    with_photos(on_disk, [100_000] * 3)
    there, back = tmp_path / "there.json", tmp_path / "back.json"
    well(export(there, "--data", on_disk.data))
    well(bring_in(there, *at(database)))
    database.run("DELETE FROM photo_chunks WHERE upload = (SELECT upload FROM photos LIMIT 1)")
    assert "2 photos; 1 photo of messages missing" in well(export(back, *at(database)))
