"""Parts of photos: what `Range` brings (RFC 9110 §14)."""

import random

import pytest

CHUNK = 65_536
LENGTH = 200_000
DATA = b"\xff\xd8\xff\xe0" + random.Random(7).randbytes(LENGTH - 4)


@pytest.fixture
def shared_photo(shared_box, name):
    me, friend = shared_box.friends(name("ani"), name("budi"))
    id = me.put_photo(friend, DATA)
    me.send_photo(friend, id)
    return me, friend, id


@pytest.mark.parametrize("first, last", [
    (0, 0), (0, 32_767), (0, CHUNK - 1), (0, CHUNK), (10, CHUNK + 10), (CHUNK - 1, CHUNK),
    (CHUNK, 2 * CHUNK - 1), (CHUNK + 1, LENGTH - 1), (LENGTH - 1, LENGTH - 1), (5, 10 * LENGTH),
])
def test_a_part_of_a_photo_comes_alone(shared_photo, first, last):
    me, friend, id = shared_photo
    answer = friend.try_get_photo(me, id, {"Range": f"bytes={first}-{last}"})
    assert answer.status_code == 206
    assert answer.content == DATA[first:last + 1]
    end = min(last, LENGTH - 1)
    assert answer.headers["Content-Range"] == f"bytes {first}-{end}/{LENGTH}"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_rest_of_a_photo_follows_its_beginning(shared_photo):
    me, friend, id = shared_photo
    start = friend.try_get_photo(me, id, {"Range": "bytes=0-32767"})
    tag = start.headers["ETag"]
    rest = friend.try_get_photo(me, id, {"Range": "bytes=32768-", "If-Range": tag})
    assert rest.status_code == 206
    assert start.content + rest.content == DATA
    other = friend.try_get_photo(me, id, {"Range": "bytes=32768-", "If-Range": '"lain"'})
    assert (other.status_code, other.content) == (200, DATA)


@pytest.mark.parametrize("wanted", [
    "bytes=-5", "bytes=200000-", "bytes=9-3", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "",
])
def test_what_is_no_range_brings_the_whole_photo(shared_photo, wanted):
    me, friend, id = shared_photo
    answer = friend.try_get_photo(me, id, {"Range": wanted})
    assert (answer.status_code, answer.content) == (200, DATA)
    assert "Content-Range" not in answer.headers


def test_a_part_is_for_the_two_people_alone(shared_photo, shared_box, name):
    me, friend, id = shared_photo
    stranger = shared_box.person(name("cici"))
    stranger.befriend(friend)
    answer = stranger.try_get_photo(friend, id, {"Range": "bytes=0-9"})
    assert answer.status_code == 404
