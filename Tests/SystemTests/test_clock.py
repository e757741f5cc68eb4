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


def ahead(house):
    """A stopped store whose newest message is of 2036, as a clock has left it."""
    anna, budi = house.friends("anna", "budi")
    anna.send(budi, "sekarang")
    id = anna.send(budi, "dari 2036")["id"]
    house.folded()
    edit(house.db_file, lambda db: db["chats"][1].update(timestamp=YEAR_2036))
    well(store("accept", "--future", data=house.data))
    return anna, budi, id


def test_a_clock_that_was_ahead_is_told_of_at_every_start_and_reset(house):
    anna, budi, id = ahead(house)
    for _ in range(2):
        start = len(house.core.log)
        house.start_core()
        said = house.core.log[start:]
        assert "store's time is ahead" in said and id in said
        assert f"store clock-reset --data {house.data}" in said
        house.core.end()
    house.start_core()
    late = Person.login(house.client(), "anna")
    assert claims(late.token)["iat"] == YEAR_2036 // 1000
    assert "another process" in one_line(store("clock-reset", data=house.data))
    house.core.end()
    said = well(store("clock-reset", data=house.data))
    assert "2036-01-01T00:00:00Z" in said and "2 users have ended" in said
    well(store("verify", data=house.data))
    start = len(house.core.log)
    house.start_core()
    assert "store's time is ahead" not in house.core.log[start:]
    assert refusal(Person(house.url, late.id, "anna", late.token).try_friends())[0] == 401
    anna, budi = (Person.login(house.client(), name) for name in ("anna", "budi"))
    assert abs(claims(anna.token)["iat"] - time.time()) < 60
    # The conversation's times still grow, and do not bring the later time back.
    assert anna.send(budi, "lagi")["timestamp"] == YEAR_2036 + 1
    assert anna.texts(budi, after=YEAR_2036) == ["lagi"]
    house.restart_core()
    anna = Person.login(house.client(), "anna")
    assert abs(claims(anna.token)["iat"] - time.time()) < 60
    house.core.end()
    assert "nothing was changed" in well(store("clock-reset", data=house.data))


def test_a_backup_of_a_reset_store_is_reset_too(house, tmp_path):
    ahead(house)
    well(store("clock-reset", data=house.data))
    well(store("backup", tmp_path / "copy", data=house.data))
    assert "nothing was changed" in well(store("clock-reset", data=tmp_path / "copy"))


def test_a_new_store_is_told_of_so_that_a_mistyped_folder_is_seen(house, tmp_path):
    house.core.end()
    house.data = tmp_path / "dtaa"
    house.start_core()
    assert f"made a new store in {house.data}" in house.core.log
    start = len(house.core.log)
    house.restart_core()
    assert "made a new store" not in house.core.log[start:]
