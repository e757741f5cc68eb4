"""Cipher away, back, and back with the wrong keys."""

import re
import time

import pytest

from api import Person, ok, refusal
from programs import eventually

AWAY = (503, "vault_unavailable")


def readiness(box):
    return box.client().get("/readyz").status_code


def stored_ids(box):
    return set(re.findall(rb'{"id":"([^"]+)","senderId"', box.stored_bytes()))


def test_while_cipher_is_gone_nothing_is_stored_and_the_sender_is_told(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "sebelum")
    box.cipher.kill()
    before = stored_ids(box)

    for text in ("hilang", "hilang juga"):
        answer = anna.try_send(budi, text)
        assert refusal(answer)[:2] == AWAY
        assert int(answer.headers["Retry-After"]) >= 1
    assert refusal(anna.try_history(budi))[:2] == AWAY
    assert stored_ids(box) == before, "something was stored"

    box.start_cipher()
    eventually(lambda: readiness(box) == 200, within=10)
    assert budi.texts(anna) == ["sebelum"]


def test_while_cipher_is_gone_logging_in_and_friends_go_on(box):
    anna, budi = box.friends("anna", "budi")
    box.cipher.kill()
    again = Person.login(box.client(), "anna")
    assert [friend["id"] for friend in again.friends()] == [budi.id]
    citra = box.person("citra")
    citra.befriend(anna)
    assert citra.id in {friend["id"] for friend in anna.friends()}
    assert box.client().get("/healthz").status_code == 200


def test_an_unchanged_history_asks_cipher_nothing(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    etag = anna.try_history(budi).headers["ETag"]
    box.cipher.kill()
    assert anna.try_history(budi, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.alone
def test_readiness_follows_cipher_within_a_second(box):
    assert readiness(box) == 200
    box.cipher.kill()
    gone = time.monotonic()
    eventually(lambda: readiness(box) == 503, within=5)
    assert time.monotonic() - gone < 1.5, "a second, and what a busy machine adds"
    assert refusal(box.client().get("/readyz"))[0] == 503

    box.cipher.start()
    back = time.monotonic()
    eventually(lambda: readiness(box) == 200, within=5)
    assert time.monotonic() - back < 1.5


def test_what_failed_while_cipher_was_gone_is_sent_with_the_same_id_later(box):
    anna, budi = box.friends("anna", "budi")
    id = "3f1f7b3e-5f0a-4c8e-9b7a-0a1b2c3d4e5f"
    box.cipher.kill()
    assert refusal(anna.try_send(budi, "nanti", id))[:2] == AWAY
    box.start_cipher()
    eventually(lambda: anna.try_send(budi, "nanti", id).status_code == 200, within=10)
    assert budi.texts(anna) == ["nanti"]


def test_chatcore_starts_without_cipher_and_waits_for_it(box):
    anna, budi = box.friends("anna", "budi")
    box.cipher.kill()
    box.restart_core(ready=False)
    assert readiness(box) == 503
    anna = Person.login(box.client(), "anna")
    assert refusal(anna.try_send(budi, "halo"))[:2] == AWAY
    box.start_cipher()
    eventually(lambda: readiness(box) == 200, within=10)
    anna.send(budi, "halo")


def test_another_key_ring_is_noticed_and_nothing_is_read_or_written(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "dengan kunci yang benar")
    box.cipher.end()
    box.replace_keys()
    box.start_cipher()

    eventually(
        lambda: "key version 1 is another key (its fingerprint differs)" in box.core.log,
        within=10)
    status, code, sentence = refusal(box.client().get("/readyz"))
    assert (status, code) == AWAY and "Kunci" in sentence
    before = stored_ids(box)
    assert refusal(anna.try_send(budi, "dengan kunci yang salah"))[:2] == AWAY
    assert refusal(anna.try_history(budi))[:2] == AWAY
    assert stored_ids(box) == before

    box.cipher.end()
    box.restore_keys()
    box.start_cipher()
    eventually(lambda: readiness(box) == 200, within=10)
    assert budi.texts(anna) == ["dengan kunci yang benar"]


def test_another_key_ring_is_noticed_across_a_restart_of_both(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    box.core.end()
    box.cipher.end()
    box.replace_keys()
    box.start_cipher()
    box.start_core(ready=False)
    eventually(lambda: "no message is sealed or opened" in box.core.log)
    assert readiness(box) == 503
    anna = Person.login(box.client(), "anna")
    assert refusal(anna.try_history(budi))[:2] == AWAY


def test_chatcore_with_the_wrong_secret_is_not_ready(box):
    anna, budi = box.friends("anna", "budi")
    box.core.end()
    wrong = box.folder / "wrong"
    wrong.write_text("another-secret-of-the-very-same-kind\n")
    wrong.chmod(0o600)
    box.options = (f"--cipher-secret-file={wrong}",)
    box.start_core(ready=False)
    eventually(lambda: "does not accept the shared secret" in box.core.log)
    assert readiness(box) == 503
    anna = Person.login(box.client(), "anna")
    assert refusal(anna.try_send(budi, "halo"))[:2] == AWAY


def test_cipher_restarting_under_load_costs_refusals_but_no_message(box):
    anna, budi = box.friends("anna", "budi")
    acknowledged = []
    for n in range(60):
        if n == 20:
            box.cipher.kill()
        if n == 30:
            box.cipher.start()
            eventually(lambda: readiness(box) == 200, within=10)
        answer = anna.try_send(budi, f"#{n}")
        if answer.status_code == 200:
            acknowledged.append(ok(answer)["content"])
        else:
            assert refusal(answer)[:2] == AWAY
    assert len(acknowledged) >= 50
    assert budi.texts(anna) == acknowledged
