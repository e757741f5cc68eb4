"""People who ask for much and take little of it, and what that costs a program in memory."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

MB = 1 << 20
# 16 KiB of text in 4,096 characters: the longest message there is.
LONGEST_TEXT = "\N{SLIGHTLY SMILING FACE}" * 4096
SAMPLE_SECONDS = 0.05
TURN_SECONDS = 0.2


def fill(sender, receiver, count, text=LONGEST_TEXT):
    """Has `count` messages stored; each begins with its number."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(
            lambda number: sender.send(receiver, f"{number:04}" + text[4:]), range(count)))


def history_path(reader, friend, **query):
    query = {"myId": reader.id, "friendId": friend.id, **query}
    return "/chat/history?" + "&".join(f"{name}={value}" for name, value in query.items())


def resident(program):
    """Bytes."""
    status = (program.process_folder / "status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def settled(program, within=20, change=MB // 4, still_for=3):
    """Resident bytes once they have stayed as they are for a while."""
    since, size = time.monotonic(), resident(program)
    end = since + within
    while time.monotonic() < min(since + still_for, end):
        time.sleep(SAMPLE_SECONDS)
        now = resident(program)
        if abs(now - size) > change:
            since, size = time.monotonic(), now
    return resident(program)


class SlowReaders:
    """Connections that have sent a request each and take `rate` bytes a second of the answer.
    Their receive buffers are as small as the kernel makes them. They ask in turns of `together`,
    so that a server that answers few at a time answers them all; those refused are let go."""

    def __init__(self, url, requests, rate=0, together=4):
        self.target = urlsplit(url)
        self.rate = rate
        self.peak = self.taken = self.ended = 0
        self.statuses = {}
        self.sockets = []
        for start in range(0, len(requests), together):
            asked = [self._ask(request) for request in requests[start:start + together]]
            for one in asked:
                self._read_status(one)

    def _ask(self, request):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.settimeout(30)
        one.connect((self.target.hostname, self.target.port))
        one.sendall(request)
        return one

    def _read_status(self, one):
        try:
            status = int(one.recv(32).split()[1])
        except (ConnectionError, IndexError):
            status = 0
        self.statuses[status] = self.statuses.get(status, 0) + 1
        one.setblocking(False)
        if status == 200:
            self.sockets.append(one)
        else:
            one.close()

    def wait(self, seconds, program):
        """Reads slowly for so long, and returns the most bytes that the program held meanwhile."""
        end = due = time.monotonic()
        end += seconds
        while (now := time.monotonic()) < end:
            self.peak = max(self.peak, resident(program))
            if self.rate and now >= due:
                self._read(max(1, int(self.rate * TURN_SECONDS)))
                due = now + TURN_SECONDS
            time.sleep(SAMPLE_SECONDS)
        return self.peak

    def _read(self, count):
        for one in list(self.sockets):
            try:
                piece = one.recv(count)
            except BlockingIOError:
                continue
            except ConnectionError:
                piece = b""
            self.taken += len(piece)
            if not piece:
                self.ended += 1
                self.sockets.remove(one)
                one.close()

    def close(self):
        for one in self.sockets:
            one.close()
        self.sockets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def asking(person, path):
    return (f"GET {path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {person.token}\r\n\r\n"
            ).encode()
