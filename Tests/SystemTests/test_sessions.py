"""How long a session lasts."""

import base64
import hashlib
import hmac
import json
import time

from api import Client, ok, refusal

DAY = 86_400


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed(house, claims):
    """A token as the house signs it (RFC 7515, HS256)."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = b".".join(encoded(part) for part in parts)
    key = (house.folder / "session.key").read_bytes()
    return (text + b"." + encoded(hmac.digest(key, text, hashlib.sha256))).decode()


def test_a_token_lives_no_longer_than_sessions_do_now(new_house):
    house = new_house("--session-days=30").start()
    anna = house.person("anna")
    now, claims = int(time.time()), claims_of(anna.token)
    assert claims["exp"] - claims["iat"] == 30 * DAY

    def token_of(age):
        issued = now - int(age * DAY)
        return signed(house, claims | {"iat": issued, "exp": issued + 30 * DAY})

    def ask(age):
        return Client(house.url, token_of(age)).get(f"/friends/{anna.id}")
    for age in (0, 4, 6, 29.9):
        ok(ask(age))
    assert refusal(ask(30.1))[:2] == (401, "unauthorized")

    house.options = ("--session-days=5",)
    house.restart_core()
    for age in (0, 4, 4.9):
        ok(ask(age))
    for age in (5.1, 6, 29.9):
        assert refusal(ask(age))[:2] == (401, "unauthorized"), age

    house.options = ("--session-days=90",)
    house.restart_core()
    ok(ask(29.9))
    assert refusal(ask(30.1))[:2] == (401, "unauthorized"), "a token keeps its own end"
