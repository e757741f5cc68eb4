"""A checker of histories: sends, answers and reads, and the rules that hold for them.

The clock is one process's, so an answer that came before a request was sent is before it.
"""

import bisect
import dataclasses
import itertools


@dataclasses.dataclass
class Send:
    """One message. `acknowledged` and `timestamp` stay None if its sender never heard."""

    conversation: int
    id: str
    text: str
    began: float
    acknowledged: float = None
    timestamp: int = None


@dataclasses.dataclass
class Read:
    """The answer to a read of a conversation with `after`: pairs of id and timestamp."""

    conversation: int
    began: float
    ended: float
    after: int
    rows: list


@dataclasses.dataclass
class Attempt:
    """One request to one replica, and whether it was answered with a success."""

    replica: int
    began: float
    ended: float
    succeeded: bool
    answer: str


def problems(sends, reads, stored):
    """Yields what is wrong. `stored` holds of each conversation the (id, timestamp, text) of all
    its messages at the end, oldest first."""
    for conversation, rows in stored.items():
        mine = [send for send in sends if send.conversation == conversation]
        yield from problems_of_store(conversation, mine, rows)
        yield from problems_of_reads(
            conversation, mine, [read for read in reads if read.conversation == conversation],
            rows)


def problems_of_store(conversation, sends, rows):
    places = {id: place for place, (id, _, _) in enumerate(rows)}
    if len(places) != len(rows):
        yield f"{conversation}: a message is stored twice"
    for earlier, later in itertools.pairwise(rows):
        if earlier[1] >= later[1]:
            yield f"{conversation}: {later[0]} is not later than the message before it"
    known = {send.id: send for send in sends}
    for id, timestamp, text in rows:
        send = known.get(id)
        if send is None:
            yield f"{conversation}: nobody has sent {id}"
        elif send.text != text:
            yield f"{conversation}: {id} holds another text"
        elif send.timestamp not in (None, timestamp):
            yield f"{conversation}: {id} was acknowledged with another timestamp"
    for send in sends:
        if send.acknowledged is not None and send.id not in places:
            yield f"{conversation}: {send.id} was acknowledged and is lost"
    yield from problems_of_order(conversation, sends, places)


def problems_of_order(conversation, sends, places):
    """A message that was acknowledged before another was begun stands before it."""
    newest = Newest(
        (send.acknowledged, places[send.id]) for send in sends
        if send.acknowledged is not None and send.id in places)
    for send in sends:
        place = places.get(send.id)
        if place is not None and newest.before(send.began) > place:
            yield f"{conversation}: {send.id} stands before one that was acknowledged earlier"


class Newest:
    """The greatest place of all that has happened before a time."""

    def __init__(self, pairs):
        pairs = sorted(pairs)
        self.times = [time for time, _ in pairs]
        self.places = list(itertools.accumulate((place for _, place in pairs), max))

    def before(self, time):
        count = bisect.bisect_left(self.times, time)
        return self.places[count - 1] if count else -1


def problems_of_reads(conversation, sends, reads, rows):
    times = [timestamp for _, timestamp, _ in rows]
    places = {id: place for place, (id, _, _) in enumerate(rows)}
    acknowledged = Newest(
        (send.acknowledged, places[send.id]) for send in sends
        if send.acknowledged is not None and send.id in places)
    seen = []
    for read in reads:
        start = bisect.bisect_right(times, read.after)
        expected = [row[:2] for row in rows[start:start + len(read.rows)]]
        if [tuple(row) for row in read.rows] != expected:
            yield f"{conversation}: a read of {len(read.rows)} rows is no part of what is stored"
            continue
        seen.append((read, start + len(read.rows) - 1))
    read_before = Newest((read.ended, place) for read, place in seen)
    for read, place in seen:
        if acknowledged.before(read.began) > place:
            yield f"{conversation}: a read misses what was acknowledged before it"
        if read_before.before(read.began) > place:
            yield f"{conversation}: a read misses what was read before it"


class Timeline:
    """The times at which the primary has changed. None stands for a time without one."""

    def __init__(self):
        self.changes = []

    def note(self, time, primary):
        if not self.changes or self.changes[-1][1] != primary:
            self.changes.append((time, primary))

    def periods(self, end):
        """Yields when each primary was there: its name, from, until."""
        for (start, name), (until, _) in itertools.pairwise([*self.changes, (end, None)]):
            if name is not None:
                yield name, start, until


def interruptions(attempts, timeline, end, allowed):
    """Yields where service was not back `allowed` seconds after a primary's coming."""
    for name, start, until in timeline.periods(end):
        for attempt in attempts:
            if start + allowed < attempt.began and attempt.ended < until - 1 \
                    and not attempt.succeeded:
                yield (f"{attempt.began - start:.1f} s after {name} had come, replica "
                       f"{attempt.replica} answered {attempt.answer}")
        for replica in {attempt.replica for attempt in attempts}:
            back = back_after(attempts, replica, start)
            if until - start > allowed and (back is None or back > allowed):
                yield f"replica {replica} was not back {allowed} s after {name} had come"


def back_after(attempts, replica, start):
    """Returns the seconds until a replica's next success, or None."""
    return min((attempt.ended - start for attempt in attempts
                if attempt.replica == replica and attempt.succeeded and attempt.ended >= start),
               default=None)
