"""Stores that `ChatCore store export` and `store import` move, and what is in them."""

import base64
import json
import os
import subprocess
import uuid

from api import Person, ok
from programs import BUILD, clean_environment, run
from stores import well

PASSWORD_HASH = "$2b$10$zOdqnmIfqoZ0n1cFH3VH9uew0ccoK1DSXuD2f8MxiHVryDghUrff."
START = 1_760_000_000_000


def populate(box):
    """Two people and others, with everything that a store can hold between them. Returns the
    people and what each of them may be asked."""
    anna, budi, citra, dewi = people = box.friends("anna", "Budi", "citra", "dewi")
    sent = [anna.send(budi, f"pesan {n}") for n in range(5)]
    answer = budi.send(anna, "jawaban", reply=sent[1]["id"])
    budi.read(anna, sent[2]["timestamp"])
    anna.delete(budi, sent[3])
    anna.read(budi, answer["timestamp"])
    citra.send(anna, "halo")
    anna.send(citra, "apa kabar")
    anna.end("remove", citra)
    anna.end("block", dewi)
    budi.end("block", dewi)
    for name in ("eka", "fajar"):
        people.append(box.person(name))
        budi.befriend(people[-1])
    return people


def seen(url, people):
    """All answers that people get, apart from the numbers of an incarnation."""
    answers = []
    for one in people:
        me = Person(url, one.id, one.username, one.token)
        rows = me.friends()
        for row in rows:
            del row["changed"]
        answers.append(rows)
        for row in rows:
            friend = Person(url, row["id"], row["username"], None)
            answers.append(me.history(friend))
            answers.append(me.history(friend, deletedAfter=0))
        whole = ok(me.api.get("/account/export", myId=me.id))
        whole["messages"].sort(key=lambda message: message["id"])
        parts = "profile", "friends", "blocked", "messages"
        answers.append({part: whole[part] for part in parts})
        answers.append(ok(me.api.get(f"/friends/{me.id}/blocked")))
    return answers


def in_one_order(file):
    """The users by id, with their conversations in one order, and the messages as they stand."""
    content = json.loads(file.read_bytes())
    for user in content["users"]:
        user["conversations"] = sorted(
            (row for row in user.get("conversations", []) if set(row) != {"with", "order"}
             or row["order"]), key=lambda row: row["with"])
    content["users"].sort(key=lambda user: user["id"])
    for name in ("store", "checksum"):
        del content["meta"][name]
    return content


def large_store(box, messages, users=200):
    """Puts a store of this many messages into the box's folder, with the server stopped."""
    box.core.end()
    content = json.loads(box.db_file.read_bytes())
    ids = [str(uuid.uuid4()) for _ in range(users)]
    content["users"] = [
        {"id": id, "username": f"orang{number}", "password": PASSWORD_HASH,
         "contacts": [ids[(number + 1) % users], ids[number - 1]]}
        for number, id in enumerate(ids)]
    content["chats"] = []
    for number in range(messages):
        sender = number % users
        receiver = (sender + (1 if number // users % 2 else -1)) % users
        content["chats"].append({
            "id": str(uuid.uuid4()), "senderId": ids[sender], "receiverId": ids[receiver],
            "content": "v1:" + base64.b64encode(os.urandom(60)).decode(),
            "timestamp": START + number, "context": 2})
    box.db_file.write_text(json.dumps(content))
    well(run("ChatCore", "store", "accept", "--data", box.data, timeout=600))
    return ids


def export(file, *options):
    return run("ChatCore", "store", "export", file, *options, timeout=600)


def bring_in(file, *options):
    return run("ChatCore", "store", "import", file, *options, timeout=600)


def importing(file, *options):
    """Starts an import, to be killed."""
    return subprocess.Popen(
        [BUILD / "ChatCore", "store", "import", str(file), *map(str, options)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_environment())
