"""A proxy between a browser and ChatCore that makes up answers, changes them, or cuts them off."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
PAGE = b"<!DOCTYPE html><title>Sebentar</title><h1>Sebentar ya</h1>"


def answer(status, kind, body, headers=()):
    """An answer that the server did not give."""
    return lambda call: call.answer(status, body, [("Content-Type", kind), *headers])


def html(status, headers=()):
    """A page of the proxy's own."""
    return answer(status, "text/html", PAGE, headers)


def other_json(body, status=200):
    """An answer that is JSON, and not the server's."""
    return answer(status, "application/json", json.dumps(body).encode())


def append(text):
    """The server's answer with a text at its end, and without the tag of the right answer."""
    def change(call):
        status, headers, body = call.forward_unconditionally()
        call.answer(status, body + text, [pair for pair in headers if pair[0] != "ETag"])
    return change


def cut(call):
    """The server does what it is asked; half of its answer arrives."""
    status, headers, body = call.forward_unconditionally()
    call.answer(status, body, headers, length=len(body) + 10)
    call.close_connection = True


def silence(seconds):
    """Nothing arrives, in either direction."""
    def keep_silent(call):
        call.server.ending.wait(seconds)
        call.close_connection = True
    return keep_silent


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body at once, or each answer waits for an acknowledgement

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length) if length else None
        rule = next((rule for method, path, rule in self.server.rules
                     if method in (self.command, "*") and self.path.startswith(path)), None)
        if rule:
            rule(self)
        else:
            status, headers, body = self.forward()
            self.answer(status, body, headers)

    do_POST = do_GET

    def forward(self):
        server = http.client.HTTPConnection("127.0.0.1", self.server.core_port, timeout=30)
        try:
            server.request(self.command, self.path, self.body, dict(self.headers))
            answer = server.getresponse()
            headers = [
                pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP]
            return answer.status, headers, answer.read()
        finally:
            server.close()

    def forward_unconditionally(self):
        """A whole answer, although the browser may have a copy: a 304 has nothing to spoil."""
        del self.headers["If-None-Match"]
        # Bodies are damaged as text.
        del self.headers["Accept-Encoding"]
        return self.forward()

    def answer(self, status, body, headers, length=None):
        has_body = status not in (204, 304)
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if has_body:
            self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        if has_body:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # browsers hang up as they like


class HostileProxy:
    """Passes everything on, except for requests whose path begins with one told to `spoil`."""

    def __init__(self, box):
        self.server = Server(("127.0.0.1", 0), Call)
        self.server.core_port = box.core.port
        self.server.rules = []
        self.server.ending = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def spoil(self, path, rule, method="*"):
        self.server.rules = [(method, path, rule), *self.server.rules]

    def mend(self):
        self.server.rules = []

    def close(self):
        self.server.ending.set()
        self.server.shutdown()
        self.server.server_close()
