"""Quotas bound one person and one address, and never cost another person anything."""

import threading

import pytest

from api import PASSWORD, Client, Person, new_id, ok, refusal


def retry_after(answer):
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= 86_400
    assert "Coba lagi dalam" in answer.json()["error"]
    return seconds


def sent_until_refused(sender, receiver, text, limit):
    """Returns the number that go through, and the answer to the first that does not."""
    for count in range(limit):
        if (answer := sender.try_send(receiver, text)).status_code != 200:
            return count, answer
    raise AssertionError(f"{limit} went through")


def test_a_sender_gets_twice_the_rate_at_once_and_is_told_when_to_go_on(new_box):
    box = new_box("--send-rate=5").start()
    budi, sari, wati = box.friends("budi", "sari", "wati")
    count, answer = sent_until_refused(budi, sari, "cepat", 12)
    assert count in (10, 11)
    assert refusal(answer)[:2] == (429, "too_many_messages")
    assert retry_after(answer) <= 12
    # It is the user who has sent too much: to everybody, and nobody else.
    assert refusal(budi.try_send(wati, "juga"))[1] == "too_many_messages"
    sari.send(budi, "tidak terganggu")
    assert len(sari.history(budi)) == count + 1
    assert box.core.log.count("sends throttled") == 1


def test_what_is_refused_fails_or_was_stored_already_costs_nothing(new_box):
    box = new_box("--send-rate=1").start()
    budi, sari = box.friends("budi", "sari")
    stranger = box.person("wati")
    first = budi.send(sari, "satu", new_id())
    for _ in range(5):
        assert budi.send(sari, "satu", first["id"]) == first
        assert refusal(budi.try_send(sari, "lain", first["id"]))[1] == "id_reused"
        assert refusal(budi.try_send(stranger, "halo"))[1] == "not_friends"
    box.cipher.end()
    assert refusal(budi.try_send(sari, "tanpa brankas"))[1] == "vault_unavailable"
    box.start_cipher()
    box.core.wait_ready()
    budi.send(sari, "dua")
    assert refusal(budi.try_send(sari, "tiga"))[1] == "too_many_messages"
    assert sari.texts(budi) == ["satu", "dua"]


def test_a_message_costs_its_stored_bytes_and_512_at_least(new_box):
    box = new_box("--bytes-per-day=20000").start()
    budi, sari = box.friends("budi", "sari")
    count, answer = sent_until_refused(budi, sari, "x", 50)
    assert count == 20_000 // 512
    assert refusal(answer)[:2] == (429, "too_much_data")
    assert retry_after(answer) >= 60, "it comes back in the course of a day"
    count, answer = sent_until_refused(sari, budi, "x" * 4000, 50)
    assert count == 20_000 // 5550
    assert refusal(answer)[1] == "too_much_data"


def test_many_sends_at_once_get_no_more_than_one_after_another(new_box):
    box = new_box("--send-rate=10", "--messages-max=1000").start()
    budi, sari = box.friends("budi", "sari")
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(
            Client(box.url, budi.token).post("/chat/send", {
                "senderId": budi.id, "receiverId": sari.id, "message": "x"}).status_code))
        for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 20 <= statuses.count(200) <= 22
    assert statuses.count(200) + statuses.count(429) == 60


def test_unknown_names_run_out_and_then_no_name_tells_whether_somebody_has_it(new_box):
    box = new_box("--friend-rate=3").start()
    budi, sari = box.person("budi"), box.person("sari")
    for _ in range(3):
        assert refusal(budi.try_befriend("tidak-ada"))[:2] == (404, "not_found")
    answers = [budi.try_befriend(name) for name in ("tidak-ada", "sari")]
    assert [refusal(answer) for answer in answers] == [refusal(answers[0])] * 2
    assert refusal(answers[0])[:2] == (429, "too_many_names")
    assert retry_after(answers[0]) <= 1200
    assert f"event=friendship outcome=throttled user={budi.id}" in box.core.log
    sari.befriend(budi)


def test_a_hundred_new_friends_a_day_are_enough(new_box):
    box = new_box("--friend-rate=30").start()
    budi = box.person("budi")
    names = [f"teman{number}" for number in range(101)]

    def register(part):
        client = box.client()
        for name in part:
            ok(client.register(name))
    threads = [threading.Thread(target=register, args=(names[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in names[:100]:
        ok(budi.try_befriend(name))
        assert refusal(budi.try_befriend(name))[1] == "already_friends"
    answer = budi.try_befriend(names[100])
    assert refusal(answer)[:2] == (429, "too_many_names")
    assert retry_after(answer) >= 60
    # Blocks have a limit of their own.
    friend = budi.friends()[0]
    ok(budi.api.post("/friends/block", {"myId": budi.id, "friendId": friend["id"]}))


def test_an_address_registers_so_many_a_day_and_a_failure_is_none(new_box):
    box = new_box("--registrations-per-day=2", "--trusted-proxies=127.0.0.1").start()

    def register(name, address="203.0.113.9", password=PASSWORD):
        return box.client().post(
            "/auth/register", {"username": name, "password": password},
            {"CF-Connecting-IP": address})
    ok(register("budi"))
    for _ in range(3):
        assert refusal(register("budi"))[1] == "username_taken"
        assert refusal(register("sari", password="pendek"))[1] == "weak_password"
    ok(register("sari"))
    answer = register("wati")
    assert refusal(answer)[:2] == (429, "too_many_attempts")
    assert retry_after(answer) > 3600
    ok(register("wati", "198.51.100.7"))


def test_a_store_takes_so_many_messages_and_warns_before(new_box):
    box = new_box("--messages-max=10").start()
    budi, sari = box.friends("budi", "sari")
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(
            Client(box.url, budi.token).post("/chat/send", {
                "senderId": budi.id, "receiverId": sari.id, "message": "x"})))
        for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 20, "it holds what it may, and not one more"
    assert {refusal(answer)[:2] for answer in refused} == {(503, "storage_full")}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert len(sari.history(budi)) == 10
    warnings = [line for line in box.core.log.splitlines() if "--messages-max" in line]
    assert len(warnings) == 3 and "percent=80" in warnings[0]
    box.restart_core()
    again = Person(box.url, budi.id, budi.username, budi.token)
    assert refusal(again.try_send(sari, "x"))[1] == "storage_full"


@pytest.mark.parametrize("current", [None, "salah sekali", PASSWORD])
def test_changing_a_password_is_throttled_and_leaves_log_in_alone(new_box, current):
    box = new_box("--auth-attempts=5").start()
    budi, sari = box.person("budi"), box.person("sari")

    def change(person):
        body = {"userId": person.id, "newPassword": PASSWORD} \
            | ({"currentPassword": current} if current else {})
        answer = person.api.post("/auth/change-password", body)
        if answer.status_code == 200:
            person.api.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer
    answers = [change(budi) for _ in range(7)]
    assert refusal(answers[-1])[:2] == (429, "too_many_attempts")
    assert retry_after(answers[-1]) <= 12
    assert [answer.status_code for answer in answers[:5]] \
        == [401 if current == "salah sekali" else 200] * 5
    assert box.client().login("sari").status_code == 200
    assert change(sari).status_code == (429 if current == "salah sekali" else 200), \
        "what failed counts for the address, what did not for the user alone"
