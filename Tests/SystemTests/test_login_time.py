"""The time of a log-in tells nothing of an account that an earlier system made."""

import json
import os
import statistics
import time

import pytest

from api import PASSWORD, Person, ok

pytestmark = pytest.mark.alone

# `rahasia lama` at the costs that an earlier system may have used.
EARLIER = {
    "cost4": "$2b$04$abcdefghijklmnopqrstuuV/YfKkiBZxQOK//TE4qhLYFxBht3Zj.",
    "cost8": "$2b$08$abcdefghijklmnopqrstuu5MQ2iQitQmQd/1SDTG2QEjcPXnKMzIe",
    "cost12": "$2y$12$abcdefghijklmnopqrstuuTMsm9BS17Ld7kdPZzYtdRkogaxUDxrO",
}


@pytest.fixture
def earlier_box(new_box):
    """A box that has taken over accounts whose passwords were hashed at other costs."""
    def make(*names):
        box = new_box()
        box.data.mkdir()
        users = [{"id": name, "username": name, "password": EARLIER[name], "contacts": []}
                 for name in names]
        (box.data / "db.json").write_text(json.dumps({"users": users, "messages": []}))
        return box.start()
    return make


def processor_seconds(program):
    fields = (program.process_folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def failing_log_ins(box, name, count=8):
    """(processor seconds of all, median of the time that one takes)."""
    client, times, before = box.client(), [], processor_seconds(box.core)
    for _ in range(count):
        start = time.perf_counter()
        assert client.login(name, "bukan ini sandi").status_code == 401
        times.append(time.perf_counter() - start)
    return processor_seconds(box.core) - before, statistics.median(times)


def test_a_cheaper_hash_of_an_earlier_system_fails_no_faster(earlier_box):
    box = earlier_box("cost4", "cost8")
    box.person("baru")
    work = {name: failing_log_ins(box, name)[0]
            for name in ("cost4", "cost8", "baru", "tiada")}
    # A hash of cost 4 alone takes a fiftieth.
    assert max(work.values()) < 3 * min(work.values()), work


def test_nobody_fails_faster_than_the_owner_of_a_dearer_hash(earlier_box):
    box = earlier_box("cost4", "cost12")
    box.person("baru")
    times = {name: failing_log_ins(box, name)[1]
             for name in ("cost4", "cost12", "baru", "tiada")}
    # A hash of cost 10 alone takes a quarter.
    assert max(times.values()) < 2.5 * min(times.values()), times


@pytest.mark.parametrize("name", EARLIER)
def test_a_log_in_hashes_the_password_anew_and_ends_no_session(earlier_box, name):
    box = earlier_box(name)
    first = Person.login(box.client(), name, "rahasia lama")
    box.restart_core()
    second = Person.login(box.client(), name, "rahasia lama")
    for person in (first, second):
        assert ok(box.client(person.token).get(f"/friends/{name}")) == []
    assert box.client().login(name, PASSWORD).status_code == 401
    stored, = json.loads(box.folded())["users"]
    assert stored["password"].startswith("$2b$10$")
