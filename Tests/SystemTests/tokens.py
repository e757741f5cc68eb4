"""Session tokens as ChatCore signs them: JSON Web Tokens with HS256 (RFC 7515)."""

import base64
import hashlib
import hmac
import json


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def signed(key, claims, header=None):
    """A token with a valid signature by `key`, whatever it claims."""
    text = b".".join(
        encoded(json.dumps(part, separators=(",", ":")).encode())
        for part in (header or {"alg": "HS256", "typ": "JWT"}, claims))
    return (text + b"." + encoded(hmac.digest(key, text, hashlib.sha256))).decode()
