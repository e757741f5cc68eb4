"""Replies: what they may name, what a repeated send compares, and what outlives a deletion."""

import signal

from api import Person, new_id, ok, refusal

WRONG = (400, "malformed", "replyTo harus pesan dari percakapan yang sama.")


def test_a_reply_names_a_message_of_its_conversation(people):
    anna, budi = people("anna", "budi")
    question = anna.send(budi, "kapan?")
    answer = budi.send(anna, "besok", reply=question["id"])
    assert answer["replyTo"] == question["id"] and "replyTo" not in answer["data"]
    own = anna.send(budi, "jam berapa?", reply=question["id"].upper())
    assert own["replyTo"] == question["id"]
    for reader, other in ((anna, budi), (budi, anna)):
        assert [each.get("replyTo") for each in reader.history(other)] == [
            None, question["id"], question["id"]]


def test_anything_else_is_refused_in_the_same_words(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    anna.befriend(citra)
    elsewhere = anna.send(citra, "di tempat lain")
    for reply in (elsewhere["id"], new_id(), "", "x" * 5000, "\u0000"):
        assert refusal(anna.try_send(budi, "halo", reply=reply)) == WRONG
        assert refusal(budi.try_send(anna, "halo", reply=reply)) == WRONG
    body = {"senderId": anna.id, "receiverId": budi.id, "message": "halo"}
    for reply in (5, [], {}, True):
        wrong = anna.api.post("/chat/send", body | {"replyTo": reply})
        assert refusal(wrong)[:2] == (400, "malformed")
    assert "replyTo" not in ok(anna.api.post("/chat/send", body | {"replyTo": None}))
    assert anna.texts(budi) == ["halo"]


def test_strangers_learn_nothing_by_it(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    message = anna.send(budi, "halo")
    for reply in (message["id"], new_id()):
        assert refusal(citra.try_send(anna, "halo", reply=reply))[:2] == (403, "not_friends")


def test_a_repeated_send_compares_the_reply(people):
    anna, budi = people("anna", "budi")
    one, two = anna.send(budi, "satu"), anna.send(budi, "dua")
    id = new_id()
    first = budi.send(anna, "ya", id, reply=one["id"])
    assert budi.send(anna, "ya", id, reply=one["id"].upper()) == first
    for reply in (None, two["id"], new_id()):
        assert refusal(budi.try_send(anna, "ya", id, reply=reply))[:2] == (409, "id_reused")
    assert len(budi.history(anna)) == 3


def test_a_reply_outlives_its_message_and_every_restart(box):
    anna, budi = box.friends("anna", "budi")
    question = anna.send(budi, "kapan?")
    answer = budi.send(anna, "besok", reply=question["id"])
    anna.delete(budi, question)
    late = budi.send(anna, "atau lusa", reply=question["id"])
    expected = anna.history(budi)
    assert [each.get("replyTo") for each in expected] == [None, question["id"], question["id"]]
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGTERM):
        box.restart_core(how)
        anna, budi = (
            Person(box.url, each.id, each.username, each.token) for each in (anna, budi))
        assert anna.history(budi) == expected
    assert f'"replyTo":"{question["id"]}"' in box.db_file.read_text()
    budi.delete(anna, answer)
    assert "replyTo" not in anna.history(budi)[1]
    assert late["replyTo"] == question["id"]
