"""A store that the earlier system wrote becomes this one's, and not a word of it is lost."""

import json
import shutil
import time

import pytest

from api import PASSWORD, Client, Person, ok, refusal
from programs import CHECKOUT, Box, eventually, run

FIXTURES = CHECKOUT / "Tests" / "Fixtures"
OLD_STORE = FIXTURES / "legacy-db.json"
EXPECTED = json.loads((FIXTURES / "legacy-expect.json").read_text())
OLD_KEY = b"12345678901234567890123456789012"


@pytest.fixture
def old_box(tmp_path):
    """A box that finds the earlier system's db.json; its vault knows the old key."""
    box = Box(tmp_path)
    box.data.mkdir()
    shutil.copy(OLD_STORE, box.db_file)
    box.db_file.chmod(0o600)
    done = run(
        "Cipher", "keys", "import", "--legacy", "--key-file", box.key_file, input=OLD_KEY)
    assert done.returncode == 0, done.stderr
    yield box
    box.stop()


def residents(box):
    return {
        name: Person.login(box.client(), name, password)
        for name, password in EXPECTED["users"].items()
    }


def check_everything(box):
    people = residents(box)
    for one, two in EXPECTED["friends"]:
        assert people[two].id in {friend["id"] for friend in people[one].friends()}
        assert people[one].id in {friend["id"] for friend in people[two].friends()}
        names = {people[one].id: one, people[two].id: two}
        history = people[one].history(people[two])
        said = [(names[message["senderId"]], message["content"]) for message in history]
        wanted = [(a, text) for a, b, text in EXPECTED["messages"] if {a, b} == {one, two}]
        assert said == wanted
        times = [message["timestamp"] for message in history]
        assert times == sorted(set(times)) and min(times) > 10 ** 11


def test_everything_the_earlier_system_stored_is_there(old_box):
    old_box.start()
    check_everything(old_box)
    old_box.restart_core()
    check_everything(old_box)


def test_what_was_readable_in_the_old_store_is_sealed_in_the_new_one(old_box):
    original = OLD_STORE.read_bytes()
    assert b"tanpa brankas 1" in original
    old_box.start()
    document = json.loads(old_box.folded())
    assert set(document) == {"users", "chats", "meta"}
    assert len(document["chats"]) == len(EXPECTED["messages"])
    assert all(chat["content"].startswith("v") for chat in document["chats"])
    for file in old_box.data.iterdir():
        if file.name != "db.json.before-takeover":
            assert b"tanpa brankas 1" not in file.read_bytes()
            assert b"tersimpan polos" not in file.read_bytes()
    assert (old_box.data / "db.json.before-takeover").read_bytes() == original
    for id in (message["id"] for message in json.loads(original)["messages"]
               if message["content"].startswith(("tanpa", "tersimpan", "SGFs"))):
        assert id in old_box.core.log


def test_every_start_warns_while_the_original_lies_there(old_box):
    old_box.start()
    for _ in range(2):
        start = len(old_box.core.log)
        old_box.restart_core()
        assert "db.json.before-takeover" in old_box.core.log[start:]
    (old_box.data / "db.json.before-takeover").unlink()
    start = len(old_box.core.log)
    old_box.restart_core()
    assert "db.json.before-takeover" not in old_box.core.log[start:]


def test_it_waits_for_cipher_and_says_so(old_box):
    old_box.cipher.start()
    old_box.cipher.arguments[1] = str(old_box.cipher.port)
    old_box.cipher.end()
    old_box.start_core(ready=False)
    assert refusal(old_box.client().get("/readyz"))[:2] == (503, "taking_over")
    assert old_box.db_file.read_bytes() == OLD_STORE.read_bytes()
    old_box.start_cipher()
    eventually(lambda: Client(old_box.url).get("/readyz").status_code == 200)
    check_everything(old_box)


def test_a_second_process_refuses_while_the_first_waits_for_cipher(old_box):
    old_box.cipher.start()
    old_box.cipher.end()
    old_box.start_core(ready=False)
    eventually(lambda: "waiting for the vault" in old_box.core.log)
    second = old_box.core_program()
    start = second.launch()
    assert second.process.wait(20) != 0
    assert "another process owns" in second.log[start:]
    assert old_box.core.is_running


def check_it_asks_for_the_old_key(box):
    core = box.core_program()
    core.launch()
    assert core.process.wait(30) != 0
    assert "keys import --legacy" in core.log
    assert box.db_file.read_bytes() == OLD_STORE.read_bytes()


def test_without_the_old_key_it_names_the_command_and_touches_nothing(old_box):
    old_box.key_file.unlink()
    old_box.start_cipher()
    check_it_asks_for_the_old_key(old_box)


def test_an_old_key_that_is_retired_counts_as_none(old_box):
    def keys(command):
        done = run("Cipher", "keys", command, "2", "--key-file", old_box.key_file)
        assert done.returncode == 0, done.stderr
    keys("retire")
    old_box.start_cipher()
    check_it_asks_for_the_old_key(old_box)
    keys("restore")
    old_box.cipher.end()
    old_box.start()
    check_everything(old_box)


def test_told_to_stop_while_it_waits_it_ends_well(old_box):
    old_box.cipher.start()
    old_box.cipher.arguments[1] = str(old_box.cipher.port)
    old_box.cipher.end()
    old_box.start_core(ready=False)
    assert refusal(old_box.client().get("/readyz"))[:2] == (503, "taking_over")
    assert old_box.core.end() == 0, old_box.core.log
    assert old_box.db_file.read_bytes() == OLD_STORE.read_bytes()


def test_a_kill_during_the_takeover_starts_it_again(old_box):
    old_box.start_cipher()
    for wait in (0.02, 0.05, 0.1, 0.2):
        core = old_box.core_program()
        core.launch()
        time.sleep(wait)
        core.kill()
    old_box.start_core()
    check_everything(old_box)


def put_unsealed(box, *texts, **fields):
    """Has the earlier store end with messages that were stored while its vault was away."""
    store = json.loads(OLD_STORE.read_text())
    last = store["messages"][-1]
    store["messages"] += [
        {**last, "id": f"panjang-{number}", "content": text, **fields}
        for number, text in enumerate(texts)]
    box.db_file.write_text(json.dumps(store, indent=2))


def check_last(box, *texts):
    people = residents(box)
    assert people["wati"].texts(people["agus"])[-len(texts):] == list(texts)


@pytest.mark.parametrize("text, fields", [
    ("q" * ((1 << 20) + 1), {}),
    ("q" * (5 << 20), {}),
    # Short enough, but not as JSON, which has six bytes for each of these.
    ("\x01" * 1_000_000, {}),
    ("qqq", {"id": "panjang-" * 600}),
])
def test_a_message_that_no_vault_takes_ends_the_start_and_is_named_by_its_id(
        old_box, text, fields):
    put_unsealed(old_box, "pendek", text, **fields)
    original = old_box.db_file.read_bytes()
    old_box.start_cipher()
    core = old_box.core_program()
    core.launch()
    assert core.process.wait(30) != 0
    assert "does not take message panjang-" in core.log and "qqq" not in core.log
    assert old_box.db_file.read_bytes() == original
    put_unsealed(old_box, "pendek", "q" * (1 << 20))
    old_box.start_core()
    check_last(old_box, "pendek", "q" * (1 << 20))


@pytest.mark.parametrize("texts", [
    [f"{number:02}" * (1 << 19) for number in range(24)],
    ["\x01" * 650_000 + f"{number}" for number in range(8)],
])
def test_many_long_texts_are_taken_over(old_box, texts):
    put_unsealed(old_box, *texts)
    old_box.start()
    check_last(old_box, *texts)


def test_people_of_the_old_store_go_on_as_everybody_else(old_box):
    old_box.start()
    people = residents(old_box)
    wati, agus = people["wati"], people["agus"]
    wati.send(agus, "masih di sini")
    assert agus.texts(wati)[-1] == "masih di sini"
    newcomer = old_box.person("pendatang")
    newcomer.befriend(wati)
    ok(wati.api.post("/auth/change-password", {"userId": wati.id, "newPassword": PASSWORD}))
    assert Person.login(old_box.client(), "wati").friends()[-1]["id"] == newcomer.id


def test_a_password_that_the_old_system_cut_is_taken_whole(old_box):
    """The hash is a test vector of crypt_blowfish 1.3, which looks at 72 bytes as bcrypt does."""
    counted = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    password = counted + "chars after 72 are ignored"
    store = json.loads(OLD_STORE.read_text())
    user = next(user for user in store["users"] if user["username"] == "wati")
    user["password"] = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
    old_box.db_file.write_text(json.dumps(store, indent=2))
    old_box.start()
    client = old_box.client()
    wati = Person.login(client, "wati", password)
    assert client.login("wati", "!" + password).status_code == 401
    run("ChatCore", "users", "sign-out", "wati", "--data", old_box.data)
    assert wati.try_friends().status_code == 401
    old_box.restart_core()
    client = old_box.client()
    wati = Person.login(client, "wati", password)
    ok(wati.api.post("/auth/change-password", {
        "userId": wati.id, "newPassword": counted, "currentPassword": password}))
    assert client.login("wati", password).status_code == 401
    ok(client.login("wati", counted))
