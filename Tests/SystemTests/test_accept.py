"""`ChatCore store accept` signs what the store could have written, and says what it could not."""

import json
import time

import pytest

from api import Person
from forged import edit
from stores import contents, history, one_line, store, well

YEAR_2036 = 2_082_758_400_000


@pytest.fixture
def folded(house):
    """A stopped store of two friends and three messages, all of it in db.json."""
    anna, budi = house.friends("anna", "budi")
    for n in range(3):
        anna.send(budi, f"#{n}")
    house.folded()
    return anna, budi


def change_chat(place, **fields):
    return lambda db: db["chats"][place].update(fields)


def change_user(place, **fields):
    return lambda db: db["users"][place].update(fields)


@pytest.mark.parametrize("change, said", [
    (change_chat(1, content="rahasia"), "content of chat 2 ("),
    (change_chat(1, content="v1:cmFoYXNpYQ=="), "content of chat 2 ("),
    (change_chat(1, timestamp=-5), "chat 2 ("),
    (change_chat(1, timestamp=YEAR_2036), "--future"),
    (change_chat(1, catatan="rahasia"), 'field "catatan"'),
    (change_user(1, password="rahasia"), "password of user 2 ("),
    (change_user(1, email="budi@example.com"), 'field "email"'),
    (lambda db: db.update(messages=[]), '"messages"'),
    (lambda db: db["chats"].append(db["chats"][0]), "chat 4 ("),
])
def test_a_refusal_says_who_and_where_and_keeps_nothing(house, folded, change, said):
    edit(house.db_file, change)
    before = contents(house.data)
    assert said in one_line(store("accept", data=house.data))
    assert contents(house.data) == before


def test_a_store_that_lost_its_meta_is_never_taken_over(house, folded):
    """Returns the part of a good store that `jq '{users, chats}'` prints."""
    anna, budi = folded
    document = json.loads(house.db_file.read_text())
    kept = {key: document[key] for key in ("users", "chats")}
    house.db_file.write_text(json.dumps(kept, indent=2))
    edited = house.db_file.read_bytes()
    start = house.core.launch()
    assert house.core.process.wait(30) != 0
    assert "store accept" in house.core.log[start:]
    assert house.db_file.read_bytes() == edited
    assert not (house.data / "db.json.before-takeover").exists()
    said = well(store("accept", data=house.data))
    assert '"meta" was gone' in said and "3 messages" in said
    house.start_core()
    assert history(house, anna, budi) == ["#0", "#1", "#2"]


def test_a_byte_order_mark_is_ignored_and_told(house, folded):
    anna, budi = folded
    house.db_file.write_bytes(b"\xef\xbb\xbf" + house.db_file.read_bytes())
    assert "byte-order mark" in well(store("accept", data=house.data))
    house.start_core()
    assert history(house, anna, budi) == ["#0", "#1", "#2"]


def test_a_message_dated_in_the_future_is_taken_when_it_is_meant(house, folded):
    edit(house.db_file, change_chat(2, timestamp=int(time.time() * 1000) + 86_400_000 * 3))
    assert "chat 3 (" in one_line(store("accept", data=house.data))
    well(store("accept", "--future", data=house.data))


def test_without_db_json_the_ways_out_are_named(house, folded):
    house.db_file.unlink()
    said = one_line(store("accept", data=house.data))
    assert f"store salvage {house.data} NEW" in said and "store restore" in said


def test_what_was_accepted_is_served(house, folded):
    anna, budi = folded
    edit(house.db_file, change_user(1, username="bude"))
    well(store("accept", data=house.data))
    house.start_core()
    assert Person.login(house.client(), "bude").texts(anna) == ["#0", "#1", "#2"]
