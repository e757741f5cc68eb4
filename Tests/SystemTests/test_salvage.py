"""A damaged store is brought back to health with what the programs print, and nothing else."""

import re

import pytest

from api import Person
from forged import edit
from programs import run
from stores import contents, history, one_line, store, well


def damaged_house(house):
    """Three messages in db.json, two in the journal; the server is gone."""
    anna, budi = house.friends("anna", "budi")
    ids = [anna.send(budi, f"#{n}")["id"] for n in range(3)]
    well(store("fold", data=house.data))
    ids += [budi.send(anna, f"#{n}")["id"] for n in range(3, 5)]
    house.core.kill()
    return anna, budi, ids


def flip(file, place):
    damaged = bytearray(file.read_bytes())
    damaged[place] ^= 1
    file.write_bytes(damaged)


def refusal_at_start(house):
    start = house.core.launch()
    assert house.core.process.wait(30) != 0
    return house.core.log[start:]


def advised(log, command, house, **words):
    """The arguments of a command that a message names, with its placeholders filled in."""
    found = re.search(rf"`ChatCore (store {command} [^`]*)`", log)
    assert found, log
    return [words.get(word, word) for word in found.group(1).split()]


def salvage(house, tmp_path):
    """Does what the refused start says; returns what salvage printed."""
    log = refusal_at_start(house)
    before = contents(house.data)
    new = tmp_path / "new"
    said = well(run("ChatCore", *advised(log, "salvage", house, NEW=new)))
    assert contents(house.data) == before, "salvage changed what it read"
    well(store("verify", data=new))
    well(run("ChatCore", *advised(log, "restore", house, BACKUP=new)))
    house.start_core()
    return said


def content_of(house, id):
    """Returns the range of a content's base64 in db.json."""
    text = house.db_file.read_bytes()
    return text.index(b'"content":"v1:', text.index(id.encode())) + 30


def test_a_byte_of_a_content_costs_that_message_alone(house, tmp_path):
    anna, budi, ids = damaged_house(house)
    place = content_of(house, ids[1])
    flip(house.db_file, place)
    log = refusal_at_start(house)
    assert f"{house.db_file} is damaged at byte {place}: a byte of message {ids[1]}" in log
    assert "store accept" not in log
    said = salvage(house, tmp_path)
    assert f"left out: {house.db_file} byte " in said and f"message {ids[1]}" in said
    assert history(house, anna, budi) == ["#0", "#2", "#3", "#4"]


def test_a_bit_of_the_journals_first_line_costs_nothing(house, tmp_path):
    anna, budi, _ = damaged_house(house)
    flip(sorted(house.data.glob("journal-*"))[-1], 20)
    said = salvage(house, tmp_path)
    assert "journal-" in said
    assert history(house, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]
    again = Person(house.url, budi.id, budi.username, budi.token)
    assert again.send(anna, "lagi")["content"] == "lagi"


def test_a_bit_of_a_line_in_the_middle_of_the_journal_costs_that_line(house, tmp_path):
    anna, budi, ids = damaged_house(house)
    journal = sorted(house.data.glob("journal-*"))[-1]
    place = journal.read_bytes().index(ids[3].encode()) + 60
    flip(journal, place)
    said = salvage(house, tmp_path)
    assert f"left out: {journal} byte " in said and f"message {ids[3]}" in said
    assert history(house, anna, budi) == ["#0", "#1", "#2", "#4"]


def test_a_bit_of_an_account_is_put_right(house, tmp_path):
    anna, budi, _ = damaged_house(house)
    flip(house.db_file, house.db_file.read_bytes().index(b'"username":"budi"') + 13)
    said = salvage(house, tmp_path)
    assert "put right" in said and "0 records" in said
    assert history(house, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]


@pytest.mark.parametrize("damage", ["checksum", "tail", "no journal", "account"])
def test_what_is_left_is_served_again(house, tmp_path, damage):
    anna, budi, _ = damaged_house(house)
    text = house.db_file.read_bytes()
    if damage == "checksum":
        flip(house.db_file, len(text) - 6)
    elif damage == "tail":
        house.db_file.write_bytes(text[:-40])
    elif damage == "account":
        house.db_file.write_bytes(text.replace(b'"username":"budi"', b'"use#name":#budi"'))
    else:
        for journal in house.data.glob("journal-*"):
            journal.unlink()
    said = salvage(house, tmp_path)
    kept = ["#0", "#1", "#2"] + (["#3", "#4"] if damage != "no journal" else [])
    assert history(house, anna, budi) == kept
    if damage == "account":
        assert f"user {budi.id}" in said and "salvaged-1" in said
        well(run("ChatCore", "users", "rename", "salvaged-1", "budi", "--data", house.data))


def test_without_db_json_the_journals_messages_are_saved(house, tmp_path):
    anna, budi, _ = damaged_house(house)
    house.db_file.unlink()
    said = salvage(house, tmp_path)
    assert "it is missing" in said and "salvaged-2" in said
    house.core.end()
    assert "2 users, 2 messages" in well(store("fold", data=house.data))


def test_an_edit_beside_a_journal_is_brought_together_with_it(house, tmp_path):
    anna, budi, _ = damaged_house(house)
    edit(house.db_file, lambda db: db["users"][1].update(username="bude"))
    said = one_line(store("accept", data=house.data))
    new = tmp_path / "new"
    assert f"store salvage {house.data} NEW" in said
    assert "0 records" in well(run("ChatCore", "store", "salvage", house.data, new))
    well(store("restore", new, data=house.data))
    house.start_core()
    assert history(house, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]
    assert Person.login(house.client(), "bude").friends()


def test_salvage_refuses_where_a_server_runs_or_something_lies(house, tmp_path):
    house.friends("anna", "budi")
    assert "another process" in one_line(
        run("ChatCore", "store", "salvage", house.data, tmp_path / "new"))
    house.core.end()
    assert "in it" in one_line(
        run("ChatCore", "store", "salvage", house.data, house.data / "new"))
    assert "not empty" in one_line(run("ChatCore", "store", "salvage", house.data, tmp_path))
    assert "no store" in one_line(
        run("ChatCore", "store", "salvage", tmp_path / "none", tmp_path / "new"))
    assert not (tmp_path / "new").exists()
