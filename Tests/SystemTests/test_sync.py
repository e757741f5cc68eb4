"""Short polling: cursors that skip nothing, and answers that are not sent twice."""

import threading

import pytest

from api import refusal


@pytest.fixture
def conversation(people):
    anna, budi = people("anna", "budi")
    sent = [(anna if n % 3 else budi).send(budi if n % 3 else anna, f"#{n}") for n in range(10)]
    return anna, budi, [message["timestamp"] for message in sent]


def numbers(texts):
    return [int(text.removeprefix("#")) for text in texts]


def test_timestamps_strictly_increase(conversation):
    _, _, times = conversation
    assert all(a < b for a, b in zip(times, times[1:], strict=False))


def test_timestamps_strictly_increase_for_writers_at_once(people):
    anna, budi = people("anna", "budi")
    threads = [
        threading.Thread(target=lambda a=a, b=b: [a.send(b, "x") for _ in range(5)])
        for a, b in [(anna, budi), (budi, anna)] * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [message["timestamp"] for message in anna.history(budi)]
    assert len(times) == 40 and times == sorted(set(times))


@pytest.mark.parametrize("query, expected", [
    ({}, range(10)),
    ({"after": 4}, range(5, 10)),
    ({"before": 4}, range(4)),
    ({"after": 2, "before": 7}, range(3, 7)),
    ({"limit": 3}, range(7, 10)),
    ({"limit": 3, "before": 7}, range(4, 7)),
    ({"limit": 3, "after": 2}, range(3, 6)),
    ({"limit": 2, "after": 1, "before": 8}, range(6, 8)),
    ({"limit": 500}, range(10)),
    ({"after": 9}, []),
    ({"before": 0}, []),
])
def test_cursors_and_limits_keep_the_right_end(conversation, query, expected):
    anna, budi, times = conversation
    query = {name: times[n] if name != "limit" else n for name, n in query.items()}
    assert numbers(anna.texts(budi, **query)) == list(expected)
    assert numbers(budi.texts(anna, **query)) == list(expected)


def test_catching_up_in_pages_loses_nothing(conversation):
    anna, budi, _ = conversation
    seen, cursor = [], 0
    while page := anna.history(budi, after=cursor, limit=3):
        seen += [message["content"] for message in page]
        cursor = page[-1]["timestamp"]
    assert numbers(seen) == list(range(10))


def test_scrolling_back_in_pages_loses_nothing(conversation):
    anna, budi, _ = conversation
    page = anna.history(budi, limit=4)
    seen = page
    while page:
        page = anna.history(budi, before=page[0]["timestamp"], limit=4)
        seen = page + seen
    assert numbers(message["content"] for message in seen) == list(range(10))


@pytest.mark.parametrize("query", [
    {"limit": 0}, {"limit": 501}, {"limit": -1}, {"limit": "banyak"}, {"limit": "1.5"},
    {"limit": ""}, {"after": ""}, {"before": ""},
    {"after": "kemarin"}, {"before": "99999999999999999999"},
])
def test_a_cursor_that_is_none_is_malformed(conversation, query):
    anna, budi, _ = conversation
    assert refusal(anna.try_history(budi, **query))[:2] == (400, "malformed")


def test_history_without_its_parameters_is_malformed(people):
    anna, budi = people("anna", "budi")
    for query in ({}, {"myId": anna.id}, {"friendId": budi.id}):
        assert refusal(anna.api.get("/chat/history", **query)) \
            == (400, "malformed", "Parameter kurang")


def test_an_unchanged_history_is_not_sent_again(conversation):
    anna, budi, times = conversation
    first = anna.try_history(budi)
    etag = first.headers["ETag"]
    for sent in (etag, "W/" + etag.removeprefix("W/"), f'"x" , {etag}'):
        again = anna.try_history(budi, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")

    anna.send(budi, "#10")
    changed = anna.try_history(budi, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed.headers["ETag"] != etag


def test_the_etag_covers_the_query(conversation):
    anna, budi, times = conversation
    tags = [
        anna.try_history(budi, **query).headers["ETag"]
        for query in ({}, {"after": times[3]}, {"after": times[4]}, {"limit": 2}, {"limit": 3})
    ]
    assert len(set(tags)) == len(tags)


def test_a_poll_that_found_nothing_finds_the_next_message(conversation):
    anna, budi, times = conversation
    empty = anna.try_history(budi, after=times[-1])
    assert empty.json() == []
    etag = empty.headers["ETag"]
    poll = {"headers": {"If-None-Match": etag}, "after": times[-1]}
    assert anna.try_history(budi, **poll).status_code == 304
    budi.send(anna, "#10")
    assert [m["content"] for m in anna.try_history(budi, **poll).json()] == ["#10"]


def test_answers_of_the_api_are_kept_by_no_cache(conversation):
    anna, budi, _ = conversation
    for answer in (anna.try_history(budi), anna.try_friends()):
        assert "no-store" in answer.headers["Cache-Control"]
