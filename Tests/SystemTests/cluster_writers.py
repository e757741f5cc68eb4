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

    def send(self, text):
        send = Send(self.conversation, new_id(), text, time.monotonic())
        self.record.sends.append(send)
        body = {"senderId": self.me.id, "receiverId": self.friend.id, "message": text,
                "id": send.id}
        while True:
            answer = self.ask("POST", "/chat/send", json=body)
            if answer is not None:
                send.timestamp = answer.json()["timestamp"]
                send.acknowledged = time.monotonic()
                return
            if self.record.is_over.is_set() or self.chance.random() < GIVE_UP:
                return
            time.sleep(0.1)


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

    def everything(self):
        """Returns (id, timestamp, text) of all messages."""
        found = []
        while True:
            before = found[0][1] if found else None
            query = {"myId": self.me.id, "friendId": self.friend.id, "limit": PAGE}
            if before:
                query["before"] = before
            answer = self.ask("GET", "/chat/history", params=query)
            assert answer is not None, "the messages cannot be read at the end"
            rows = [(row["id"], row["timestamp"], row["content"]) for row in answer.json()]
            found = rows + found
            if len(rows) < PAGE:
                return found
