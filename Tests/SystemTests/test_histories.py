"""The checker of histories finds what it is for."""

import pytest

from histories import Attempt, Read, Send, Timeline, interruptions, problems

ROWS = [("a", 10, "satu"), ("b", 20, "dua"), ("c", 30, "tiga")]


def sends():
    return [Send(1, "a", "satu", 0.0, 1.0, 10), Send(1, "b", "dua", 2.0, 3.0, 20),
            Send(1, "c", "tiga", 4.0, 5.0, 30)]


def found(sends, reads=(), rows=ROWS):
    return " ".join(problems(sends, reads, {1: rows}))


def test_a_history_in_order_has_no_problem():
    reads = [Read(1, 0.5, 0.6, 0, []), Read(1, 3.5, 3.6, 0, [("a", 10), ("b", 20)]),
             Read(1, 6.0, 6.1, 10, [("b", 20), ("c", 30)])]
    assert found(sends(), reads) == ""


def test_a_message_whose_sender_never_heard_may_be_there_or_not():
    unheard = Send(1, "d", "empat", 6.0)
    assert found([*sends(), unheard]) == ""
    assert found([*sends(), unheard], rows=[*ROWS, ("d", 40, "empat")]) == ""


@pytest.mark.parametrize("rows, problem", [
    (ROWS[:2], "is lost"),
    ([*ROWS, ("a", 40, "satu")], "twice"),
    ([ROWS[0], ROWS[1], ("c", 20, "tiga")], "not later"),
    ([*ROWS, ("x", 40, "lain")], "nobody has sent"),
    ([*ROWS[:2], ("c", 30, "lain")], "another text"),
    ([*ROWS[:2], ("c", 31, "tiga")], "another timestamp"),
    ([("b", 10, "dua"), ("a", 20, "satu"), ROWS[2]], "acknowledged earlier"),
])
def test_a_store_that_is_wrong_is_told(rows, problem):
    assert problem in found(sends(), rows=rows)


@pytest.mark.parametrize("read, problem", [
    (Read(1, 6.0, 6.1, 0, [("a", 10), ("b", 20)]), "acknowledged before it"),
    (Read(1, 6.0, 6.1, 0, [("a", 10), ("c", 30)]), "no part"),
    (Read(1, 6.0, 6.1, 0, [*[row[:2] for row in ROWS], ("d", 40)]), "no part"),
    (Read(1, 4.6, 4.7, 0, [("a", 10), ("b", 20)]), "read before it"),
])
def test_a_read_that_is_wrong_is_told(read, problem):
    early = Read(1, 4.4, 4.5, 0, [row[:2] for row in ROWS])
    assert problem in found(sends(), [early, read])


def test_a_replica_that_fails_long_after_a_primary_has_come_is_told():
    timeline = Timeline()
    for time, name in ((0, "one"), (50, None), (60, "two")):
        timeline.note(time, name)
    good = [Attempt(0, time, time + 0.1, True, "200") for time in range(100)]

    def told(*attempts):
        return list(interruptions([*good, *attempts], timeline, 100, 10))
    assert told() == []
    assert told(Attempt(0, 55, 56, False, "503"), Attempt(0, 69, 70, False, "503")) == []
    assert len(told(Attempt(0, 71, 72, False, "503"))) == 1
    assert len(told(Attempt(1, 95, 96, True, "200"))) == 2
