"""Provokes what the routes of photos refuse."""

from api import new_id, ok

NOBODY, PHOTO = "nobody", "/chat/photo/{id}"


def photo_bytes(length=2_000):
    return b"\xff\xd8\xff" + bytes(length - 3)


def refuse_photos(notes, new_box, me, friend, stranger):
    def ask(method, id, query, token=None, data=None, headers=None):
        client = notes.box.client(token)
        answer = client.http.request(
            method, client.url + PHOTO.format(id=id), params=query, data=data, timeout=30,
            headers=headers)
        # 415 may come on any route.
        if answer.status_code >= 400 and answer.status_code != 415:
            notes.note(method.lower(), PHOTO, answer)
        return answer.status_code

    pair = {"myId": me.id, "friendId": friend.id}
    foreign = {"Cookie": f"kw-session={me.token}", "Origin": "https://elsewhere.example"}
    id = new_id()
    for method, data in (("PUT", photo_bytes()), ("GET", None)):
        assert ask(method, id, pair, data=data) == 401
        assert ask(method, "bukan", pair, me.token, data) == 400
        assert ask(method, id, {"myId": me.id}, me.token, data) == 400
        assert ask(method, id, pair | {"myId": friend.id}, me.token, data) == 403
    assert ask("PUT", id, pair, data=photo_bytes(), headers=foreign) == 403
    assert ask("PUT", id, pair | {"friendId": NOBODY}, me.token, photo_bytes()) == 404
    assert ask("PUT", id, pair | {"friendId": stranger.id}, me.token, photo_bytes()) == 403
    assert ask("PUT", id, pair, me.token, b"<svg/>") == 415
    assert ask("GET", id, pair, me.token) == 404
    assert ask("PUT", id, pair, me.token, photo_bytes()) == 200
    ok(me.api.post("/chat/send", {
        "senderId": me.id, "receiverId": friend.id, "message": "",
        "photo": {"id": id, "width": 1, "height": 1}}))
    assert ask("PUT", id, pair, me.token, photo_bytes()) == 409
    ok(me.api.post("/friends/remove", pair))
    assert ask("GET", id, pair, me.token) == 403

    # A box with little space: 64 KiB, of which a user holds 16.
    box = notes.box
    notes.box = new_box(f"--photo-bytes-max={64 << 10}").start()
    everybody = [notes.box.person(f"orang{number}") for number in range(5)]
    for number, one in enumerate(everybody):
        other = everybody[number - 1]
        one.befriend(other)
        pair = {"myId": one.id, "friendId": other.id}
        expected = 200 if number < 4 else 507
        assert ask("PUT", new_id(), pair, one.token, photo_bytes()) == expected
        if number == 0:
            assert ask("PUT", new_id(), pair, one.token, photo_bytes()) == 429
    notes.box = box
