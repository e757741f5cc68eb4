"""Messages to closed pages, as a push service and its browsers receive them."""

import time

import pytest

import databases
from api import ok
from programs import eventually
from push_service import QUIET_SECONDS, Subscriber, read, vapid_claims, wait

# Somebody who never polled is away at once, and somebody who did after this. Processes that share
# a database wait longer, since each notes polls for the others now and then.
AWAY_SECONDS = 45 if databases.IS_USED else 20


def test_a_closed_page_learns_who_wrote_and_nothing_of_the_text(push_box, friends, browser):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    sent = anna.send(budi, "rahasia yang tidak boleh terbaca")
    push, = wait(mine)
    assert mine.opened(push) == {
        "senderId": anna.id, "senderUsername": anna.username, "receiverId": budi.id}
    assert push.headers["TTL"] == "86400" and push.headers["Urgency"] == "high"
    assert push.headers["Content-Encoding"] == "aes128gcm"
    assert 1 <= len(push.headers["Topic"]) <= 32
    assert anna.id not in push.headers["Topic"] and budi.id not in push.headers["Topic"]
    for secret in (anna.id, anna.username, sent["content"], sent["id"]):
        assert secret.encode() not in push.body
    claims = vapid_claims(push, ok(push_box.client().get("/push/key"))["key"])
    assert claims["aud"] == f"https://{mine.service.host}"
    assert claims["sub"] == "mailto:pengelola@contoh.id"
    assert 0 < claims["exp"] - time.time() <= 24 * 3600


def test_pushes_have_one_length_whatever_the_name(friends, browser):
    anna, budi = friends("a" * 3, "budi")
    citra = friends("citra-yang-bernama-panjang")[0]
    citra.befriend(budi)
    mine = browser().subscribe(budi)
    anna.send(budi, "x")
    citra.send(budi, "y" * 1000)
    assert len({len(push.body) for push in wait(mine, 2)}) == 1


@pytest.mark.parametrize("how", ["history", "marker"])
def test_a_conversation_is_announced_once_until_it_is_read(friends, browser, how):
    anna, budi = friends("anna", "budi")
    citra, = friends("citra")
    citra.befriend(budi)
    mine = browser().subscribe(budi)
    for number in range(3):
        anna.send(budi, f"pesan {number}")
    first, = wait(mine)
    time.sleep(QUIET_SECONDS)
    assert len(mine.pushes()) == 1
    citra.send(budi, "dari yang lain")
    second = wait(mine, 2)[1]
    assert mine.opened(second)["senderUsername"] == citra.username
    assert second.headers["Topic"] != first.headers["Topic"]
    read(budi, citra, "marker that passes nothing")
    citra.send(budi, "masih belum dibaca")
    read(budi, anna, how)
    anna.send(budi, "sesudah dibaca")
    third = wait(mine, 3)[2]
    assert mine.opened(third)["senderUsername"] == anna.username
    assert third.headers["Topic"] == first.headers["Topic"]


def test_the_sender_is_not_told_and_nobody_without_a_subscription(push_service, friends, browser):
    anna, budi = friends("anna", "budi")
    hers = browser().subscribe(anna)
    count = len(push_service.received)
    anna.send(budi, "halo")
    push_service.stays_at(count)
    assert hers.pushes() == []
    # A subscription that comes later is told of what comes after it.
    mine = browser().subscribe(budi)
    anna.send(budi, "halo lagi")
    assert len(wait(mine)) == 1


def test_who_polls_is_told_once_that_has_stopped(friends, browser):
    anna, budi = friends("anna", "budi")
    citra, = friends("citra")
    anna.befriend(citra)
    mine, hers = browser().subscribe(budi), browser().subscribe(citra)
    tag = budi.try_friends().headers["ETag"]
    time.sleep(AWAY_SECONDS)
    # An answer without news is a poll as well.
    assert budi.try_friends(headers={"If-None-Match": tag}).status_code == 304
    newest = max(row["changed"] for row in citra.friends())
    # A held poll counts until it ends, which is before the message.
    assert citra.friends(since=newest, wait=2) == []
    anna.send(budi, "halaman terbuka")
    anna.send(citra, "halaman terbuka")
    time.sleep(QUIET_SECONDS)
    assert mine.pushes() == [] and hers.pushes() == []
    time.sleep(AWAY_SECONDS)
    anna.send(budi, "halaman tertutup")
    anna.send(citra, "halaman tertutup")
    assert len(wait(mine)) == 1 and len(wait(hers)) == 1


def test_a_shared_browser_shows_nobody_what_is_anothers(push_service, friends, browser):
    anna, budi = friends("anna", "budi")
    citra, = friends("citra")
    citra.befriend(anna)
    shared = browser().subscribe(anna)
    again = Subscriber(push_service, shared.path)
    again.subscribe(budi)
    count = len(push_service.received)
    citra.send(anna, "untuk Anna")
    push_service.stays_at(count)
    anna.send(budi, "untuk Budi")
    push, = wait(again)
    assert again.opened(push)["receiverId"] == budi.id
    with pytest.raises(Exception, match="Decryption error"):
        shared.opened(push)
    # Its earlier owner cannot end it.
    shared.unsubscribe(anna)
    read(budi, anna)
    anna.send(budi, "masih untuk Budi")
    assert len(wait(again, 2)) == 2


def test_what_waits_for_another_try_never_reaches_the_next_owner(push_service, friends, browser):
    anna, budi = friends("anna", "budi")
    citra, = friends("citra")
    shared = browser().subscribe(budi)
    push_service.answers.append((503, {}))
    anna.send(budi, "untuk Budi")
    wait(shared)
    Subscriber(push_service, shared.path).subscribe(citra)
    time.sleep(7)
    assert len(shared.pushes()) == 1


@pytest.mark.parametrize("how", ["unsubscribe", "logout", "password", "deletion"])
def test_a_subscription_ends_with(friends, browser, how):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    # Two log-ins within a second are one session.
    other = eventually(lambda: (
        one := type(budi).login(anna.api, budi.username)).token != budi.token and one)
    elsewhere = browser().subscribe(other)
    if how == "unsubscribe":
        mine.unsubscribe(budi)
        mine.unsubscribe(budi)
    elif how == "logout":
        ok(budi.api.post("/auth/logout"))
    elif how == "password":
        ok(budi.api.post(
            "/auth/change-password", {"userId": budi.id, "newPassword": "sandi yang lain"}))
    else:
        ok(budi.api.post("/auth/delete-account", {
            "userId": budi.id, "currentPassword": "kata sandi untuk semua"}))
    if how != "deletion":
        anna.send(budi, "sesudah itu")
    time.sleep(QUIET_SECONDS)
    assert mine.pushes() == []
    # Another session's subscription stays, unless all of the user's go.
    if how in ("unsubscribe", "logout"):
        assert len(wait(elsewhere)) == 1


def test_five_browsers_are_told_and_the_oldest_makes_way(friends, browser):
    anna, budi = friends("anna", "budi")
    browsers = [browser().subscribe(budi) for _ in range(6)]
    anna.send(budi, "ke mana saja")
    for one in browsers[1:]:
        assert len(wait(one)) == 1
    time.sleep(QUIET_SECONDS)
    assert browsers[0].pushes() == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_dropped(push_service, friends, browser, status):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    push_service.answers.append((status, {}))
    anna.send(budi, "halo")
    wait(mine)
    time.sleep(QUIET_SECONDS)
    read(budi, anna)
    anna.send(budi, "halo lagi")
    time.sleep(QUIET_SECONDS)
    assert len(mine.pushes()) == 1


def test_a_service_that_is_busy_is_asked_again_when_it_says(push_service, friends, browser):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    push_service.answers += [(500, {}), (429, {"Retry-After": "7"})]
    anna.send(budi, "halo")
    first, second, third = wait(mine, 3, within=40)
    assert second.at - first.at >= 4.9
    # It asks for less than the pause that has grown meanwhile.
    assert third.at - second.at >= 9.9
    assert mine.opened(third)["senderId"] == anna.id


@pytest.mark.parametrize("status", [302, 307, 400, 403, 413])
def test_a_refusal_and_a_redirect_end_it_and_the_endpoint_is_not_logged(
        push_box, push_service, friends, browser, status):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    push_service.answers.append((status, {"Location": f"https://{push_service.host}/elsewhere"}))
    anna.send(budi, "halo")
    wait(mine)
    time.sleep(QUIET_SECONDS)
    assert len(mine.pushes()) == 1
    assert not any(request.path == "/elsewhere" for request in push_service.received)
    assert mine.path not in push_box.core.log
    assert push_box.core.log.count("a push service took no notification") >= 1


def test_nothing_of_subscriptions_is_logged(push_box, friends, browser):
    anna, budi = friends("anna", "budi")
    mine = browser().subscribe(budi)
    anna.send(budi, "halo")
    wait(mine)
    keys = mine.subscription["keys"]
    for secret in (mine.path, keys["p256dh"], keys["auth"]):
        assert secret not in push_box.core.log
