"""A store in a database keeps no photos, and says so."""

import pytest
from test_photos import photo
from test_store_move import at, database, on_disk  # noqa: F401

import databases
from api import new_id, refusal
from moves import bring_in, export
from stores import one_line, well

pytestmark = pytest.mark.skipif(not databases.IS_USED, reason="it needs a database")


def test_the_routes_of_photos_are_not_served_from_a_database(new_box):
    me, friend = new_box().start().friends("budi", "sari")
    id = new_id()
    assert refusal(me.try_put_photo(friend, photo(100), id))[:2] == (404, "not_found")
    assert refusal(me.try_get_photo(friend, id))[:2] == (404, "not_found")
    assert refusal(me.try_send_photo(friend, id, "halo"))[:2] == (400, "malformed")
    assert me.send(friend, "teks")["content"] == "teks"


def test_a_store_with_photos_does_not_move_to_a_database(on_disk, database, tmp_path):  # noqa: F811
    box = on_disk.start()
    me, friend = box.friends("budi", "sari")
    me.send_photo(friend, me.put_photo(friend, photo(1_000)))
    box.core.end()
    file = tmp_path / "store.json"
    well(export(file, "--data", box.data))
    assert "holds photos" in one_line(bring_in(file, *at(database)))
