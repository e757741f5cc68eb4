"""Connections that are open and do nothing."""

import contextlib
import resource
import socket
import time
from urllib.parse import urlsplit

from processes import resident

# A server frees a request's memory within a tenth of a second.
SETTLED_SECONDS = 0.3


def raise_descriptor_limit():
    """For this process and those that it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def address(url):
    parts = urlsplit(url)
    return parts.hostname, parts.port


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def connect(server):
    return socket.create_connection(server, timeout=30)


class Idle:
    """So many connections, and the resident memory that each of them costs the server, in bytes:
    as it was accepted, and after one request."""

    def __init__(self, server, pids, count, path="/healthz"):
        before = resident(pids)
        self.connections = [connect(server) for _ in range(count)]
        time.sleep(SETTLED_SECONDS)
        self.fresh = (resident(pids) - before) / count
        for one in self.connections:
            one.sendall(get(path))
            one.recv(1 << 16)
        time.sleep(SETTLED_SECONDS)
        self.used = (resident(pids) - before) / count

    def close(self):
        for one in self.connections:
            one.close()


@contextlib.contextmanager
def idle(*arguments):
    found = Idle(*arguments)
    try:
        yield found
    finally:
        found.close()
