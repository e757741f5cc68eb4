"""HTTP said byte by byte, for requests that no well-behaved client would send."""

import json
import re
import socket
from urllib.parse import urlsplit

import certificates


class Answer:
    """Looks like an answer of `requests` where the tests look at it."""

    def __init__(self, received):
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status_line = lines[0]
        self.status_code = int(lines[0].split()[1])
        self.headers = {
            name.title(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        self.body = body
        self.text = body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


def connect(url, timeout=20):
    """A connection to the server of the URL, for `with`."""
    target = urlsplit(url)
    connection = socket.create_connection((target.hostname, target.port), timeout=timeout)
    return certificates.secure(connection) if target.scheme == "https" else connection


def say(url, *pieces, timeout=20):
    """Sends the pieces and reads until the server closes or an answer is complete."""
    with connect(url, timeout) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break  # refused already: the answer is there to read
        received = b""
        while not complete(received):
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                break
            if not more:
                break
            received += more
    assert received, "closed without an answer"
    return Answer(received)


def everything(url, request, timeout=20):
    """Sends the bytes and returns all that comes until the server closes."""
    with connect(url, timeout) as connection:
        connection.sendall(request)
        received = b""
        while more := connection.recv(65536):
            received += more
    return received


def complete(received):
    head, blank, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return bool(blank and length and len(body) >= int(length.group(1)))


def post(path, body, *fields):
    head = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
