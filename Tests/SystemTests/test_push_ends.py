"""The ends of notifications: what is given up, and what ends with a session or a friendship."""

import time

import pytest

from api import Person, ok
from push_service import QUIET_SECONDS, read, wait
from tokens import claims_of, signed


@pytest.mark.parametrize("status", [403, 410])
def test_a_conversation_that_no_browser_was_told_of_is_announced_again(
        push_service, friends, browser, status):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    push_service.answers.append((status, {}))
    anna.send(budi, "halo")
    wait(mine)
    time.sleep(QUIET_SECONDS)
    if status == 410:
        assert mine.try_subscribe(budi).status_code == 200
    anna.send(budi, "halo lagi")
    assert len(wait(mine, 2)) == 2
    anna.send(budi, "dan lagi")
    time.sleep(QUIET_SECONDS)
    assert len(mine.pushes()) == 2, "this one was told"


def test_one_browser_that_was_told_is_enough(push_service, friends, browser):
    anna, budi = friends("anna", "budi")
    browsers = [browser().subscribe(budi) for _ in range(2)]
    push_service.answers += [(403, {})]
    anna.send(budi, "halo")
    for mine in browsers:
        wait(mine)
    time.sleep(QUIET_SECONDS)
    anna.send(budi, "halo lagi")
    time.sleep(QUIET_SECONDS)
    assert [len(mine.pushes()) for mine in browsers] == [1, 1]


@pytest.mark.parametrize("route", ["remove", "block"])
def test_the_end_of_a_friendship_ends_what_waits(push_service, friends, browser, route):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    push_service.answers.append((503, {}))
    anna.send(budi, "halo")
    wait(mine)
    ok(budi.api.post(f"/friends/{route}", {"myId": budi.id, "friendId": anna.id}))
    time.sleep(7)
    assert len(mine.pushes()) == 1


def test_a_session_s_end_ends_its_subscription(push_box, friends, browser):
    anna, budi = friends("anna", "budi")
    claims = claims_of(budi.token)
    key = (push_box.folder / "session.key").read_bytes()
    now = int(time.time())
    kept, mine, old = browser().subscribe(budi), browser(), browser()
    soon, long_ago = claims | {"iat": now, "exp": now + 5}, claims | {"iat": now - 29 * 86_400}
    for each, those in ((mine, soon), (old, long_ago)):
        each.subscribe(Person(push_box.url, budi.id, budi.username, signed(key, those)))
    anna.send(budi, "halo")
    for each in (kept, mine, old):
        wait(each)
    read(budi, anna)
    time.sleep(5)
    anna.send(budi, "sesudah itu")
    assert len(wait(kept, 2)) == 2
    time.sleep(QUIET_SECONDS)
    assert (len(mine.pushes()), len(old.pushes())) == (1, 2)
