"""Leaving: account, friendships and messages are gone, for everybody and in the files."""

import signal

from api import PASSWORD, Person, new_id, ok, refusal
from programs import eventually


def delete(person, password=PASSWORD, id=None):
    body = {"userId": id or person.id, "currentPassword": password}
    return person.api.post("/auth/delete-account", body)


def test_an_account_is_gone_for_everybody(people, client):
    anna, budi = people("anna", "budi")
    citra, = people("citra")
    anna.befriend(citra)
    anna.send(budi, "halo")
    ok(citra.api.post("/friends/block", {"myId": citra.id, "friendId": anna.id}))
    tag = budi.try_friends().headers["ETag"]
    assert ok(delete(anna)) == {"message": "Akun dihapus"}
    assert refusal(anna.try_friends())[:2] == (401, "unauthorized")
    assert refusal(client.login(anna.username))[:2] == (401, "bad_credentials")
    assert budi.friends() == [] and budi.try_friends().headers["ETag"] != tag
    assert budi.history(anna) == []
    assert ok(citra.api.get(f"/friends/{citra.id}/blocked")) == []
    assert refusal(budi.try_send(anna, "masih?"))[0] in (403, 404)
    assert ok(client.register(anna.username))["id"] != anna.id


def test_it_takes_the_password_of_the_caller(people):
    anna, budi = people("anna", "budi")
    assert refusal(delete(anna, "bukan ini")) \
        == (401, "bad_credentials", "Username atau Password salah!")
    assert refusal(anna.api.post("/auth/delete-account", {"userId": anna.id})) \
        == (400, "malformed", "Parameter kurang")
    for id in (budi.id, new_id()):
        assert refusal(delete(anna, id=id))[:2] == (403, "forbidden")
    assert [each["id"] for each in budi.friends()] == [anna.id]


def test_nothing_of_it_stays_in_the_files(box):
    anna, budi = box.friends("anna", "budi")
    sent = anna.send(budi, "rahasia")
    eventually(lambda: anna.id in box.db_file.read_text(), what="the fold")
    ok(delete(anna))
    box.restart_core(signal.SIGKILL)
    assert Person(box.url, budi.id, budi.username, budi.token).friends() == []

    def files():
        return "".join(path.read_text() for path in box.data.glob("*") if path.is_file())
    eventually(
        lambda: anna.id not in files() and sent["id"] not in files(), what="the next fold")
