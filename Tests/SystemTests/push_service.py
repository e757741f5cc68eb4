"""A push service of the tests' own, and browsers that subscribe at it. It shares no code with the
programs: `http_ece` opens what it receives, and `cryptography` checks who sent it."""

import base64
import contextlib
import json
import os
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from api import ok
from certificates import AUTHORITY, CERTIFICATE, KEY
from programs import eventually

#: Nothing more is expected after this time.
QUIET_SECONDS = 1.0


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Received:
    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.monotonic)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.service.received.append(Received(self.path, dict(self.headers), body))
        status, headers = self.server.service.next_answer()
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        """Says nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    service = None

    def handle_error(self, *_):
        """A client that believes no certificate is no error here."""


class PushService:
    """Answers as the test says, else 201; `silent` takes connections and says nothing."""

    def __init__(self, certificate=CERTIFICATE, key=KEY, silent=False):
        self.received, self.answers, self.silent = [], [], silent
        self.connections = 0
        self.open = self.open_max = 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.service = self
        self.server.get_request = self.accept
        self.held = []
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def options(self):
        return (f"--push-hosts={self.host}", f"--ca-file={AUTHORITY}")

    def accept(self):
        connection, address = self.server.socket.accept()
        self.connections += 1
        if self.silent:
            self.held.append(connection)
            raise OSError("left waiting")
        connection.settimeout(10)
        wrapped = self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def next_answer(self):
        return self.answers.pop(0) if self.answers else (201, {})

    def wait_for(self, count=1, within=20):
        """The requests so far, once there are as many."""
        eventually(lambda: len(self.received) >= count, within, f"{count} pushes")
        return list(self.received)

    def stays_at(self, count):
        time.sleep(QUIET_SECONDS)
        assert len(self.received) == count, [request.path for request in self.received]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        for connection in self.held:
            with contextlib.suppress(OSError):
                connection.close()


class Subscriber:
    """A browser's subscription: its keys, and its endpoint at a service."""

    def __init__(self, service, path):
        self.service, self.path = service, path
        self.endpoint = f"https://{service.host}{path}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.public_key = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    @property
    def subscription(self):
        return {
            "endpoint": self.endpoint, "expirationTime": None,
            "keys": {"p256dh": base64url(self.public_key), "auth": base64url(self.secret)}}

    def try_subscribe(self, person):
        return person.api.post(
            "/push/subscribe", {"userId": person.id, "subscription": self.subscription})

    def subscribe(self, person):
        ok(self.try_subscribe(person))
        return self

    def unsubscribe(self, person):
        return ok(person.api.http.delete(
            person.api.url + "/push/subscribe", timeout=30,
            json={"userId": person.id, "endpoint": self.endpoint}))

    def pushes(self):
        return [request for request in self.service.received if request.path == self.path]

    def opened(self, request):
        """The content of a push, and the length that the service sees."""
        plain = http_ece.decrypt(
            request.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(plain)


def vapid_claims(request, public_key):
    """Checks a token's signature, made with this key, and returns its claims (RFC 8292)."""
    scheme, _, rest = request.headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"] == public_key
    header, claims, signature = parts["t"].split(".")
    assert json.loads(from_base64url(header)) == {"typ": "JWT", "alg": "ES256"}
    raw = from_base64url(signature)
    assert len(raw) == 64
    key = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), from_base64url(public_key))
    key.verify(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
        f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(from_base64url(claims))


def wait(browser, count=1, within=20):
    """The browser's pushes, once there are as many."""
    return eventually(
        lambda: len(browser.pushes()) >= count and browser.pushes(), within, f"{count} pushes")


def read(me, friend, how="history"):
    """Reads the conversation, as far as it goes."""
    if how == "history":
        me.history(friend)
    else:
        up_to = 2**53 - 1 if how == "marker" else 0
        ok(me.api.post("/chat/read", {"myId": me.id, "friendId": friend.id, "upTo": up_to}))
