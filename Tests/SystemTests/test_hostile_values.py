"""Values in the files that no program of ours has written: nothing that is asked ends a server."""

import pytest
import requests

from api import Person, ok, refusal
from forged import edit, sign_ring, sign_snapshot
from programs import run
from stores import one_line, store, well

LAST = 2 ** 53 - 1
FOREVER = 2 ** 63 - 1


def check_running(box):
    assert box.core.is_running and box.core.is_ready()


@pytest.fixture
def old_store(box):
    """A stopped store that holds a row which an earlier version of `accept` let pass."""
    anna, budi, citra = box.friends("anna", "budi", "citra")
    time = anna.send(budi, "dari masa depan")["timestamp"]
    box.core.end()
    sign_snapshot(box.db_file, str(time).encode(), str(FOREVER).encode())
    return anna, budi, citra


def again(box, *people):
    """The same people with the same sessions, at the server as it is now."""
    return [
        Person(box.url, person.id, person.username, person.token) for person in people]


def check_exhausted(box, anna, budi, citra):
    for person, friend in ((anna, budi), (budi, anna)):
        assert [message["timestamp"] for message in person.history(friend)] == [FOREVER]
        status, code, _ = refusal(person.try_send(friend, "lagi"))
        assert (status, code) == (503, "storage_failed")
        last, = (row["lastMessage"] for row in person.friends() if row["id"] == friend.id)
        assert last["timestamp"] == FOREVER
        assert person.texts(friend, after=FOREVER) == []
        assert person.texts(friend, before=FOREVER, limit=5) == []
    assert anna.send(citra, "halo")["content"] == "halo"
    check_running(box)


def test_a_stored_time_that_has_no_next_one_stops_its_conversation_alone(
    box, old_store, tmp_path
):
    anna, budi, citra = old_store
    box.start_core()
    assert f"has the timestamp {FOREVER}" in box.core.log
    # A time beyond all is not taken for the present: sessions go on.
    check_exhausted(box, *again(box, anna, budi, citra))
    well(store("fold", data=box.data))
    well(store("backup", tmp_path / "copy", data=box.data))
    box.restart_core()
    check_exhausted(box, *again(box, anna, budi, citra))
    box.core.end()
    for folder in (box.data, tmp_path / "copy"):
        said = well(store("verify", data=folder))
        assert f"has the timestamp {FOREVER}" in said and "store accept" in said


def test_accept_names_the_row_and_an_edited_time_mends_it(box, old_store):
    anna, budi, _ = old_store
    before = box.db_file.read_bytes()
    said = one_line(store("accept", data=box.data))
    assert "chat 1 (" in said and str(FOREVER) in said and str(LAST) in said
    assert box.db_file.read_bytes() == before
    edit(box.db_file, lambda db: db["chats"][0].update(timestamp=1_750_000_000_000))
    well(store("accept", data=box.data))
    box.start_core()
    anna, budi = again(box, anna, budi)
    anna.send(budi, "lagi")
    assert anna.texts(budi) == ["dari masa depan", "lagi"]


@pytest.mark.parametrize("time, is_accepted", [
    (FOREVER, False), (LAST + 1, False), (LAST, True), (0, True), (-1, False),
    (-2 ** 63, False),
])
def test_whatever_time_is_accepted_a_send_is_answered(box, time, is_accepted):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    box.core.end()
    edit(box.db_file, lambda db: db["chats"][0].update(timestamp=time))
    done = store("accept", "--future", data=box.data)
    assert (done.returncode == 0) == is_accepted, done
    if not is_accepted:
        assert f"timestamp {time};" in one_line(done)
        return
    assert (str(LAST) in done.stdout) == (time == LAST)
    box.start_core()
    anna, budi = (Person.login(box.client(), person.username) for person in (anna, budi))
    answer = anna.try_send(budi, "lagi")
    if time == LAST:
        assert refusal(answer)[:2] == (503, "storage_failed")
    else:
        assert ok(answer)["timestamp"] > time
    check_running(box)


@pytest.mark.parametrize("epoch", [-2 ** 63, 2 ** 63 - 1])
def test_sessions_of_any_stored_epoch_can_be_ended(box, epoch):
    anna, _ = box.friends("anna", "budi")
    box.core.end()
    edit(box.db_file, lambda db: db["users"][0].update(epoch=epoch))
    assert "epoch of user 1" in one_line(store("accept", data=box.data))
    edit(box.db_file, lambda db: db["users"][0].update(epoch=5))
    well(store("accept", data=box.data))
    sign_snapshot(box.db_file, b'"epoch":5,', f'"epoch":{epoch},'.encode())
    box.start_core()
    anna = Person.login(box.client(), "anna")
    done = run("ChatCore", "users", "sign-out", "anna", "--data", box.data)
    assert done.returncode == 0, done
    assert refusal(anna.try_friends())[0] == 401
    check_running(box)


def test_a_row_too_long_for_the_journal_is_refused_by_name(box):
    anna, budi = box.friends("anna", "budi")
    id = anna.send(budi, "halo")["id"]
    box.core.end()
    edit(box.db_file, lambda db: db["chats"][0].update(content="v1:" + "x" * (17 << 20)))
    assert f"message {id} is longer than 16 MiB" in one_line(store("accept", data=box.data))


@pytest.mark.parametrize("created", [
    -2 ** 63, -1, 0, 67_768_036_191_676_799, 2 ** 63 - 1,
])
def test_a_ring_made_at_any_time_is_listed_and_served(box, created):
    anna, budi = box.friends("anna", "budi")
    box.core.end()
    box.cipher.end()
    sign_ring(box.key_file, created=created)
    done = run("Cipher", "keys", "list", "--key-file", box.key_file)
    assert done.returncode == 0 and "current" in done.stdout, done
    box.start_cipher()
    answer = requests.get(
        f"{box.cipher.url}/keys", timeout=10,
        headers={"Authorization": f"Bearer {box.secret_file.read_text().strip()}"})
    assert answer.status_code == 200 and answer.json()["keys"][0]["age"] >= 0
    box.start_core()
    anna, budi = again(box, anna, budi)
    anna.send(budi, "halo")
    assert box.cipher.is_running
