"""The two programs as commands: help, bad options, taken ports, and how they end."""

import json
import re
import select
import signal
import socket
import subprocess
import time

import pytest
import requests

import raw
from programs import BUILD, START_SECONDS, STOP_SECONDS, Program, clean_environment, eventually, run
from stores import store, well

OPTIONS = {
    "ChatCore": [
        ("--host", "CHATCORE_HOST"), ("--port", "CHATCORE_PORT"), ("--data", "CHATCORE_DATA"),
        ("--public", "CHATCORE_PUBLIC"), ("--cipher-url", "CHATCORE_CIPHER_URL"),
        *[(f"--{what}", f"CHATCORE_{what.replace('-', '_').upper()}") for what in (
            "cipher-secret-file", "session-key-file", "session-days", "allowed-origins",
            "trusted-proxies", "control-socket", "slow-ms", "photo-bytes-max")],
        ("--auth-attempts", "CHATCORE_AUTH_ATTEMPTS"), ("--csp", "CHATCORE_CSP"),
        ("--registration", "CHATCORE_REGISTRATION"),
        ("--registrations-per-day", "CHATCORE_REGISTRATIONS_PER_DAY"),
        ("--send-rate", "CHATCORE_SEND_RATE"), ("--bytes-per-day", "CHATCORE_BYTES_PER_DAY"),
        ("--friend-rate", "CHATCORE_FRIEND_RATE"), ("--messages-max", "CHATCORE_MESSAGES_MAX"),
        ("--push", "CHATCORE_PUSH"), ("--push-hosts", "CHATCORE_PUSH_HOSTS"),
        ("--push-key-file", "CHATCORE_PUSH_KEY_FILE"),
        ("--push-contact", "CHATCORE_PUSH_CONTACT"), ("--ca-file", "CHATCORE_CA_FILE"),
        ("--log-level", "CHATCORE_LOG_LEVEL"),
    ],
    "Cipher": [
        ("--host", "CIPHER_HOST"), ("--port", "CIPHER_PORT"), ("--key-file", "CIPHER_KEY_FILE"),
        ("--secret-file", "CIPHER_SECRET_FILE"), ("--log-level", "CIPHER_LOG_LEVEL"),
    ],
}
for name, options in OPTIONS.items():
    for what in ("host", "port"):
        options.append((f"--metrics-{what}", f"{name.upper()}_METRICS_{what.upper()}"))
both = pytest.mark.parametrize("program", OPTIONS)


@both
def test_help_names_every_option_and_its_variable(program):
    for arguments in (["--help"], ["-h"], ["help"], ["serve", "--help"]):
        page = run(program, *arguments).stdout
        for option, variable in OPTIONS[program]:
            assert option in page and variable in page, (arguments, option, variable)
    page = run(program, "--help").stdout
    assert "healthcheck" in page and "serve" in page


@both
def test_version_is_one_line(program):
    done = run(program, "--version")
    assert done.returncode == 0
    assert len(done.stdout.strip().splitlines()) == 1 and done.stdout[0].isdigit()


def one_line(done):
    lines = done.stderr.strip().splitlines()
    assert done.returncode != 0, "ended well"
    assert len(lines) == 1, done.stderr
    return lines[0]


@both
@pytest.mark.parametrize("arguments", [
    ["--no-such-option"], ["--port", "banyak"], ["--port", "70000"], ["--port", "-1"],
    ["--log-level", "berisik"], ["--host", "bukan alamat"], ["--port"], ["no-such-command"],
])
def test_a_bad_option_ends_with_one_line(program, arguments, tmp_path):
    done = run(program, *arguments, cwd=tmp_path, environment={"CHATCORE_PUBLIC": "."})
    assert arguments[0] in one_line(done)
    assert not list(tmp_path.iterdir()), "it left something behind"


@both
def test_a_bad_variable_is_named(program, tmp_path):
    prefix = program.upper()
    done = run(program, cwd=tmp_path, environment={f"{prefix}_PORT": "banyak"})
    assert f"{prefix}_PORT" in one_line(done)


@pytest.mark.parametrize("arguments", [
    ["--cipher-url", "ftp://x"], ["--cipher-url", "127.0.0.1"], ["--session-days", "0"],
    ["--auth-attempts", "-1"], ["--trusted-proxies", "10.0.0.0/33"], ["--trusted-proxies", "x"],
    ["--registration", "semua"], ["--registrations-per-day", "-1"], ["--send-rate", "-1"],
    ["--bytes-per-day", "10MB"], ["--friend-rate", "1000001"], ["--messages-max", "-1"],
    ["--allowed-origins", "chat.example"], ["--allowed-origins", "https://chat.example/path"],
    ["--cipher-secret-file", "no-such-file"], ["--public", "no-such-folder"], ["--data", ""],
    ["--data", "a-file"], ["--data", "a-file/data"], ["--session-key-file", "a-file"],
    ["--session-key-file", "a-file/key"], ["--slow-ms", "-1"], ["--csp", "dua\nbaris"],
])
def test_a_value_that_makes_no_sense_ends_chatcore_with_one_line(arguments, tmp_path):
    (tmp_path / "a-file").touch()
    (tmp_path / "public").mkdir()
    done = run("ChatCore", "--port", "0", "--public", "public", *arguments, cwd=tmp_path)
    assert arguments[0] in one_line(done)


@pytest.mark.parametrize("arguments", [
    ["--secret-file", "no-such-file"], ["--secret-file", "a-file"], ["--key-file", ""],
    ["--key-file", "a-file/keys.json"],
])
def test_a_file_that_cannot_be_used_ends_cipher_with_one_line(arguments, tmp_path):
    (tmp_path / "a-file").touch()
    assert arguments[0] in one_line(run("Cipher", "--port", "0", *arguments, cwd=tmp_path))


def test_a_taken_port_ends_with_one_line_that_names_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        (tmp_path / "public").mkdir()
        core = run("ChatCore", "--port", port, "--public", "public", "--log-level", "critical",
                   cwd=tmp_path)
        cipher = run("Cipher", "--port", port, "--log-level", "critical", cwd=tmp_path)
        assert port in one_line(core)
        assert port in one_line(cipher)
        assert not (tmp_path / ".state").exists(), "a start that could not be made keys"


def test_outside_of_a_checkout_the_api_is_there_without_a_page(box, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    core = Program("ChatCore", folder, "--port", "0", "--cipher-url", box.cipher.url,
                   "--cipher-secret-file", box.secret_file).start()
    core.wait_ready()
    assert requests.get(core.url + "/healthz", timeout=5).status_code == 200
    assert requests.get(core.url, timeout=5).status_code == 404
    line, = (line for line in core.log.splitlines() if "index.html" in line)
    assert "'Sources/Frontend'" in line and "warning" in line.lower()
    assert core.end() == 0


def test_a_public_folder_without_a_page_is_warned_about(box, new_box, tmp_path):
    assert "index.html" not in box.core.log
    empty = new_box(f"--public={tmp_path / 'empty'}")
    (tmp_path / "empty").mkdir()
    empty.start()
    line, = (line for line in empty.core.log.splitlines() if "index.html" in line)
    assert "--public" in line and str(tmp_path / "empty") in line and "warning" in line.lower()
    assert requests.get(empty.url, timeout=5).status_code == 404


def test_a_flag_wins_over_its_variable(tmp_path):
    program = Program(
        "Cipher", tmp_path, "--port", "0",
        environment={"CIPHER_PORT": "1", "CIPHER_KEY_FILE": "from-the-environment.json"})
    program.start().wait_ready()
    assert program.port > 1
    assert program.end() == 0
    assert (tmp_path / "from-the-environment.json").exists()


@both
def test_a_port_that_was_picked_is_printed_on_standard_output(program, tmp_path):
    process = subprocess.Popen(
        [BUILD / program, "--port", "0", "--log-level", "critical"], cwd=tmp_path,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=clean_environment(CHATCORE_PUBLIC="."))
    try:
        assert select.select([process.stdout], [], [], START_SECONDS)[0], "nothing was printed"
        told = re.fullmatch(
            r"listening on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert requests.get(f"{told.group(1)}/healthz", timeout=5).status_code == 200
    finally:
        process.terminate()
        assert process.communicate(timeout=STOP_SECONDS) == ("", None)


def test_a_data_folder_is_made_with_those_above_it(box):
    box.data = box.folder / "disk" / "chat" / "data"
    box.restart_core()
    assert box.db_file.exists()
    for folder in (box.data, *box.data.parents[:2]):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


def test_without_standard_streams_no_log_line_goes_into_a_file(box):
    port = box.core.port
    box.core.end()
    core = box.core = box.core_program(f"--port={port}")
    core.prefix = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    core.url = f"http://127.0.0.1:{port}"
    core.launch()
    core.wait_ready()
    streams = [(core.process_folder / "fd" / str(number)).readlink() for number in range(3)]
    assert [str(stream) for stream in streams] == ["/dev/null"] * 3
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, "halo")
    assert core.end() == 0
    assert "2 users, 1 message;" in well(store("verify", data=box.data))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_programs_well_and_soon(box, number):
    for program in (box.core, box.cipher):
        start = time.monotonic()
        assert program.end(number) == 0, program.log
        assert time.monotonic() - start < 10


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGILL])
def test_a_crash_leaves_nothing_of_what_was_in_memory(box, number):
    for program in (box.cipher, box.core):
        limits = (program.process_folder / "limits").read_text()
        assert re.search(r"^Max core file size +0 +0 ", limits, re.M)
        assert int((program.process_folder / "coredump_filter").read_text(), 16) == 0
        start = len(program.log)
        assert program.end(number) == -number
        assert "crashed" not in program.log[start:] and "rax" not in program.log[start:]


@pytest.mark.parametrize("rest, seconds", [
    (b"", 1),
    (b"GET /healthz HTTP/1.1\r\nHo", 5),
])
def test_a_silent_connection_does_not_hold_up_the_end(box, rest, seconds):
    address = ("127.0.0.1", box.core.port)
    with socket.create_connection(address) as fresh, socket.create_connection(address) as used:
        used.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
        assert used.recv(4096).startswith(b"HTTP/1.1 200")
        fresh.sendall(rest)
        used.sendall(rest)
        time.sleep(0.2)
        start = time.monotonic()
        assert box.core.end() == 0
        assert time.monotonic() - start < seconds


def test_a_request_in_flight_is_finished_before_the_end(box):
    box.person("anna")
    body = json.dumps({"username": "anna", "password": "bukan sandinya"}).encode()
    request = raw.post("/auth/login", body, "Content-Type: application/json")
    address = ("127.0.0.1", box.core.port)
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request)
        time.sleep(0.02)
        box.core.process.send_signal(signal.SIGTERM)
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")
    assert box.core.end() == 0


def test_healthcheck_says_by_its_status_whether_the_program_is_ready(box):
    core = {"CHATCORE_PORT": str(box.core.port)}
    cipher = {"CIPHER_PORT": str(box.cipher.port)}
    assert run("ChatCore", "healthcheck", environment=core).returncode == 0
    assert run("Cipher", "healthcheck", environment=cipher).returncode == 0
    box.cipher.end()
    assert run("Cipher", "healthcheck", environment=cipher).returncode != 0
    eventually(lambda: run("ChatCore", "healthcheck", environment=core).returncode != 0)


def test_chatcore_listens_where_it_was_told_and_nowhere_else(box):
    assert box.core.url.startswith("http://127.0.0.1:")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.2:{box.core.port}/healthz", timeout=5)


def test_a_request_has_one_name_in_the_lines_of_both_programs(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    sealing = re.findall(r"POST /encrypt 200 requests=(\S+)", box.cipher.log)
    sending = re.findall(r"POST /chat/send 200 .*request=(\S+)", box.core.log)
    assert len(sealing) == 1
    assert sealing == sending
    for number in range(149):
        budi.send(sari, f"pesan {number}")
    assert len(sari.history(budi)) == 150
    opening = re.findall(r"POST /decrypt 200 requests=(\S+)", box.cipher.log)
    reading = re.findall(r"GET /chat/history 200 .*request=(\S+)", box.core.log)
    assert len(opening) == 2, "a long history is opened in pieces"
    assert opening == reading * 2


@pytest.mark.parametrize(("program", "arguments"), [
    ("ChatCore", ["users", "reset-password", "budi", "kata sandi rahasia"]),
    ("Cipher", ["keys", "import", "--legacy", "kata sandi rahasia"]),
])
def test_a_secret_given_as_an_argument_is_refused_and_not_repeated(program, arguments, tmp_path):
    line = one_line(run(program, *arguments, cwd=tmp_path))
    assert "standard input" in line
    assert "rahasia" not in line
    assert not list(tmp_path.iterdir())


def test_no_configuration_of_openssl_changes_what_the_programs_compute_with(new_box, tmp_path):
    file = tmp_path / "openssl.cnf"
    file.write_text(
        "openssl_conf = start\n[start]\nalg_section = all\n[all]\ndefault_properties = fips=yes\n")
    box = new_box(environment={"OPENSSL_CONF": str(file)})
    box.cipher.environment = box.environment
    budi, sari = box.start().friends("budi", "sari")
    budi.send(sari, "halo")
    assert sari.texts(budi) == ["halo"]
