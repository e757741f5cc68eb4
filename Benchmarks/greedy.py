"""Clients that ask for more the moment they are answered, and one that people use beside them."""

import multiprocessing
import re
import selectors
import socket
import time
from collections import Counter
from urllib.parse import urlsplit

READ_BYTES = 1 << 18
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
END_OF_CHUNKS = b"0\r\n\r\n"  # JSON holds no line end, so this stands nowhere else


def request(method, path, person, body=b""):
    fields = [f"{method} {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {person.token}"]
    if body:
        fields += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + body


def history(person, friend, query="", method="GET"):
    return request(
        method, f"/chat/history?myId={person.id}&friendId={friend.id}{query}", person)


class Answers:
    """The answers on one connection, as their bytes come in: how many are whole, by status."""

    def __init__(self, has_bodies=True):
        self.has_bodies = has_bodies
        self.statuses = Counter()
        self._start()

    def _start(self):
        self.head, self.left, self.tail = b"", None, b""

    def take(self, received):
        """Whether an answer ends with these bytes; the next may not have been asked for yet."""
        if self.left is None and not self.tail:
            self.head += received
            head, blank, received = self.head.partition(b"\r\n\r\n")
            if not blank:
                return False
            length = LENGTH.search(head)
            self.status = int(head[9:12])
            if not self.has_bodies:
                self.left = 0
            elif length:
                self.left = int(length[1])
            else:
                self.tail = b"-" * len(END_OF_CHUNKS)
        if self.left is not None:
            self.left -= len(received)
            is_over = self.left <= 0
        else:
            self.tail = (self.tail + received[-len(END_OF_CHUNKS):])[-len(END_OF_CHUNKS):]
            is_over = self.tail == END_OF_CHUNKS
        if is_over:
            self.statuses[self.status] += 1
            self._start()
        return is_over


class Client:
    """One connection that a person keeps to the server, for one request at a time."""

    def __init__(self, url):
        self.address = (urlsplit(url).hostname, urlsplit(url).port)
        self.connection = None

    def ask(self, asked, has_body=True):
        """(seconds, status); the status is 0 where there is no whole answer."""
        start = time.perf_counter()
        answers = Answers(has_body)
        try:
            if self.connection is None:
                self.connection = socket.create_connection(self.address, timeout=30)
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.sendall(asked)
            while True:
                received = self.connection.recv(READ_BYTES)
                if not received:
                    raise ConnectionError
                if answers.take(received):
                    return time.perf_counter() - start, next(iter(answers.statuses))
        except OSError:
            self.close()
            return time.perf_counter() - start, 0

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


class Greedy:
    """A process with a connection for each of the requests, which are asked over and over."""

    def __init__(self, url, requests, has_bodies=True):
        self._answered = multiprocessing.Queue()
        self._stop = multiprocessing.Event()
        self._process = multiprocessing.Process(
            target=self._run, args=(url, requests, has_bodies), daemon=True)

    def __enter__(self):
        self._process.start()
        self.begin = time.monotonic()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self.seconds = time.monotonic() - self.begin
        self.statuses = self._answered.get()
        self._process.join()

    def _run(self, url, requests, has_bodies):
        statuses = Counter()
        with selectors.EpollSelector() as selector:
            for asked in requests:
                self._connect(selector, url, asked, Answers(has_bodies))
            while not self._stop.is_set():
                for key, _ in selector.select(0.1):
                    self._serve(selector, url, key, statuses)
            for key in list(selector.get_map().values()):
                statuses.update(key.data[1].statuses)
                key.fileobj.close()
        self._answered.put(statuses)

    @staticmethod
    def _connect(selector, url, asked, answers):
        parts = urlsplit(url)
        connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
        selector.register(connection, selectors.EVENT_READ, (asked, answers))
        connection.sendall(asked)

    def _serve(self, selector, url, key, statuses):
        asked, answers = key.data
        try:
            received = key.fileobj.recv(READ_BYTES)
            if received:
                if answers.take(received):
                    key.fileobj.sendall(asked)
                return
        except OSError:
            pass
        # Closed amid an answer, or refused: another connection takes its place.
        selector.unregister(key.fileobj)
        key.fileobj.close()
        statuses.update(answers.statuses)
        statuses[0] += 1
        self._connect(selector, url, asked, Answers(answers.has_bodies))
