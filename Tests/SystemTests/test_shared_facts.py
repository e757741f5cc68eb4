"""Facts that two ChatCores over one database share: the quotas of a day, and who is present."""

import pytest
from test_replicas import Cluster, at, rows, send

from api import Person, ok, refusal
from programs import eventually
from push_service import QUIET_SECONDS, Subscriber, wait

BYTES, FRIENDS, REGISTRATIONS = 5_120, 100, 120
AWAY_MICROSECONDS = 46_000_000


@pytest.fixture
def narrow(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("narrow"), environment={
        "CHATCORE_BYTES_PER_DAY": str(BYTES), "CHATCORE_FRIEND_RATE": "30",
        "CHATCORE_REGISTRATIONS_PER_DAY": str(REGISTRATIONS)})
    yield cluster
    cluster.stop()


def test_the_bytes_of_a_day_are_one_quota(narrow, name):
    ana, budi = narrow.friends(name("ana"), name("budi"))
    clients = [at(ana, narrow, replica) for replica in range(2)]
    for number in range(BYTES // 512):
        answer = send(clients[number % 2], ana, budi, "x")
        assert answer.status_code == 200, answer.text
    for client in clients:
        answer = send(client, ana, budi, "x")
        assert refusal(answer)[:2] == (429, "too_much_data")
        assert 1 <= int(answer.headers["Retry-After"]) <= 86_400
    # It is the quota of one person.
    assert send(at(budi, narrow, 0), budi, ana, "x").status_code == 200


def test_a_send_that_fails_costs_nothing(narrow, name):
    ana, budi = narrow.friends(name("ana"), name("budi"))
    clients = [at(ana, narrow, replica) for replica in range(2)]
    narrow.box.cipher.end()
    try:
        for _ in range(2 * BYTES // 512):
            assert send(clients[0], ana, budi, "x").status_code == 503
    finally:
        narrow.box.start_cipher()
        narrow.box.core.wait_ready()
    for _ in range(BYTES // 512):
        assert send(clients[0], ana, budi, "x").status_code == 200


def test_new_friends_and_registrations_of_a_day_are_one_quota(narrow, name):
    """The largest number of friends needs as many people, of whom an address may make so many."""
    people, answers = [], []
    for number in range(REGISTRATIONS + 1):
        answers.append(narrow.client(replica=number % 2).register(name("orang")))
        if answers[-1].status_code != 200:
            break
        people.append(answers[-1].json())
    assert refusal(answers[-1])[0] == 429
    assert refusal(narrow.client(replica=len(people) % 2).register(name("x")))[0] == 429
    me, others = people[0], people[1:FRIENDS + 2]
    assert len(others) == FRIENDS + 1
    me = Person.login(narrow.client(), me["username"])
    clients = [at(me, narrow, replica) for replica in range(2)]
    for number, other in enumerate(others):
        answer = clients[number % 2].post(
            "/friends/add", {"myId": me.id, "friendUsername": other["username"]})
        assert answer.status_code == (200 if number < FRIENDS else 429), (number, answer.text)


@pytest.fixture(scope="module")
def pushing(push_service, tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("pushing"), *push_service.options)
    yield cluster
    cluster.stop()


def test_somebody_who_polls_at_one_is_not_announced_by_the_other(pushing, push_service, name):
    ana, budi = pushing.friends(name("ana"), name("budi"))
    mine = Subscriber(push_service, f"/push/{name('browser')}").subscribe(budi)
    database = pushing.box.database

    def noted():
        return int(database.run("SELECT count(*) FROM polls"))
    before = noted()
    rows(at(budi, pushing, 1), budi)
    wait_for(lambda: noted() == before + 1)
    send(at(ana, pushing, 0), ana, budi, "halo")
    push_service.stays_at(len(push_service.received))
    assert mine.pushes() == []
    database.run(f"UPDATE polls SET polled_at = polled_at - {AWAY_MICROSECONDS}")
    send(at(ana, pushing, 0), ana, budi, "halo lagi")
    assert len(wait(mine)) == 1


def wait_for(condition):
    return eventually(condition, within=QUIET_SECONDS + 20)


@pytest.mark.parametrize("how", ["marker", "history"])
def test_a_conversation_is_announced_once_by_both(pushing, push_service, name, how):
    ana, budi = pushing.friends(name("ana"), name("budi"))
    mine = Subscriber(push_service, f"/push/{name('browser')}").subscribe(budi)
    for replica in (0, 1, 0, 1):
        send(at(ana, pushing, replica), ana, budi, "halo")
    wait(mine)
    push_service.stays_at(len(push_service.received))
    assert len(mine.pushes()) == 1
    reader = at(budi, pushing, 1)
    if how == "marker":
        ok(reader.post("/chat/read", {"myId": budi.id, "friendId": ana.id, "upTo": 2**53 - 1}))
    else:
        ok(reader.get("/chat/history", myId=budi.id, friendId=ana.id))
        # Each process tells the others within a second.
        receiver = f"convert_to('{budi.id}', 'UTF8')"
        wait_for(lambda: int(pushing.box.database.run(
            f"SELECT count(*) FROM announcements WHERE receiver = {receiver}")) == 0)
    send(at(ana, pushing, 0), ana, budi, "sesudah dibaca")
    assert len(wait(mine, 2)) == 2
