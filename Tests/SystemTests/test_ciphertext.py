"""The promise: the store holds ciphertext only, of a kind that anyone with the key can check."""

import base64
import json

import pytest

from api import PASSWORD, new_id, ok
from forged import edit
from programs import Box, run
from stores import store, well
from test_durability import reconnected
from vault import context_of, open_sealed, seal

KEY = bytes(range(32))
TEXTS = [
    "rahasia besar kita", "日本語のひみつ", "baris satu\nbaris dua", "<b>tebal</b> 😀", "x" * 4096,
]


@pytest.fixture
def known_box(tmp_path):
    """A box whose first key we chose."""
    box = Box(tmp_path)
    done = run("Cipher", "keys", "import", "--key-file", box.key_file, input=KEY)
    assert done.returncode == 0, done.stderr
    yield box.start()
    box.stop()


def forms(text):
    """Returns the forms in which a text might stand in a file by mistake."""
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]


def test_neither_the_journal_nor_db_json_ever_holds_plaintext(box):
    anna, budi = box.friends("anna", "budi")
    for text in TEXTS:
        anna.send(budi, text)
    in_the_journal = box.stored_bytes()
    box.core.end()
    for stored in (in_the_journal, box.stored_bytes()):
        assert len(stored) > 4096
        for text in [*TEXTS, PASSWORD]:
            for form in forms(text):
                assert form not in stored


def test_what_the_store_holds_opens_with_another_implementation(known_box):
    anna, budi = known_box.friends("anna", "budi")
    sent = [anna.send(budi, text) for text in TEXTS] + [budi.send(anna, "balasan")]
    chats = json.loads(known_box.folded())["chats"]
    assert len({chat["content"] for chat in chats}) == len(sent)
    for chat, message in zip(chats, sent, strict=True):
        assert chat["content"].startswith("v1:")
        assert chat["context"] == 2
        context = context_of(chat)
        assert open_sealed(chat["content"], KEY, context) == message["content"]
        with pytest.raises(ValueError, match="MAC"):
            open_sealed(chat["content"], KEY, context + b"x")


def test_a_row_cannot_stand_in_for_another(known_box):
    anna, budi = known_box.friends("anna", "budi")
    first, second = anna.send(budi, "transfer 10"), anna.send(budi, "transfer 9000")
    document = known_box.folded().decode()
    chats = {chat["id"]: chat["content"] for chat in json.loads(document)["chats"]}
    one, two = chats[first["id"]], chats[second["id"]]
    known_box.db_file.write_text(document.replace(one, "§").replace(two, one).replace("§", two))
    assert run("ChatCore", "store", "accept", "--data", known_box.data).returncode == 0
    known_box.start_core()
    anna.api.url = known_box.url
    history = anna.history(budi)
    assert [message["content"] for message in history] == ["[Gagal Decrypt]"] * 2
    assert [message["code"] for message in history] == ["not_authentic"] * 2
    assert first["id"] in known_box.core.log


def test_one_damaged_message_does_not_spoil_the_conversation(known_box):
    anna, budi = known_box.friends("anna", "budi")
    anna.send(budi, "satu")
    broken = anna.send(budi, "dua")
    anna.send(budi, "tiga")
    document = known_box.folded().decode()
    content = next(
        chat["content"] for chat in json.loads(document)["chats"] if chat["id"] == broken["id"])
    known_box.db_file.write_text(document.replace(content, "v1:" + seal("palsu", KEY, b"lain")))
    assert run("ChatCore", "store", "accept", "--data", known_box.data).returncode == 0
    known_box.start_core()
    anna.api.url = known_box.url
    assert anna.texts(budi) == ["satu", "[Gagal Decrypt]", "tiga"]
    assert ["code" in message for message in anna.history(budi)] == [False, True, False]


def test_no_log_tells_what_nobody_should_know(box):
    anna, budi = box.friends("anna", "budi")
    for text in TEXTS[:3]:
        anna.send(budi, text)
    anna.history(budi)
    anna.try_send(budi, TEXTS[0], "bukan-uuid")
    anna.api.post("/chat/send", {"senderId": anna.id, "message": TEXTS[0]})
    box.client().login("anna", "sandi yang salah itu")
    box.client().get("/chat/history", myId=anna.id, friendId=budi.id, token=anna.token)
    ok(anna.api.post("/auth/change-password", {
        "userId": anna.id, "newPassword": "sandi yang baru itu", "currentPassword": PASSWORD}))
    box.cipher.kill()
    budi.try_send(anna, TEXTS[0])
    box.core.end()
    ring = json.loads(box.key_file.read_text())
    secrets = [
        *TEXTS[:3], PASSWORD, "sandi yang salah itu", "sandi yang baru itu", anna.token, budi.token,
        box.secret_file.read_text().strip(), "$2b$10$",
        *(key["key"] for key in ring["keys"]),
    ]
    for log in (box.core.log, box.cipher.log):
        assert log
        for secret in secrets:
            assert secret not in log


def test_an_id_chosen_by_the_client_is_part_of_the_seal(known_box):
    anna, budi = known_box.friends("anna", "budi")
    id = new_id()
    anna.send(budi, "halo", id)
    chat, = json.loads(known_box.folded())["chats"]
    assert chat["id"] == id
    assert open_sealed(chat["content"], KEY, context_of(chat)) == "halo"


def use_earlier_context(db):
    """Makes the messages what they would be if they had been sealed with ids joined by hyphens."""
    for chat in db["chats"]:
        text = open_sealed(chat["content"], KEY, context_of(chat))
        del chat["context"]
        chat["content"] = "v1:" + seal(text, KEY, context_of(chat))


def test_contents_with_the_earlier_context_are_read_and_moved_by_a_rewrap(known_box):
    anna, budi = known_box.friends("anna", "budi")
    for text in ("satu", "dua"):
        anna.send(budi, text)
    known_box.folded()
    edit(known_box.db_file, use_earlier_context)
    assert run("ChatCore", "store", "accept", "--data", known_box.data).returncode == 0
    known_box.start_core()
    anna, budi = (reconnected(known_box, each) for each in (anna, budi))
    assert anna.texts(budi) == ["satu", "dua"]
    anna.send(budi, "tiga")
    assert "3 messages, 2 of them moved" in well(store("rewrap", data=known_box.data))
    assert anna.texts(budi) == ["satu", "dua", "tiga"]
    assert "3 messages, 0 of them moved" in well(store("rewrap", data=known_box.data))
    for chat in json.loads(known_box.folded())["chats"]:
        assert chat["context"] == 2
        assert open_sealed(chat["content"], KEY, context_of(chat)) in ("satu", "dua", "tiga")


def test_a_record_that_denies_the_form_of_its_context_does_not_open(known_box):
    anna, budi = known_box.friends("anna", "budi")
    anna.send(budi, "rahasia")
    known_box.folded()
    edit(known_box.db_file, lambda db: db["chats"][0].pop("context"))
    assert run("ChatCore", "store", "accept", "--data", known_box.data).returncode == 0
    known_box.start_core()
    assert reconnected(known_box, anna).texts(budi) == ["[Gagal Decrypt]"]
