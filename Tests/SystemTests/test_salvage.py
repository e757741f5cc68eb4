"""A damaged store is brought back to health with what the programs print, and nothing else."""

import re

import pytest

from api import Person
from forged import edit
from programs import run
from stores import contents, history, one_line, store, well


def damaged_box(box):
    """Three messages in db.json, two in the journal; the server is gone."""
    anna, budi = box.friends("anna", "budi")
    ids = [anna.send(budi, f"#{n}")["id"] for n in range(3)]
    well(store("fold", data=box.data))
    ids += [budi.send(anna, f"#{n}")["id"] for n in range(3, 5)]
    box.core.kill()
    return anna, budi, ids


def flip(file, place):
    damaged = bytearray(file.read_bytes())
    damaged[place] ^= 1
    file.write_bytes(damaged)


def refusal_at_start(box):
    start = box.core.launch()
    assert box.core.process.wait(30) != 0
    return box.core.log[start:]


def advised(log, command, box, **words):
    """The arguments of a command that a message names, with its placeholders filled in."""
    found = re.search(rf"`ChatCore (store {command} [^`]*)`", log)
    assert found, log
    return [words.get(word, word) for word in found.group(1).split()]


def salvage(box, tmp_path):
    """Does what the refused start says; returns what salvage printed."""
    log = refusal_at_start(box)
    before = contents(box.data)
    new = tmp_path / "new"
    said = well(run("ChatCore", *advised(log, "salvage", box, NEW=new)))
    assert contents(box.data) == before, "salvage changed what it read"
    well(store("verify", data=new))
    well(run("ChatCore", *advised(log, "restore", box, BACKUP=new)))
    box.start_core()
    return said


def content_of(box, id):
    """Returns the range of a content's base64 in db.json."""
    text = box.db_file.read_bytes()
    return text.index(b'"content":"v1:', text.index(id.encode())) + 30


def test_a_byte_of_a_content_costs_that_message_alone(box, tmp_path):
    anna, budi, ids = damaged_box(box)
    place = content_of(box, ids[1])
    flip(box.db_file, place)
    log = refusal_at_start(box)
    assert f"{box.db_file} is damaged at byte {place}: a byte of message {ids[1]}" in log
    assert "store accept" not in log
    said = salvage(box, tmp_path)
    assert f"left out: {box.db_file} byte " in said and f"message {ids[1]}" in said
    assert history(box, anna, budi) == ["#0", "#2", "#3", "#4"]


def test_a_bit_of_the_journals_first_line_costs_nothing(box, tmp_path):
    anna, budi, _ = damaged_box(box)
    flip(sorted(box.data.glob("journal-*"))[-1], 20)
    said = salvage(box, tmp_path)
    assert "journal-" in said
    assert history(box, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]
    again = Person(box.url, budi.id, budi.username, budi.token)
    assert again.send(anna, "lagi")["content"] == "lagi"


def test_a_bit_of_a_line_in_the_middle_of_the_journal_costs_that_line(box, tmp_path):
    anna, budi, ids = damaged_box(box)
    journal = sorted(box.data.glob("journal-*"))[-1]
    place = journal.read_bytes().index(ids[3].encode()) + 60
    flip(journal, place)
    said = salvage(box, tmp_path)
    assert f"left out: {journal} byte " in said and f"message {ids[3]}" in said
    assert history(box, anna, budi) == ["#0", "#1", "#2", "#4"]


def test_a_bit_of_an_account_is_put_right(box, tmp_path):
    anna, budi, _ = damaged_box(box)
    flip(box.db_file, box.db_file.read_bytes().index(b'"username":"budi"') + 13)
    said = salvage(box, tmp_path)
    assert "put right" in said and "0 records" in said
    assert history(box, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]


@pytest.mark.parametrize("damage", ["checksum", "tail", "no journal", "account"])
def test_what_is_left_is_served_again(box, tmp_path, damage):
    anna, budi, _ = damaged_box(box)
    text = box.db_file.read_bytes()
    if damage == "checksum":
        flip(box.db_file, len(text) - 6)
    elif damage == "tail":
        box.db_file.write_bytes(text[:-40])
    elif damage == "account":
        box.db_file.write_bytes(text.replace(b'"username":"budi"', b'"use#name":#budi"'))
    else:
        for journal in box.data.glob("journal-*"):
            journal.unlink()
    said = salvage(box, tmp_path)
    kept = ["#0", "#1", "#2"] + (["#3", "#4"] if damage != "no journal" else [])
    assert history(box, anna, budi) == kept
    if damage == "account":
        assert f"user {budi.id}" in said and "salvaged-1" in said
        well(run("ChatCore", "users", "rename", "salvaged-1", "budi", "--data", box.data))


def test_without_db_json_the_journals_messages_are_saved(box, tmp_path):
    anna, budi, _ = damaged_box(box)
    box.db_file.unlink()
    said = salvage(box, tmp_path)
    assert "it is missing" in said and "salvaged-2" in said
    box.core.end()
    assert "2 users, 2 messages" in well(store("fold", data=box.data))


def test_an_edit_beside_a_journal_is_brought_together_with_it(box, tmp_path):
    anna, budi, _ = damaged_box(box)
    edit(box.db_file, lambda db: db["users"][1].update(username="bude"))
    said = one_line(store("accept", data=box.data))
    new = tmp_path / "new"
    assert f"store salvage {box.data} NEW" in said
    assert "0 records" in well(run("ChatCore", "store", "salvage", box.data, new))
    well(store("restore", new, data=box.data))
    box.start_core()
    assert history(box, anna, budi) == ["#0", "#1", "#2", "#3", "#4"]
    assert Person.login(box.client(), "bude").friends()


def test_salvage_refuses_where_a_server_runs_or_something_lies(box, tmp_path):
    box.friends("anna", "budi")
    assert "another process" in one_line(
        run("ChatCore", "store", "salvage", box.data, tmp_path / "new"))
    box.core.end()
    assert "in it" in one_line(
        run("ChatCore", "store", "salvage", box.data, box.data / "new"))
    assert "not empty" in one_line(run("ChatCore", "store", "salvage", box.data, tmp_path))
    assert "no store" in one_line(
        run("ChatCore", "store", "salvage", tmp_path / "none", tmp_path / "new"))
    assert not (tmp_path / "new").exists()
