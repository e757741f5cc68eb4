"""People who write to each other through two replicas, and others who read along."""

import random
import threading
import time

import requests

from api import new_id
from histories import Attempt, Read, Send

REQUEST_SECONDS = 15
GIVE_UP = 0.05
PAUSE_SECONDS = 0.05
READ_PAUSE_SECONDS = 0.2
OVERLAP = 20
PAGE = 500
PHOTO_PAUSE_SECONDS = 0.2
# A user may upload so many bytes in a day.
PHOTOS_MAX = 2_000


class Record:
    """All that has happened, by several threads."""

    def __init__(self):
        self.sends, self.reads, self.attempts, self.problems = [], [], [], []
        self.is_over = threading.Event()


class Caller(threading.Thread):
    """Somebody who asks either replica. A session of HTTP belongs to one thread."""

    def __init__(self, record, me, friend, conversation, urls, seed):
        super().__init__(daemon=True)
        self.record, self.me, self.friend = record, me, friend
        self.conversation, self.urls = conversation, urls
        self.chance = random.Random(seed)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {me.token}"

    def ask(self, method, path, **options):
        """Asks one of the replicas. Returns its answer, or None if none came or it is 503."""
        replica = self.chance.randrange(len(self.urls))
        began = time.monotonic()
        try:
            answer = self.http.request(
                method, self.urls[replica] + path, timeout=REQUEST_SECONDS, **options)
            told = f"{answer.status_code} {answer.text[:80] if answer.status_code != 200 else ''}"
        except requests.RequestException as error:
            answer, told = None, type(error).__name__
        succeeded = answer is not None and answer.status_code == 200
        self.record.attempts.append(
            Attempt(replica, began, time.monotonic(), succeeded, told))
        if answer is not None and answer.status_code not in (200, 503):
            self.record.problems.append(f"{method} {path} was answered with {told}")
        return answer if succeeded else None


class Writer(Caller):
    """Sends message after message, each until it is acknowledged. Some are given up."""

    def run(self):
        number = 0
        while not self.record.is_over.is_set():
            number += 1
            self.send(f"pesan {number} dari {self.me.username}")
            time.sleep(self.chance.uniform(0, PAUSE_SECONDS))

    def shown(self, text):
        """Returns more fields of the message, or None if it is given up before."""
        return {}

    def send(self, text):
        more = self.shown(text)
        if more is None:
            return
        send = Send(self.conversation, new_id(), text, time.monotonic())
        self.record.sends.append(send)
        body = {"senderId": self.me.id, "receiverId": self.friend.id, "message": text,
                "id": send.id} | more
        while True:
            answer = self.ask("POST", "/chat/send", json=body)
            if answer is not None:
                send.timestamp = answer.json()["timestamp"]
                send.acknowledged = time.monotonic()
                return
            if self.record.is_over.is_set() or self.chance.random() < GIVE_UP:
                return
            time.sleep(0.1)


class Photographer(Writer):
    """Sends photos, each in a message of its own that tells which it is."""

    def shown(self, text):
        number = int(text.split()[1])
        time.sleep(PHOTO_PAUSE_SECONDS)
        if number > PHOTOS_MAX:
            return {}
        photo = new_id()
        while True:
            answer = self.ask(
                "PUT", f"/chat/photo/{photo}?myId={self.me.id}&friendId={self.friend.id}",
                data=photo_of(text))
            if answer is not None:
                return {"photo": {"id": photo, "width": 4, "height": 3}}
            if self.record.is_over.is_set() or self.chance.random() < GIVE_UP:
                return None
            time.sleep(0.1)


def photo_of(text):
    """The photo of a message: some chunks of bytes, by its text."""
    chance = random.Random(text)
    return b"\xff\xd8\xff" + chance.randbytes(1_000 + 50_000 * chance.randrange(4))


class Reader(Caller):
    """Reads a conversation again and again, each time some messages that it knows."""

    def run(self):
        known = []
        while not self.record.is_over.is_set():
            time.sleep(READ_PAUSE_SECONDS)
            after = known[-OVERLAP][1] if len(known) >= OVERLAP else 0
            began = time.monotonic()
            rows = self.page(after)
            if rows is None:
                continue
            rows = [(row["id"], row["timestamp"]) for row in rows]
            self.record.reads.append(
                Read(self.conversation, began, time.monotonic(), after, rows))
            known = rows or known

    def page(self, after):
        """Returns messages after a time, oldest first."""
        query = {"myId": self.me.id, "friendId": self.friend.id, "after": after}
        answer = self.ask("GET", "/chat/history", params=query)
        return None if answer is None else answer.json()

    def lost_photos(self, photos):
        """Yields which of these photos, by the texts of their messages, are not as sent."""
        for text, id in photos.items():
            query = {"myId": self.me.id, "friendId": self.friend.id}
            answer = self.ask("GET", f"/chat/photo/{id}", params=query)
            if answer is None or answer.content != photo_of(text):
                yield f"{self.conversation}: the photo of '{text}' is lost"

    def everything(self, photos):
        """Returns (id, timestamp, text) of all messages, and notes the photos of their texts."""
        found = []
        while True:
            before = found[0][1] if found else None
            query = {"myId": self.me.id, "friendId": self.friend.id, "limit": PAGE}
            if before:
                query["before"] = before
            answer = self.ask("GET", "/chat/history", params=query)
            assert answer is not None, "the messages cannot be read at the end"
            rows = [(row["id"], row["timestamp"], row["content"]) for row in answer.json()]
            photos.update(
                (row["content"], row["photo"]["id"]) for row in answer.json() if "photo" in row)
            found = rows + found
            if len(rows) < PAGE:
                return found
