"""The lifetime of sessions."""

import time

from api import Client, ok, refusal
from tokens import claims_of, signed

DAY = 86_400


def test_a_token_lives_no_longer_than_sessions_do_now(new_box):
    box = new_box("--session-days=30").start()
    anna = box.person("anna")
    key = (box.folder / "session.key").read_bytes()
    now, claims = int(time.time()), claims_of(anna.token)
    assert claims["exp"] - claims["iat"] == 30 * DAY

    def token_of(age):
        issued = now - int(age * DAY)
        return signed(key, claims | {"iat": issued, "exp": issued + 30 * DAY})

    def ask(age):
        return Client(box.url, token_of(age)).get(f"/friends/{anna.id}")
    for age in (0, 4, 6, 29.9):
        ok(ask(age))
    assert refusal(ask(30.1))[:2] == (401, "unauthorized")

    box.options = ("--session-days=5",)
    box.restart_core()
    for age in (0, 4, 4.9):
        ok(ask(age))
    for age in (5.1, 6, 29.9):
        assert refusal(ask(age))[:2] == (401, "unauthorized"), age

    box.options = ("--session-days=90",)
    box.restart_core()
    ok(ask(29.9))
    assert refusal(ask(30.1))[:2] == (401, "unauthorized"), "a token keeps its own end"
