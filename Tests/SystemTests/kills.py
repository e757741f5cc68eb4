"""One store, killed many times under eight writers, and counted after each: script/crash."""

import os
import random
import time

from api import Person
from test_durability import Writer, reconnected

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(1 << 32)))


def write_until_killed(box, people, after):
    """Returns the answers to eight writers until the kill, and the ids of sends under way."""
    anna, budi = people
    writers = [
        Writer(n, Person(box.url, me.id, me.username, me.token), other)
        for n, (me, other) in enumerate([(anna, budi), (budi, anna)] * 4)
    ]
    for writer in writers:
        writer.start()
    time.sleep(after)
    box.core.kill()
    for writer in writers:
        writer.join(30)
    answered = {message["id"]: message for writer in writers for message in writer.acknowledged}
    return answered, {writer.under_way[0] for writer in writers}


def test_each_of_many_kills_leaves_all_that_was_acknowledged(box):
    chance = random.Random(SEED)
    people = box.friends("anna", "budi")
    kept, total = {}, 0
    for kill in range(KILLS):
        answered, under_way = write_until_killed(box, people, chance.uniform(0.05, 0.6))
        if chance.random() < 0.3:
            # A second kill, while the store is being opened.
            box.core.launch()
            time.sleep(chance.uniform(0, 0.05))
            box.core.kill()
        box.start_core()
        people = [reconnected(box, person) for person in people]
        history = people[0].history(people[1])
        stored = {message["id"]: message for message in history}
        assert len(stored) == len(history), f"kill {kill}, seed {SEED}: a message twice"
        times = [message["timestamp"] for message in history]
        assert times == sorted(set(times)), f"kill {kill}, seed {SEED}: out of order"
        for id, message in answered.items():
            assert id in stored, f"kill {kill}, seed {SEED}: {id} is lost"
            assert stored[id] == {name: message[name] for name in stored[id]}
        for id, message in kept.items():
            assert stored.get(id) == message, f"kill {kill}, seed {SEED}: {id} is not as it was"
        assert stored.keys() <= kept.keys() | answered.keys() | under_way
        kept = stored
        total += len(answered)
    print(f"{KILLS} kills, {total} acknowledged messages, all there; seed {SEED}")
    assert total >= KILLS
