"""The certificates of the tests, and connections that believe them."""

import socket
import ssl
import subprocess
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "Fixtures" / "tls"
AUTHORITY = FIXTURES / "authority.pem"
CERTIFICATE, KEY = FIXTURES / "server.pem", FIXTURES / "server.key"
#: Of a box that serves HTTPS.
OPTIONS = (f"--tls-certificate={CERTIFICATE}", f"--tls-key={KEY}")


def context(authority=AUTHORITY):
    """Judges a server by this authority, or takes any certificate where it is None."""
    made = ssl.create_default_context(cafile=authority)
    if authority is None:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def secure(connection, made=None, host="127.0.0.1"):
    return (made or context()).wrap_socket(
        connection, server_hostname=host, suppress_ragged_eofs=False)


def plain(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def is_served(port, made=None):
    """Whether a new connection over TLS is answered."""
    with secure(plain(port), made) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
        return connection.recv(4096).startswith(b"HTTP/1.1 200")


def make_certificate(folder, name="chat.test", algorithm="ec"):
    """A self-signed certificate for 127.0.0.1; returns its file and that of its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    kind = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}[algorithm]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "3650", "-keyout", key,
         "-out", certificate, "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True)
    return certificate, key


def s_client(port, *options, said=b"", timeout=20):
    """`openssl s_client` against a port; returns its CompletedProcess with text output."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *map(str, options)],
        input=said, capture_output=True, timeout=timeout)
    done.stdout, done.stderr = done.stdout.decode("latin-1"), done.stderr.decode("latin-1")
    return done
