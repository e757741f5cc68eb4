"""A clock that was once ahead is told of at every start, and put right by one command."""

import base64
import json
import time

from api import Person, refusal
from forged import edit
from stores import one_line, store, well

YEAR_2036 = 2_082_758_400_000


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def ahead(box):
    """A stopped store whose newest message is of 2036, as a clock has left it."""
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "sekarang")
    id = anna.send(budi, "dari 2036")["id"]
    box.folded()
    edit(box.db_file, lambda db: db["chats"][1].update(timestamp=YEAR_2036))
    well(store("accept", "--future", data=box.data))
    return anna, budi, id


def test_a_clock_that_was_ahead_is_told_of_at_every_start_and_reset(box):
    anna, budi, id = ahead(box)
    for _ in range(2):
        start = len(box.core.log)
        box.start_core()
        said = box.core.log[start:]
        assert "store's time is ahead" in said and id in said
        assert f"store clock-reset --data {box.data}" in said
        box.core.end()
    box.start_core()
    late = Person.login(box.client(), "anna")
    assert claims(late.token)["iat"] == YEAR_2036 // 1000
    assert "another process" in one_line(store("clock-reset", data=box.data))
    box.core.end()
    said = well(store("clock-reset", data=box.data))
    assert "2036-01-01T00:00:00Z" in said and "2 users have ended" in said
    well(store("verify", data=box.data))
    start = len(box.core.log)
    box.start_core()
    assert "store's time is ahead" not in box.core.log[start:]
    assert refusal(Person(box.url, late.id, "anna", late.token).try_friends())[0] == 401
    anna, budi = (Person.login(box.client(), name) for name in ("anna", "budi"))
    assert abs(claims(anna.token)["iat"] - time.time()) < 60
    # The conversation's times still grow, and do not bring the later time back.
    assert anna.send(budi, "lagi")["timestamp"] == YEAR_2036 + 1
    assert anna.texts(budi, after=YEAR_2036) == ["lagi"]
    box.restart_core()
    anna = Person.login(box.client(), "anna")
    assert abs(claims(anna.token)["iat"] - time.time()) < 60
    box.core.end()
    assert "nothing was changed" in well(store("clock-reset", data=box.data))


def test_a_backup_of_a_reset_store_is_reset_too(box, tmp_path):
    ahead(box)
    well(store("clock-reset", data=box.data))
    well(store("backup", tmp_path / "copy", data=box.data))
    assert "nothing was changed" in well(store("clock-reset", data=tmp_path / "copy"))


def test_a_new_store_is_told_of_so_that_a_mistyped_folder_is_seen(box, tmp_path):
    box.core.end()
    box.data = tmp_path / "dtaa"
    box.start_core()
    assert f"made a new store in {box.data}" in box.core.log
    start = len(box.core.log)
    box.restart_core()
    assert "made a new store" not in box.core.log[start:]
