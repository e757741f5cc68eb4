"""Values in the files that no program of ours has written: nothing that is asked ends a server."""

import pytest
import requests

from api import Person, ok, refusal
from forged import edit, sign_ring, sign_snapshot
from programs import run
from stores import one_line, store, well

LAST = 2 ** 53 - 1
FOREVER = 2 ** 63 - 1


def check_running(house):
    assert house.core.is_running and house.core.is_ready()


@pytest.fixture
def old_store(house):
    """A stopped store that holds a row which an earlier version of `accept` let pass."""
    anna, budi, citra = house.friends("anna", "budi", "citra")
    time = anna.send(budi, "dari masa depan")["timestamp"]
    house.core.end()
    sign_snapshot(house.db_file, str(time).encode(), str(FOREVER).encode())
    return anna, budi, citra


def again(house, *people):
    """The same people with the same sessions, at the server as it is now."""
    return [
        Person(house.url, person.id, person.username, person.token) for person in people]


def check_exhausted(house, anna, budi, citra):
    for person, friend in ((anna, budi), (budi, anna)):
        assert [message["timestamp"] for message in person.history(friend)] == [FOREVER]
        status, code, _ = refusal(person.try_send(friend, "lagi"))
        assert (status, code) == (503, "storage_failed")
        last, = (row["lastMessage"] for row in person.friends() if row["id"] == friend.id)
        assert last["timestamp"] == FOREVER
        assert person.texts(friend, after=FOREVER) == []
        assert person.texts(friend, before=FOREVER, limit=5) == []
    assert anna.send(citra, "halo")["content"] == "halo"
    check_running(house)


def test_a_stored_time_that_has_no_next_one_stops_its_conversation_alone(
    house, old_store, tmp_path
):
    anna, budi, citra = old_store
    house.start_core()
    assert f"has the timestamp {FOREVER}" in house.core.log
    # A time beyond all is not taken for the present: sessions go on.
    check_exhausted(house, *again(house, anna, budi, citra))
    well(store("fold", data=house.data))
    well(store("backup", tmp_path / "copy", data=house.data))
    house.restart_core()
    check_exhausted(house, *again(house, anna, budi, citra))
    house.core.end()
    for folder in (house.data, tmp_path / "copy"):
        said = well(store("verify", data=folder))
        assert f"has the timestamp {FOREVER}" in said and "store accept" in said


def test_accept_names_the_row_and_an_edited_time_mends_it(house, old_store):
    anna, budi, _ = old_store
    before = house.db_file.read_bytes()
    said = one_line(store("accept", data=house.data))
    assert "chat 1 (" in said and str(FOREVER) in said and str(LAST) in said
    assert house.db_file.read_bytes() == before
    edit(house.db_file, lambda db: db["chats"][0].update(timestamp=1_750_000_000_000))
    well(store("accept", data=house.data))
    house.start_core()
    anna, budi = again(house, anna, budi)
    anna.send(budi, "lagi")
    assert anna.texts(budi) == ["dari masa depan", "lagi"]


@pytest.mark.parametrize("time, is_accepted", [
    (FOREVER, False), (LAST + 1, False), (LAST, True), (0, True), (-1, False),
    (-2 ** 63, False),
])
def test_whatever_time_is_accepted_a_send_is_answered(house, time, is_accepted):
    anna, budi = house.friends("anna", "budi")
    anna.send(budi, "halo")
    house.core.end()
    edit(house.db_file, lambda db: db["chats"][0].update(timestamp=time))
    done = store("accept", "--future", data=house.data)
    assert (done.returncode == 0) == is_accepted, done
    if not is_accepted:
        assert f"timestamp {time};" in one_line(done)
        return
    assert (str(LAST) in done.stdout) == (time == LAST)
    house.start_core()
    anna, budi = (Person.login(house.client(), person.username) for person in (anna, budi))
    answer = anna.try_send(budi, "lagi")
    if time == LAST:
        assert refusal(answer)[:2] == (503, "storage_failed")
    else:
        assert ok(answer)["timestamp"] > time
    check_running(house)


@pytest.mark.parametrize("epoch", [-2 ** 63, 2 ** 63 - 1])
def test_sessions_of_any_stored_epoch_can_be_ended(house, epoch):
    anna, _ = house.friends("anna", "budi")
    house.core.end()
    edit(house.db_file, lambda db: db["users"][0].update(epoch=epoch))
    assert "epoch of user 1" in one_line(store("accept", data=house.data))
    edit(house.db_file, lambda db: db["users"][0].update(epoch=5))
    well(store("accept", data=house.data))
    sign_snapshot(house.db_file, b'"epoch":5}', f'"epoch":{epoch}}}'.encode())
    house.start_core()
    anna = Person.login(house.client(), "anna")
    done = run("ChatCore", "users", "sign-out", "anna", "--data", house.data)
    assert done.returncode == 0, done
    assert refusal(anna.try_friends())[0] == 401
    check_running(house)


def test_a_row_too_long_for_the_journal_is_refused_by_name(house):
    anna, budi = house.friends("anna", "budi")
    id = anna.send(budi, "halo")["id"]
    house.core.end()
    edit(house.db_file, lambda db: db["chats"][0].update(content="v1:" + "x" * (17 << 20)))
    assert f"message {id} is longer than 16 MiB" in one_line(store("accept", data=house.data))


@pytest.mark.parametrize("created", [
    -2 ** 63, -1, 0, 67_768_036_191_676_799, 2 ** 63 - 1,
])
def test_a_ring_made_at_any_time_is_listed_and_served(house, created):
    anna, budi = house.friends("anna", "budi")
    house.core.end()
    house.cipher.end()
    sign_ring(house.key_file, created=created)
    done = run("Cipher", "keys", "list", "--key-file", house.key_file)
    assert done.returncode == 0 and "current" in done.stdout, done
    house.start_cipher()
    answer = requests.get(
        f"{house.cipher.url}/keys", timeout=10,
        headers={"Authorization": f"Bearer {house.secret_file.read_text().strip()}"})
    assert answer.status_code == 200 and answer.json()["keys"][0]["age"] >= 0
    house.start_core()
    anna, budi = again(house, anna, budi)
    anna.send(budi, "halo")
    assert house.cipher.is_running
