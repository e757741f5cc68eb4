"""Schemathesis holds both running programs against their documents, sequences included."""

import os
import re
import shutil
import subprocess

from api import Person
from programs import CHECKOUT, clean_environment
from test_api_documents import FILES, document, routes_in

CONFIGURATION = CHECKOUT / "Tests" / "SystemTests" / "schemathesis"
# Another seed finds other requests; longer finds more of them.
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "25"))


def check(folder, name, file, url, *options, environment=None):
    """Runs every check there is; returns how many operations it tried and links it followed."""
    # It looks for its hooks, and leaves what it learned, where it is run.
    shutil.copytree(CONFIGURATION, folder / "run")
    done = subprocess.run(
        [CHECKOUT / ".venv" / "bin" / "schemathesis", "--config-file",
         f"{name}.toml", "run", file, "--url", url, "--checks", "all",
         "--max-time", str(SECONDS), "--max-examples", "30", "--seed", SEED, *options],
        capture_output=True, text=True, cwd=folder / "run", timeout=SECONDS * 4 + 60,
        env=clean_environment(**(environment or {})))
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = int(re.search(r"Tested: +(\d+)", done.stdout).group(1))
    followed = int(re.search(r"API Links: +(\d+) covered", done.stdout).group(1))
    return tried, followed


def operations(program):
    return len(routes_in(document(program)))


def test_chatcore_keeps_to_its_document(box, tmp_path):
    """The people are those of the document's examples, so that these mostly succeed."""
    box.client().register("budi", "hujan bulan juni")
    me = Person.login(box.client(), "budi", "hujan bulan juni")
    friend, stranger = box.person("teman"), box.person("sari")
    me.befriend(friend)
    me.send(friend, "Halo")
    tried, followed = check(
        tmp_path, "chatcore", FILES["ChatCore"], box.url,
        environment={
            "ME": me.id, "FRIEND": friend.id, "STRANGER": stranger.username, "TOKEN": me.token})
    assert tried == operations("ChatCore")
    assert followed >= 1  # how many depends on the machine: the time is bounded
    assert box.core.is_ready()


def test_cipher_keeps_to_its_document(box, tmp_path):
    secret = box.secret_file.read_text().strip()
    tried, followed = check(
        tmp_path, "cipher", FILES["Cipher"], box.cipher.url,
        "-H", f"Authorization: Bearer {secret}")
    assert tried == operations("Cipher")
    assert followed == 3
    assert box.cipher.is_ready()
