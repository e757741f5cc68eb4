"""An export: everything of one account, in one document, with little memory."""

import signal
import socket
import time

from api import ok, refusal


def export(person):
    return person.api.get("/account/export", myId=person.id)


def test_an_export_holds_the_profile_the_friends_and_every_message(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    anna.befriend(citra)
    question = anna.send(budi, "kapan?")
    budi.send(anna, "besok", reply=question["id"])
    gone = anna.send(budi, "salah kirim")
    anna.delete(budi, gone)
    citra.send(anna, 'kutip " dan\nbaris')
    budi.befriend(citra)
    budi.send(citra, "bukan untuk anna")
    histories = anna.history(budi), anna.history(citra)
    ok(anna.api.post("/friends/block", {"myId": anna.id, "friendId": citra.id}))
    answer = export(anna)
    assert "attachment" in answer.headers["Content-Disposition"]
    whole = ok(answer)
    assert whole["profile"] == {"id": anna.id, "username": anna.username}
    assert whole["friends"] == [{"id": budi.id, "username": budi.username}]
    assert whole["blocked"] == [{"id": citra.id, "username": citra.username}]
    assert sorted(whole["messages"], key=lambda each: each["id"]) == sorted(
        histories[0] + histories[1], key=lambda each: each["id"])
    assert "bukan untuk anna" not in answer.text and "salah kirim" not in answer.text
    budi_ids = [each["id"] for each in whole["messages"] if budi.id in (
        each["senderId"], each["receiverId"])]
    assert budi_ids == [each["id"] for each in histories[0]]


def test_one_without_messages_has_an_export_also_without_the_vault(box):
    anna, budi = box.friends("anna", "budi")
    citra = box.person("citra")
    anna.send(budi, "halo")
    box.cipher.kill()
    assert ok(export(citra)) == {
        "profile": {"id": citra.id, "username": "citra"}, "friends": [], "blocked": [],
        "messages": []}
    assert refusal(export(anna))[:2] == (503, "vault_unavailable")


def test_a_long_export_streams_and_a_reader_that_leaves_ends_it(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    for number in range(450):
        anna.send(budi, f"{number} " + "panjang " * 200)
    answer = export(anna)
    assert answer.headers.get("Transfer-Encoding") == "chunked"
    assert len(ok(answer)["messages"]) == 450
    head = (f"GET /account/export?myId={anna.id} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {anna.token}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", box.core.port)) as slow:
        slow.sendall(head)
        slow.recv(1000)
        second = export(anna)
        assert second.status_code in (200, 429)
    end = time.monotonic() + 10
    while export(anna).status_code == 429 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(ok(export(anna))["messages"]) == 450


def test_a_vault_that_goes_meanwhile_leaves_no_document_that_looks_whole(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    for number in range(600):
        anna.send(budi, f"{number} " + "panjang " * 200)
    with socket.create_connection(("127.0.0.1", box.core.port)) as reader:
        reader.sendall((
            f"GET /account/export?myId={anna.id} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {anna.token}\r\n\r\n").encode())
        first = reader.recv(1000)
        box.cipher.end(signal.SIGKILL)
        reader.settimeout(20)
        rest = b""
        try:
            while piece := reader.recv(1 << 16):
                rest += piece
        except ConnectionError:
            pass
    assert first.startswith(b"HTTP/1.1 200") and not rest.endswith(b"0\r\n\r\n")


def test_the_refusals(people):
    anna, budi = people("anna", "budi")
    assert refusal(anna.api.get("/account/export"))[:2] == (400, "malformed")
    assert refusal(anna.api.get("/account/export", myId=budi.id))[:2] == (403, "forbidden")
