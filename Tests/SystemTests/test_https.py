"""HTTPS at the front: its ends, its floods, its files, and what goes with it."""

import base64
import contextlib
import hashlib
import shutil
import socket
import ssl
import subprocess
import time

import pytest

import raw
from certificates import (
    CERTIFICATE,
    KEY,
    OPTIONS,
    context,
    is_served,
    make_certificate,
    plain,
    secure,
)
from programs import run
from rings import hang_up

GET = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
HEAD_SECONDS_MAX = 10


@pytest.fixture
def port(secure_box):
    return secure_box.core.port


# Ends

def test_the_end_of_an_answer_is_announced(port):
    with secure(plain(port)) as connection:
        connection.sendall(LAST)
        received = b""
        # An end that nobody announced would be an error here.
        while more := connection.recv(4096):
            received += more
        assert received.startswith(b"HTTP/1.1 200") and b"Connection: close" in received


def test_who_announces_the_end_of_the_requests_is_still_answered(port):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with plain(port) as connection:
        def until(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
        until(tls.do_handshake)
        tls.write(GET)
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.unwrap()
        connection.sendall(outgoing.read())
        # The answer comes before the server's own end, so there is more than an end to read.
        received = b""
        while more := connection.recv(65536):
            received += more
        assert len(received) > 300
        assert is_served(port)


@pytest.mark.parametrize("first", [
    GET, b"\x16\x03\x01\x40\x00" + b"\x01" * 0x4000, b"\x80\x2e\x01\x00\x02", b"\0" * 100,
    b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"\x15\x03\x01\x00\x02\x02\x28"])
def test_what_is_no_handshake_is_closed(secure_box, first):
    with plain(secure_box.core.port) as connection:
        connection.sendall(first)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            received = b""
            while more := connection.recv(4096):
                received += more
            assert b"HTTP" not in received
    assert is_served(secure_box.core.port)


def test_a_handshake_byte_by_byte_and_a_record_byte_by_byte_are_understood(port):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with plain(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def drip():
            for byte in outgoing.read():
                connection.sendall(bytes([byte]))

        def until(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    drip()
                    incoming.write(connection.recv(65536))
        until(tls.do_handshake)
        tls.write(GET)
        drip()
        assert until(lambda: tls.read(4096)).startswith(b"HTTP/1.1 200")


# Floods

def test_an_unfinished_handshake_has_the_time_of_a_head(port):
    with plain(port) as silent, plain(port) as begun:
        begun.sendall(b"\x16\x03\x01\x01\x00")
        start = time.monotonic()
        for connection in (silent, begun):
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(4096) == b""
            assert HEAD_SECONDS_MAX - 1 < time.monotonic() - start < HEAD_SECONDS_MAX + 5


def test_unfinished_handshakes_make_way_and_who_was_served_stays(new_box):
    box = new_box(*OPTIONS).start()
    with contextlib.ExitStack() as stack:
        served = []
        for _ in range(100):
            connection = stack.enter_context(secure(plain(box.core.port)))
            connection.sendall(GET)
            assert connection.recv(4096)
            served.append(connection)
        for _ in range(1100):
            stack.enter_context(plain(box.core.port)).sendall(b"\x16\x03\x01\x01\x00")
        assert is_served(box.core.port)
        for connection in served:
            connection.sendall(GET)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_flood_of_handshakes_holds_up_nobody_who_is_connected(port):
    hello_sent, anyone = [], context(None)
    with secure(plain(port)) as mine, contextlib.ExitStack() as stack:
        for _ in range(200):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = anyone.wrap_bio(incoming, outgoing)
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            hello_sent.append((stack.enter_context(plain(port)), outgoing.read()))
        for connection, hello in hello_sent:
            connection.sendall(hello)
        mine.sendall(GET)
        assert mine.recv(4096).startswith(b"HTTP/1.1 200")
        for connection, _ in hello_sent:
            assert connection.recv(5)[:1] == b"\x16"


# The fields and cookies of HTTPS

def test_browsers_are_told_to_stay_with_https(secure_box, shared_box):
    client = secure_box.client()
    for answer in (client.get("/"), client.get("/healthz"), client.get("/nowhere"),
                   raw.say(client.url, b"GET / HTTP/3.0\r\n\r\n")):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in shared_box.client().get("/").headers


def test_the_cookie_is_bound_to_https(secure_box, name):
    person = secure_box.person(name("sari"))
    answer = secure_box.client().login(person.username)
    field = answer.headers["Set-Cookie"]
    assert field.startswith("__Host-kw-session=") and "Secure" in field and "HttpOnly" in field


def test_a_large_answer_and_a_large_body_pass_whole(secure_box, name):
    budi, sari = secure_box.friends(name("budi"), name("sari"))
    texts = [f"{number} " + "isi " * 1000 for number in range(40)]
    for text in texts:
        budi.send(sari, text)
    assert [row["content"] for row in sari.history(budi)] == [text.strip() for text in texts]


def test_the_health_check_asks_by_https(secure_box):
    port = secure_box.core.port
    assert run("ChatCore", "healthcheck", "--port", port).returncode == 1
    options = ("--tls-certificate", CERTIFICATE)
    assert run("ChatCore", "healthcheck", "--port", port, *options).returncode == 0
    environment = {"CHATCORE_TLS_CERTIFICATE": str(CERTIFICATE)}
    assert run("ChatCore", "healthcheck", "--port", port, environment=environment).returncode == 0


# The certificate's files

def replaceable(new_box, folder):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    shutil.copy(CERTIFICATE, certificate)
    shutil.copy(KEY, key)
    box = new_box(f"--tls-certificate={certificate}", f"--tls-key={key}").start()
    return box, certificate, key


def test_another_certificate_is_read_while_connections_go_on(new_box, tmp_path):
    box, certificate, key = replaceable(new_box, tmp_path)
    with secure(plain(box.core.port)) as before:
        new, new_key = make_certificate(tmp_path, "new.test")
        shutil.copy(new, certificate)
        shutil.copy(new_key, key)
        hang_up(box.core, "read the certificate again")
        assert is_served(box.core.port, context(new))
        with pytest.raises(ssl.SSLCertVerificationError):
            secure(plain(box.core.port))
        before.sendall(GET)
        assert before.recv(4096).startswith(b"HTTP/1.1 200")


def test_files_that_do_not_fit_leave_the_old_ones_in_use(new_box, tmp_path):
    box, certificate, key = replaceable(new_box, tmp_path)
    new, _ = make_certificate(tmp_path, "new.test")
    for change in (lambda: shutil.copy(new, certificate), lambda: certificate.write_text("no"),
                   certificate.unlink):
        change()
        start = len(box.core.log)
        hang_up(box.core, "kept the certificate as it was")
        assert "error" in box.core.log[start:].lower()
        assert is_served(box.core.port)


@pytest.mark.parametrize(("options", "words"), [
    (("--tls-certificate", CERTIFICATE), ("--tls-key", "both or neither")),
    (("--tls-key", KEY), ("--tls-certificate", "both or neither")),
    (("--tls-certificate", KEY, "--tls-key", KEY), ("--tls-certificate", "no certificate")),
    (("--tls-certificate", CERTIFICATE, "--tls-key", CERTIFICATE), ("--tls-key", "no private key")),
    (("--tls-certificate", CERTIFICATE, "--tls-key", KEY.with_name("other.key")),
     ("--tls-key", "another certificate")),
    (("--tls-certificate", CERTIFICATE, "--tls-key", KEY.with_name("locked.key")),
     ("--tls-key", "passphrase")),
])
def test_files_that_do_not_fit_stop_the_start(options, words, tmp_path):
    done = run("ChatCore", *options, "--port", "0", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 1, done
    assert all(word in lines[0] for word in words), lines
    assert not list(tmp_path.iterdir())


# Browsers

def test_chromium_talks_over_https(secure_box, open_browser, name):
    person = secure_box.person(name("anna"))
    der = subprocess.run(
        ["openssl", "pkey", "-in", KEY, "-pubout", "-outform", "DER"], capture_output=True,
        check=True).stdout
    pin = base64.b64encode(hashlib.sha256(der).digest()).decode()
    browser = open_browser(
        secure_box, arguments=(f"ignore-certificate-errors-spki-list={pin}",))
    browser.open("/")
    browser.login(person.username)
    browser.see("#dashboard")
    assert browser.driver.execute_script("return isSecureContext")
    assert browser.driver.execute_script(
        "return performance.getEntriesByType('navigation')[0].nextHopProtocol") == "http/1.1"
