"""Photos: uploaded, sent, read by two people alone, and gone with their messages."""

import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api import new_id, ok, refusal
from programs import eventually

JPEG, PNG = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"
WEBP = b"RIFF\x10\x00\x00\x00WEBP"


def photo(length, start=JPEG, seed=1):
    return start + random.Random(seed).randbytes(length - len(start))


def files(box):
    """The ids of all photos, and what uploads under way have left so far."""
    if box.database:
        return sorted(box.database.run(
            "SELECT encode(id, 'escape') FROM photos WHERE state <> 2 "
            "UNION SELECT encode(upload, 'escape') FROM photo_uploads").split())
    folder = box.data / "photos"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("start, type_", [
    (JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp"),
], ids=["jpeg", "png", "webp"])
@pytest.mark.parametrize("length", [20, 65_536, 65_537, 300_000, 2 << 20])
def test_a_photo_comes_back_as_it_went(shared_box, name, start, type_, length):
    me, friend = shared_box.friends(name("foto"), name("foto"))
    data = photo(length, start)
    id = me.put_photo(friend, data)
    me.send_photo(friend, id, "lihat")
    for one, other in ((me, friend), (friend, me)):
        answer = one.try_get_photo(other, id)
        assert answer.status_code == 200 and answer.content == data
        assert answer.headers["Content-Type"] == type_
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        again = one.try_get_photo(other, id, {"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304 and not again.content


def test_a_message_shows_its_photo_wherever_it_is_read(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    id = me.put_photo(friend, photo(1_000))
    sent = me.send_photo(friend, id)
    shown = {"id": id, "width": 1600, "height": 1200}
    assert sent["photo"] == shown and sent["content"] == ""
    assert friend.history(me)[0]["photo"] == shown
    assert friend.row(me)["lastMessage"]["photo"] == shown
    exported = ok(friend.api.get("/account/export", myId=friend.id))
    assert exported["messages"][0]["photo"] == shown
    caption = me.send_photo(friend, me.put_photo(friend, photo(1_000)), "pantai kemarin")
    found = ok(friend.api.get("/chat/search", myId=friend.id, q="pantai"))["results"]
    assert [message["photo"] for message in found] == [caption["photo"]]


def test_a_send_with_the_same_photo_twice_is_one_message(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    photo_id, id = me.put_photo(friend, photo(1_000)), new_id()
    first = me.send_photo(friend, photo_id, "halo", id)
    assert me.send_photo(friend, photo_id, "halo", id)["timestamp"] == first["timestamp"]
    assert refusal(me.try_send(friend, "halo", id))[:2] == (409, "id_reused")
    assert refusal(me.try_send_photo(friend, photo_id, "halo", id, width=9))[:2] == (
        409, "id_reused")
    assert refusal(me.try_send_photo(friend, photo_id, "halo"))[:2] == (400, "malformed")


@pytest.mark.parametrize("wrong", [
    {"width": 0}, {"height": 10_001}, {"width": "besar"}, {"height": None}, {"height": 1.5},
])
def test_a_photo_of_another_shape_is_refused(shared_box, name, wrong):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    id = me.put_photo(friend, photo(1_000))
    status, code, sentence = refusal(me.try_send_photo(friend, id, **wrong))
    assert (status, code) == (400, "malformed")
    assert ("1 sampai 10000" in sentence) == (None not in wrong.values())
    for no_id in ("bukan", None, 7, new_id()):
        assert refusal(me.try_send_photo(friend, no_id))[:2] == (400, "malformed")


def test_an_upload_may_be_repeated_until_a_message_names_it(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    id = me.put_photo(friend, photo(1_000))
    me.put_photo(friend, photo(90_000, seed=2), id)
    assert refusal(friend.try_put_photo(me, photo(1_000), id))[:2] == (409, "id_reused")
    assert friend.try_get_photo(me, id).status_code == 404
    me.send_photo(friend, id)
    assert friend.try_get_photo(me, id).content == photo(90_000, seed=2)
    assert refusal(me.try_put_photo(friend, photo(1_000), id))[:2] == (409, "id_reused")


def test_only_its_two_people_read_a_photo(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    other = shared_box.person(name("citra"))
    other.befriend(me)
    id = me.put_photo(friend, photo(1_000))
    me.send_photo(friend, id)
    assert other.try_get_photo(me, id).status_code == 404
    assert me.try_get_photo(other, id).status_code == 404
    assert refusal(other.try_send_photo(me, id))[:2] == (400, "malformed")
    me.end("remove", friend)
    for one, two in ((me, friend), (friend, me)):
        assert refusal(one.try_get_photo(two, id))[:2] == (403, "not_friends")


@pytest.mark.parametrize("data", [
    b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html>", b"GIF89a....", b"\xff\xd8",
    b"RIFF....WAVE", b"x" * 100,
])
def test_what_is_no_photo_is_refused(shared_box, name, data):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    assert refusal(me.try_put_photo(friend, data, new_id()))[:2] == (
        415, "unsupported_media_type")


def test_a_body_without_a_length_or_beyond_the_limit_is_refused(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    assert refusal(me.try_put_photo(friend, iter([photo(100)]), new_id()))[:2] == (
        411, "length_required")
    assert refusal(me.try_put_photo(friend, photo((2 << 20) + 1), new_id()))[:2] == (
        413, "too_large")
    assert me.put_photo(friend, photo(100))


def test_log_out_has_the_browser_forget_what_it_kept(shared_box, name):
    me = shared_box.person(name("ayu"))
    assert me.api.post("/auth/logout").headers["Clear-Site-Data"] == '"cache"'


def head(me, friend, id, length, more=""):
    return (
        f"PUT /chat/photo/{id}?myId={me.id}&friendId={friend.id} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {me.token}\r\nContent-Length: {length}\r\n{more}\r\n").encode()


def connect(box):
    host, port = box.url.split("//")[1].split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def test_another_request_may_follow_an_upload_on_its_connection(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    data, id = photo(150_000), new_id()
    with connect(shared_box) as stream:
        follower = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        stream.sendall(head(me, friend, id, len(data)) + data + follower)
        answers = b"".join(iter(lambda: stream.recv(65_536), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert me.try_get_photo(friend, id).content == data


def test_an_upload_may_wait_for_100_continue(shared_box, name):
    me, friend = shared_box.friends(name("ayu"), name("bima"))
    data, id = photo(10_000), new_id()
    with connect(shared_box) as stream:
        stream.sendall(head(me, friend, id, len(data), "Expect: 100-continue\r\n"))
        assert stream.recv(100).startswith(b"HTTP/1.1 100 ")
        stream.sendall(data)
        assert b"200 OK" in stream.recv(4_096)


def test_an_upload_that_breaks_off_leaves_nothing(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    data, id = photo(500_000), new_id()
    with connect(box) as stream:
        stream.sendall(head(me, friend, id, len(data)) + data[:200_000])
        eventually(lambda: files(box) or None)
    eventually(lambda: files(box) == [] or None)
    me.put_photo(friend, data, id)
    assert files(box) == [id]


@pytest.mark.parametrize("query", ["", "?myId=%ff", "?myId=a&myId=b&friendId=c"])
@pytest.mark.parametrize("id", ["", "..%2f..%2fdb.json", "%00", "x" * 5000, "a/b"])
def test_no_other_path_leads_to_a_file(shared_box, name, id, query):
    me = shared_box.person(name("foto"))
    for method in ("PUT", "GET"):
        answer = me.api.http.request(
            method, f"{shared_box.url}/chat/photo/{id}{query}", data=photo(100), timeout=30)
        assert 400 <= answer.status_code < 500, answer.text


@pytest.mark.alone
def test_a_hundred_slow_uploads_take_little_memory(new_box):
    box = new_box("--auth-attempts=0").start()
    pairs = [box.friends(f"kiri{number}", f"kanan{number}") for number in range(10)]
    me, friend = pairs[0]
    me.put_photo(friend, photo(2 << 20))
    time.sleep(1)
    idle = memory(box)
    data = photo(2 << 20)
    ids = [new_id() for _ in range(100)]
    most = 0

    def upload(number):
        one, other = pairs[number % len(pairs)]
        with connect(box) as stream:
            stream.sendall(head(one, other, ids[number], len(data)))
            for start in range(0, len(data), 64 << 10):
                stream.sendall(data[start:start + (64 << 10)])
                time.sleep(0.25)
            return stream.recv(4_096)
    with ThreadPoolExecutor(100) as pool:
        work = [pool.submit(upload, number) for number in range(100)]
        while not all(task.done() for task in work):
            most = max(most, memory(box))
            time.sleep(0.2)
    assert all(b"200 OK" in task.result() for task in work)
    print(f"{(most - idle) / (1 << 20):.1f} MiB above idle")
    assert most - idle < 40 << 20, f"{(most - idle) >> 20} MiB"


def memory(box):
    """The resident memory of ChatCore in bytes."""
    status = Path(f"/proc/{box.core.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) << 10


def test_photos_can_be_turned_off(new_box):
    box = new_box("--photo-bytes-max=0").start()
    me, friend = box.friends("budi", "sari")
    id = new_id()
    assert refusal(me.try_put_photo(friend, photo(100), id))[:2] == (404, "not_found")
    assert refusal(me.try_get_photo(friend, id))[:2] == (404, "not_found")
    assert refusal(me.try_send_photo(friend, id))[:2] == (400, "malformed")
    assert not (box.store_folder / "photos").exists() and files(box) == []
