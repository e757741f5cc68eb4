"""An earlier system's store of any size: somebody with many friends and a long conversation."""

import json
import uuid

from api import Person
from programs import Box, run

OLD_KEY = b"12345678901234567890123456789012"
PASSWORD, PASSWORD_HASH = \
    "kata sandi 11", "$2b$10$zOdqnmIfqoZ0n1cFH3VH9uew0ccoK1DSXuD2f8MxiHVryDghUrff."
DAY = 86_400_000


def crowd(folder, names, texts=(), start=1_760_000_000_000):
    """A box, not started, in which "sari" is a friend of all those names. The first of them wrote
    the texts, one a minute. Such a store takes any name and any text."""
    sari, *others = (
        {"id": str(uuid.uuid4()), "username": name, "password": PASSWORD_HASH, "contacts": []}
        for name in ("sari", *names))
    for other in others:
        sari["contacts"].append(other["id"])
        other["contacts"].append(sari["id"])
    messages = [
        {"id": str(uuid.uuid4()), "senderId": others[0]["id"], "receiverId": sari["id"],
         "content": text, "timestamp": start + 60_000 * number}
        for number, text in enumerate(texts)]
    box = Box(folder)
    box.looks_into_data()
    box.data.mkdir()
    box.db_file.write_text(json.dumps({"users": [sari, *others], "messages": messages}))
    box.db_file.chmod(0o600)
    done = run(
        "Cipher", "keys", "import", "--legacy", "--key-file", box.key_file, input=OLD_KEY)
    assert done.returncode == 0, done.stderr
    return box


def enter(page, box):
    """Sari at that page."""
    page.enter(Person.login(box.client(), "sari", PASSWORD))
    page.see(".contact .name")
    return page
