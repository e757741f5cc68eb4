"""HTTPS at the front: the protocols, ciphers and groups that are spoken, and none beside them."""

import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from certificates import AUTHORITY, context, is_served, make_certificate, plain, s_client, secure

GET = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"


@pytest.fixture
def port(secure_box):
    return secure_box.core.port


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_both_versions_that_are_sound_are_served_to_python(port, version):
    made = context()
    made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
    made.set_alpn_protocols(["h2", "http/1.1"])
    with secure(plain(port), made) as connection:
        connection.sendall(GET)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        assert connection.version() == version.replace("_", ".")
        assert connection.selected_alpn_protocol() == "http/1.1"
        assert connection.compression() is None and not connection.session.has_ticket


def test_who_speaks_no_protocol_that_we_do_is_told_so(port):
    made = context()
    made.set_alpn_protocols(["h2"])
    with pytest.raises(ssl.SSLError, match="no application protocol"):
        secure(plain(port), made)


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_older_versions_are_refused(port, version):
    done = s_client(port, version, "-cipher", "ALL:@SECLEVEL=0")
    assert "protocol version" in done.stderr and "Cipher is (NONE)" in done.stdout


def ciphers_of_tls_1_2():
    listed = subprocess.run(
        ["openssl", "ciphers", "-tls1_2", "-s", "ALL:eNULL:@SECLEVEL=0"],
        capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.strip().split(":") if not name.startswith("TLS_")]


@pytest.mark.parametrize(("algorithm", "sign"), [("ec", "ECDSA"), ("rsa", "RSA")])
def test_of_the_ciphers_of_tls_1_2_only_the_good_ones_are_taken(
        new_box, tmp_path, algorithm, sign):
    certificate, key = make_certificate(tmp_path, algorithm=algorithm)
    box = new_box(f"--tls-certificate={certificate}", f"--tls-key={key}")
    box.start_cipher()
    port = box.start_core(ready=False).port
    names = ciphers_of_tls_1_2()
    assert len(names) > 50 and "AES128-SHA" in names and f"ECDHE-{sign}-AES128-SHA" in names

    def is_taken(name):
        done = s_client(port, "-tls1_2", "-cipher", f"{name}:@SECLEVEL=0")
        return f"Cipher is {name}" in done.stdout
    with ThreadPoolExecutor(4) as pool:
        answers = zip(names, pool.map(is_taken, names), strict=True)
    taken = {name for name, is_it in answers if is_it}
    assert taken == {
        f"ECDHE-{sign}-{cipher}" for cipher in
        ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")}


@pytest.mark.parametrize("suite", [
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])
def test_of_the_suites_of_tls_1_3_each_is_taken(port, suite):
    done = s_client(port, "-tls1_3", "-ciphersuites", suite)
    assert f"New, TLSv1.3, Cipher is {suite}" in done.stdout


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_finds_the_certificate_sound_and_is_given_no_ticket(port, version):
    done = s_client(
        port, version, "-CAfile", AUTHORITY, "-verify_return_error", "-verify_hostname",
        "chat.test", "-alpn", "http/1.1", "-ign_eof", said=LAST)
    assert "Verify return code: 0 (ok)" in done.stdout
    assert "HTTP/1.1 200 OK" in done.stdout and "ALPN protocol: http/1.1" in done.stdout
    assert "session ticket" not in done.stdout.lower() and "Compression: NONE" in done.stdout
    assert "Session-ID: \n" in done.stdout or version == "-tls1_3"


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
def test_keys_are_agreed_upon_in_groups_that_browsers_know(port, group):
    assert "Cipher is TLS_" in s_client(port, "-tls1_3", "-groups", group).stdout


def test_other_groups_are_refused(port):
    assert "Cipher is (NONE)" in s_client(port, "-tls1_3", "-groups", "ffdhe2048").stdout


def test_renegotiation_is_refused(port):
    with subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
        time.sleep(1)
        client.stdin.write(b"R\n")
        client.stdin.flush()
        said = client.communicate(timeout=30)[0].decode("latin-1")
    assert "RENEGOTIATING" in said and "no renegotiation" in said
    assert is_served(port)


def test_sessions_are_not_resumed(port):
    made = context()
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    with secure(plain(port), made) as connection:
        session = connection.session
    with made.wrap_socket(
            plain(port), server_hostname="127.0.0.1", session=session) as connection:
        assert not connection.session_reused
