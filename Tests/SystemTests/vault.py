"""Cipher by itself, and a second opinion on what it does: AES-256-GCM as PyCryptodome has it."""

import base64
import os

import requests
from Crypto.Cipher import AES

from api import ok
from programs import Program, run


def seal(text, key, context=b""):
    """base64(nonce, ciphertext, tag), with a nonce of 96 bits (NIST SP 800-38D)."""
    nonce = os.urandom(12)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=16)
    cipher.update(context)
    ciphertext, tag = cipher.encrypt_and_digest(text.encode())
    return base64.b64encode(nonce + ciphertext + tag).decode()


def open_sealed(content, key, context=b""):
    """The text of `v<version>:<base64>`; ValueError where it is not authentic."""
    sealed = base64.b64decode(content.partition(":")[2], validate=True)
    cipher = AES.new(key, AES.MODE_GCM, nonce=sealed[:12], mac_len=16)
    cipher.update(context)
    return cipher.decrypt_and_verify(sealed[12:-16], sealed[-16:]).decode()


def context_of(chat):
    """The context of a stored message, by its record."""
    ids = [chat[name].encode() for name in ("senderId", "receiverId", "id")]
    if "context" not in chat:
        return b"-".join(ids)
    return b"2:" + b"".join(b"%d:%s" % (len(id), id) for id in ids)


class CipherServer:
    def __init__(self, folder, *options):
        self.key_file = folder / "keys.json"
        self.program = Program(
            "Cipher", folder, "--port", "0", "--key-file", self.key_file, *options)
        self.secret = None

    def start(self):
        self.program.start().wait_ready()
        return self

    def restart(self):
        assert self.program.end() == 0
        return self.start()

    def keys(self, *arguments, input=b""):
        return run("Cipher", "keys", *arguments, "--key-file", self.key_file, input=input)

    def add_key(self, key=None, *flags):
        """A new current version, unless a flag makes it something else."""
        done = self.keys("import", *flags, input=key or os.urandom(32))
        assert done.returncode == 0, done.stderr

    def ask(self, route, body=None, **options):
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        method = "GET" if body is None and not options else "POST"
        return requests.request(
            method, self.program.url + route, json=body, timeout=60, headers=headers, **options)

    def encrypt(self, text, **more):
        return ok(self.ask("/encrypt", {"text": text} | more))["result"]

    def decrypt(self, text, **more):
        return ok(self.ask("/decrypt", {"text": text} | more))["result"]
