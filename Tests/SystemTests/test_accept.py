"""`ChatCore store accept` signs what the store could have written, and says what it could not."""

import json
import time

import pytest

from api import Person
from forged import edit
from stores import contents, history, one_line, store, well

YEAR_2036 = 2_082_758_400_000


@pytest.fixture
def folded(box):
    """A stopped store of two friends and three messages, all of it in db.json."""
    anna, budi = box.friends("anna", "budi")
    for n in range(3):
        anna.send(budi, f"#{n}")
    box.folded()
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
def test_a_refusal_says_who_and_where_and_keeps_nothing(box, folded, change, said):
    edit(box.db_file, change)
    before = contents(box.data)
    assert said in one_line(store("accept", data=box.data))
    assert contents(box.data) == before


def test_a_store_that_lost_its_meta_is_never_taken_over(box, folded):
    """Returns the part of a good store that `jq '{users, chats}'` prints."""
    anna, budi = folded
    document = json.loads(box.db_file.read_text())
    kept = {key: document[key] for key in ("users", "chats")}
    box.db_file.write_text(json.dumps(kept, indent=2))
    edited = box.db_file.read_bytes()
    start = box.core.launch()
    assert box.core.process.wait(30) != 0
    assert "store accept" in box.core.log[start:]
    assert box.db_file.read_bytes() == edited
    assert not (box.data / "db.json.before-takeover").exists()
    said = well(store("accept", data=box.data))
    assert '"meta" was gone' in said and "3 messages" in said
    box.start_core()
    assert history(box, anna, budi) == ["#0", "#1", "#2"]


def test_a_byte_order_mark_is_ignored_and_told(box, folded):
    anna, budi = folded
    box.db_file.write_bytes(b"\xef\xbb\xbf" + box.db_file.read_bytes())
    assert "byte-order mark" in well(store("accept", data=box.data))
    box.start_core()
    assert history(box, anna, budi) == ["#0", "#1", "#2"]


def test_a_message_dated_in_the_future_is_taken_when_it_is_meant(box, folded):
    edit(box.db_file, change_chat(2, timestamp=int(time.time() * 1000) + 86_400_000 * 3))
    assert "chat 3 (" in one_line(store("accept", data=box.data))
    well(store("accept", "--future", data=box.data))


def test_without_db_json_the_ways_out_are_named(box, folded):
    box.db_file.unlink()
    said = one_line(store("accept", data=box.data))
    assert f"store salvage {box.data} NEW" in said and "store restore" in said


def test_what_was_accepted_is_served(box, folded):
    anna, budi = folded
    edit(box.db_file, change_user(1, username="bude"))
    well(store("accept", data=box.data))
    box.start_core()
    assert Person.login(box.client(), "bude").texts(anna) == ["#0", "#1", "#2"]
