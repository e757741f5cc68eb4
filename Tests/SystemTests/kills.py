"""One store, killed many times under ten writers, two of whom send photos, and counted after each:
script/crash."""

import os
import random
import time

import requests
from test_photos import photo

from api import Person, new_id
from test_durability import Writer, reconnected

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(1 << 32)))


class Photographer(Writer):
    """Sends photos, each in a message of its own."""

    def run(self):
        for n in range(1, 100_000):
            id = new_id()
            self.under_way = (id, "")
            try:
                shown = self.person.put_photo(self.other, photo_of(n))
                # The caption tells which it was.
                self.acknowledged.append(
                    self.person.send_photo(self.other, shown, f"foto {n}", id))
            except requests.RequestException:
                return


def photo_of(number):
    return photo(1_000 + 40_000 * (number % 5), seed=number)


def check_photos(me, other, history, seen):
    """Every photo of a message is there, byte for byte. Each is looked at once."""
    for message in history:
        if "photo" not in message or message["id"] in seen:
            continue
        answer = me.try_get_photo(other, message["photo"]["id"])
        assert answer.status_code == 200, f"seed {SEED}: the photo of {message['id']} is gone"
        assert answer.content == photo_of(int(message["content"].split()[1]))
        seen.add(message["id"])


def write_until_killed(box, people, after):
    """Returns the answers to the writers until the kill, and the ids of sends under way."""
    anna, budi = people
    writers = [
        Writer(n, Person(box.url, me.id, me.username, me.token), other)
        for n, (me, other) in enumerate([(anna, budi), (budi, anna)] * 4)
    ]
    writers += [
        Photographer(n, Person(box.url, me.id, me.username, me.token), other)
        for n, (me, other) in enumerate([(anna, budi), (budi, anna)])
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
    kept, total, seen = {}, 0, set()
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
        check_photos(*people, history, seen)
        kept = stored
        total += len(answered)
    print(
        f"{KILLS} kills, {total} acknowledged messages and {len(seen)} photos, all there; "
        f"seed {SEED}")
    assert total >= KILLS
