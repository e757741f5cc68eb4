"""Rows of Cipher by itself: seals and opens a second, one and 100 a request."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import peers  # noqa: F401  # which makes what the tests have importable
from load import Run, posting, wrk

from vault import CipherServer

CLIENTS = 16
BATCH = 100
TEXT = "halo, apa kabar? " * 15  # 255 bytes
CONTEXT = "00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002-id"
PEER = "openssl speed, seals"


def seals_and_opens(figures):
    cipher = CipherServer(Path(tempfile.mkdtemp()), "--log-level", "warning").start()
    item = {"text": TEXT, "keyContext": CONTEXT}
    sealed = {"text": cipher.encrypt(TEXT, keyContext=CONTEXT), "keyContext": CONTEXT}

    def asking(route, body, count):
        script = posting(json.dumps(body))

        def ask():
            run = wrk(cipher.program.url + route, figures.seconds, CLIENTS, script=script)
            return Run(run.rate * count, run.count * count, run.p99_ms)
        return [cipher.program.process.pid], ask

    try:
        figures.in_turns(f"Cipher alone, {CLIENTS} clients", {
            "seals, one a request": asking("/encrypt", item, 1),
            f"seals, {BATCH} a request": asking("/encrypt", {"batch": [item] * BATCH}, BATCH),
            "opens, one a request": asking("/decrypt", sealed, 1),
            f"opens, {BATCH} a request": asking("/decrypt", {"batch": [sealed] * BATCH}, BATCH),
            PEER: ([], lambda: openssl(figures.seconds)),
        }, of=[PEER])
    finally:
        cipher.program.end()


def openssl(seconds):
    """AES-256-GCM of texts of the same size, one core."""
    said = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", str(seconds), "-bytes", str(len(TEXT)),
         "-evp", "aes-256-gcm"], check=True, capture_output=True, text=True)
    return Run(float(re.search(r"\+F:\d+:[^:]+:([\d.]+)", said.stdout)[1]) / len(TEXT))
