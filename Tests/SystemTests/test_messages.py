import threading

import pytest

from api import new_id, ok, refusal


def test_a_message_each_way_is_read_by_both(people):
    anna, budi = people("anna", "budi")
    first = anna.send(budi, "Halo Budi, apa kabar? 😀")
    second = budi.send(anna, "Baik!\nKamu?")
    for me, other in ((anna, budi), (budi, anna)):
        assert me.history(other) == [
            {"id": first["id"], "senderId": anna.id, "receiverId": budi.id,
             "content": "Halo Budi, apa kabar? 😀", "timestamp": first["timestamp"]},
            {"id": second["id"], "senderId": budi.id, "receiverId": anna.id,
             "content": "Baik!\nKamu?", "timestamp": second["timestamp"]},
        ]


def test_the_answer_to_a_message_serves_both_kinds_of_client(people):
    anna, budi = people("anna", "budi")
    body = anna.send(budi, "halo")
    assert set(body) == {
        "message", "id", "senderId", "receiverId", "content", "timestamp", "data"}
    assert body["message"] == "Berhasil kirim pesan"
    assert body["content"] == "halo"
    assert (body["senderId"], body["receiverId"]) == (anna.id, budi.id)
    assert body["data"] == {
        "senderId": anna.id, "receiverId": budi.id, "timestamp": body["timestamp"]}


@pytest.mark.parametrize("sent, stored", [
    ("  rapi \n", "rapi"),
    ("satu\r\ndua", "satu\ndua"),
    ("bersih\u0000 \u0007dan\u0085 \u007futuh\ufffe", "bersih dan utuh"),
    ("tab\tdi tengah", "tab\tdi tengah"),
    ("<b>tebal</b> & \"kutip\" \\ ", "<b>tebal</b> & \"kutip\" \\"),
    ("日本語 العربية 👨‍👩‍👧‍👦", "日本語 العربية 👨‍👩‍👧‍👦"),
    ("=" * 4096, "=" * 4096),
    ("😀" * 4096, "😀" * 4096),
])
def test_text_is_cleaned_and_otherwise_kept(people, sent, stored):
    anna, budi = people("anna", "budi")
    assert anna.send(budi, sent)["content"] == stored
    assert budi.texts(anna) == [stored]


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u0000", "\u0001 \ufffe\uffff"])
def test_an_empty_message_is_refused(people, text):
    anna, budi = people("anna", "budi")
    assert refusal(anna.try_send(budi, text)) \
        == (400, "empty_message", "Pesan tidak boleh kosong")
    assert budi.history(anna) == []


@pytest.mark.parametrize("text", ["a" * 4097, "日" * 4097])
def test_a_message_that_is_too_long_is_refused(people, text):
    anna, budi = people("anna", "budi")
    assert refusal(anna.try_send(budi, text))[:2] == (400, "message_too_long")
    assert budi.history(anna) == []


def test_only_friends_are_written_to(people):
    anna, = people("anna")
    budi, = people("budi")
    assert refusal(anna.try_send(budi, "halo"))[:2] == (403, "not_friends")
    assert refusal(anna.try_send(anna, "halo"))[:2] == (403, "not_friends")


def test_an_unknown_receiver_is_not_found(people):
    anna, budi = people("anna", "budi")
    answer = anna.api.post(
        "/chat/send", {"senderId": anna.id, "receiverId": new_id(), "message": "halo"})
    assert refusal(answer)[:2] == (404, "not_found")


def test_nobody_writes_or_reads_as_somebody_else(people):
    anna, budi = people("anna", "budi")
    citra, = people("citra")
    anna.send(budi, "hanya untuk Budi")
    forged = citra.api.post(
        "/chat/send", {"senderId": anna.id, "receiverId": budi.id, "message": "palsu"})
    assert refusal(forged)[:2] == (403, "forbidden")
    spied = citra.api.get("/chat/history", myId=anna.id, friendId=budi.id)
    assert refusal(spied)[:2] == (403, "forbidden")
    assert "hanya untuk Budi" not in spied.text
    assert budi.texts(anna) == ["hanya untuk Budi"]


@pytest.mark.parametrize("gone", ["senderId", "receiverId", "message"])
def test_a_message_with_a_field_missing_is_malformed(people, gone):
    anna, budi = people("anna", "budi")
    body = {"senderId": anna.id, "receiverId": budi.id, "message": "halo"}
    del body[gone]
    assert refusal(anna.api.post("/chat/send", body)) == (400, "malformed", "Parameter kurang")


@pytest.mark.parametrize("id", ["bukan-uuid", "", 7, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"])
def test_a_chosen_id_is_a_uuid_of_version_4(people, id):
    anna, budi = people("anna", "budi")
    assert refusal(anna.try_send(budi, "halo", id))[:2] == (400, "malformed")


def test_sending_the_same_again_stores_it_once(people):
    anna, budi = people("anna", "budi")
    id = new_id()
    first = anna.send(budi, "sekali saja", id)
    assert first["id"] == id
    assert anna.send(budi, "  sekali saja\r\n", id) == first
    assert budi.texts(anna) == ["sekali saja"]


def test_an_id_used_for_anything_else_is_a_conflict_that_tells_nothing(people):
    anna, budi, citra = people("anna", "budi", "citra")
    id = new_id()
    anna.send(budi, "rahasia", id)
    for answer in (
        anna.try_send(budi, "yang lain", id),
        anna.try_send(citra, "rahasia", id),
        budi.try_send(anna, "rahasia", id),
    ):
        assert refusal(answer)[:2] == (409, "id_reused")
        assert "rahasia" not in answer.text
    assert budi.texts(anna) == ["rahasia"]


def test_the_same_message_from_many_at_once_is_stored_once(people):
    anna, budi = people("anna", "budi")
    id = new_id()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(anna.try_send(budi, "sekali", id)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bodies = [ok(answer) for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert budi.texts(anna) == ["sekali"]


def test_of_two_texts_sent_at_once_under_one_id_one_is_stored(people):
    anna, budi = people("anna", "budi")
    id = new_id()
    answers = []
    threads = [
        threading.Thread(
            target=lambda text=text: answers.append((text, anna.try_send(budi, text, id))))
        for text in ["satu", "dua"] * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored, = budi.texts(anna)
    for text, answer in answers:
        if text == stored:
            assert ok(answer)["id"] == id
        else:
            assert refusal(answer)[:2] == (409, "id_reused")


def test_nobody_elses_message_shows_in_a_conversation(people):
    anna, budi, citra = people("anna", "budi", "citra")
    anna.send(budi, "untuk Budi")
    anna.send(citra, "untuk Citra")
    assert budi.texts(anna) == ["untuk Budi"]
    assert anna.texts(citra) == ["untuk Citra"]
