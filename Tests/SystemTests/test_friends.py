import threading

from api import ok, refusal


def test_adding_a_friend_is_mutual(people):
    anna, = people("anna")
    budi, = people("budi")
    body = anna.befriend(budi)
    assert body["message"] == "Berhasil tambah teman"
    assert body["contact"] == {"id": budi.id, "username": budi.username}
    assert [friend["id"] for friend in anna.friends()] == [budi.id]
    assert [friend["id"] for friend in budi.friends()] == [anna.id]


def test_a_friend_is_found_regardless_of_case(people):
    anna, = people("anna")
    budi, = people("Budi")
    contact = ok(anna.try_befriend(budi.username.upper()))["contact"]
    assert contact == {"id": budi.id, "username": budi.username}


def test_a_friend_is_found_without_blanks_and_sign(people):
    for typed in (" {} ", "@{}", "\u3000@{}\t", "@ {}"):
        anna, = people("anna")
        budi, = people("budi")
        contact = ok(anna.try_befriend(typed.format(budi.username.upper())))["contact"]
        assert contact == {"id": budi.id, "username": budi.username}
    for typed in (f"@@{anna.username}", f"{anna.username}@", "@", "  ", f"{anna.username} x"):
        assert refusal(budi.try_befriend(typed))[:2] == (404, "not_found")


def test_the_refusals_are_worded_as_clients_know_them(people):
    anna, budi = people("anna", "budi")
    assert refusal(anna.try_befriend(anna.username)) \
        == (400, "self_friend", "Tidak bisa add diri sendiri")
    assert refusal(anna.try_befriend(budi.username)) == (400, "already_friends", "Sudah berteman!")
    assert refusal(budi.try_befriend(anna.username)) == (400, "already_friends", "Sudah berteman!")
    assert refusal(anna.try_befriend("tidak-ada")) \
        == (404, "not_found", "Username teman tidak ditemukan!")
    assert refusal(anna.api.post("/friends/add", {"myId": anna.id})) \
        == (400, "malformed", "Parameter kurang")


def test_an_unknown_friend_changes_nothing(people):
    anna, budi = people("anna", "budi")
    before = anna.try_friends()
    assert anna.try_befriend("tidak-ada").status_code == 404
    after = anna.try_friends()
    assert after.json() == before.json()
    assert after.headers["ETag"] == before.headers["ETag"]


def test_nobody_adds_or_lists_friends_for_somebody_else(people):
    anna, budi = people("anna", "budi")
    citra, = people("citra")
    add = anna.api.post("/friends/add", {"myId": budi.id, "friendUsername": citra.username})
    assert refusal(add)[:2] == (403, "forbidden")
    assert refusal(anna.api.get(f"/friends/{budi.id}"))[:2] == (403, "forbidden")
    assert citra.friends() == []


def test_without_a_session_nothing_is_said(client, people):
    anna, budi = people("anna", "budi")
    add = client.post("/friends/add", {"myId": anna.id, "friendUsername": budi.username})
    for answer in (add, client.get(f"/friends/{anna.id}")):
        assert refusal(answer)[:2] == (401, "unauthorized")
        assert budi.username not in answer.text


def test_the_latest_conversation_comes_first_and_silent_ones_last(people):
    anna, budi, citra, dodi = people("anna", "budi", "citra", "dodi")
    assert [friend["lastMessage"] for friend in anna.friends()] == [None, None, None]

    anna.send(citra, "halo")
    last = budi.send(anna, "apa kabar?")
    friends = anna.friends()
    assert [friend["id"] for friend in friends] == [budi.id, citra.id, dodi.id]
    assert friends[0]["lastMessage"] == {
        "id": last["id"], "senderId": budi.id, "timestamp": last["timestamp"]}
    assert friends[1]["lastMessage"]["senderId"] == anna.id
    assert (friends[2]["id"], friends[2]["username"]) == (dodi.id, dodi.username)
    assert (friends[2]["lastMessage"], friends[2]["receivedCount"]) == (None, 0)

    anna.send(citra, "lagi apa?")
    assert [friend["id"] for friend in anna.friends()] == [citra.id, budi.id, dodi.id]


def test_received_counts_what_the_friend_wrote(people):
    anna, budi = people("anna", "budi")
    for text in ("satu", "dua", "tiga"):
        budi.send(anna, text)
    anna.send(budi, "empat")
    assert anna.friends()[0]["receivedCount"] == 3
    assert budi.friends()[0]["receivedCount"] == 1


def test_an_unchanged_list_is_not_sent_again(people):
    anna, budi = people("anna", "budi")
    etag = anna.try_friends().headers["ETag"]
    for sent in (etag, "W/" + etag.removeprefix("W/"), f'"another", {etag}', "*"):
        again = anna.try_friends(headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    assert anna.try_friends(headers={"If-None-Match": '"another"'}).status_code == 200

    budi.send(anna, "baru")
    changed = anna.try_friends(headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed.headers["ETag"] != etag


def test_two_who_add_each_other_at_once_are_friends_once(people):
    anna, = people("anna")
    budi, = people("budi")
    answers = []
    threads = [
        threading.Thread(target=lambda a=a, b=b: answers.append(a.try_befriend(b.username)))
        for a, b in [(anna, budi), (budi, anna)] * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert [friend["id"] for friend in anna.friends()] == [budi.id]
    assert [friend["id"] for friend in budi.friends()] == [anna.id]


def test_what_is_sent_while_a_friendship_begins_is_refused_or_stored(people):
    anna, = people("anna")
    budi, = people("budi")
    begun = threading.Event()
    sent = []

    def write():
        while len(sent) < 500:
            was_friend = begun.is_set()
            sent.append((was_friend, anna.try_send(budi, f"nomor {len(sent)}")))
            if was_friend:
                return
    writer = threading.Thread(target=write)
    writer.start()
    budi.befriend(anna)
    begun.set()
    writer.join()
    codes = [200 if answer.ok else refusal(answer)[:2] for _, answer in sent]
    assert codes == sorted(codes, key=lambda code: code == 200), "a friend is one from then on"
    assert set(codes[:-1]) <= {200, (403, "not_friends")} and codes[-1] == 200
    assert budi.texts(anna) == [
        answer.json()["content"] for _, answer in sent if answer.ok]
