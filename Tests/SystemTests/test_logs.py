"""A stranger, a user or a broken peer can cause one log line a minute, and no more."""

import json
import re
import socket
import threading

import raw
from api import refusal
from programs import eventually, run
from stores import store

FLOOD = 3_000
JSON = "Content-Type: application/json"
LEGACY_KEY = b"12345678901234567890123456789012"


def lines(program, word, start=0):
    return [line for line in program.log[start:].splitlines() if word in line]


def repeated(found):
    """Returns the number of events that the lines count without showing them."""
    return sum(int(number) for line in found for number in re.findall(r"repeated=(\d+)", line))


def fields(line):
    return dict(re.findall(r"(\w+)=(\S+)", line))


def flood(program, request, count=FLOOD, connections=4):
    """Sends a request again and again; returns how often each status was answered."""
    statuses = {}

    def ask(share):
        with socket.create_connection(("127.0.0.1", program.port), 30) as connection:
            received, sent = b"", 0
            batch = min(50, share)
            while sent < share:
                connection.sendall(request * batch)
                sent += batch
                while received.count(b"HTTP/1.1 ") < sent:
                    received += connection.recv(1 << 20)
                    assert received, "the connection ended"
            for status in re.findall(rb"HTTP/1\.1 (\d+)", received):
                statuses[int(status)] = statuses.get(int(status), 0) + 1
    threads = [
        threading.Thread(target=ask, args=(count // connections,)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_a_throttled_stranger_writes_a_line_a_minute_with_a_count(new_box):
    box = new_box("--auth-attempts=2", "--log-level=info", "--slow-ms=0").start()
    body = json.dumps({"username": "siapa", "password": "bukan ini"}).encode()
    start = len(box.core.log)
    # Refusals are held back for a moment each: many connections, few requests on each.
    statuses = flood(box.core, raw.post("/auth/login", body, JSON), 960, connections=48)
    assert statuses[429] >= 900
    assert len(lines(box.core, "throttled", start)) == 1
    assert len(box.core.log) - start < 2_000

    box.core.end()
    throttled = lines(box.core, "throttled", start)
    assert len(throttled) == 2 and len(throttled) + repeated(throttled) - 1 == statuses[429]
    assert all(fields(line)["address"] == "127.0.0.1" for line in throttled)


def test_addresses_and_users_do_not_hide_one_another(new_box):
    box = new_box("--auth-attempts=0", "--trusted-proxies=127.0.0.1").start()
    people = [box.person(name) for name in ("anna", "budi")]

    def attempt(address, username):
        refused = box.client().post(
            "/auth/login", {"username": username, "password": "bukan ini"},
            {"CF-Connecting-IP": address})
        assert refusal(refused)[0] == 401
    for _ in range(3):
        for person in people:
            attempt("203.0.113.9", person.username)
        attempt("198.51.100.7", "anna")
        for host in range(1, 4):
            attempt(f"2001:db8::{host}", "tiada")
    found = [fields(line) for line in lines(box.core, "outcome=failed")]
    assert [(line["address"], line.get("user")) for line in found] == [
        ("203.0.113.9", people[0].id), ("203.0.113.9", people[1].id),
        ("198.51.100.7", people[0].id), ("2001:db8::1", None)]


def test_a_stranger_with_many_addresses_does_not_flood_the_log_either(new_box):
    box = new_box(
        "--auth-attempts=1", "--trusted-proxies=127.0.0.1", "--log-level=info").start()

    def knock(numbers):
        client = box.client()
        for number in numbers:
            for _ in range(2):
                client.post(
                    "/auth/register", {"username": "x", "password": "y"},
                    {"CF-Connecting-IP": f"203.0.{number // 250}.{number % 250}"})
    threads = [
        threading.Thread(target=knock, args=(range(first, 600, 30),)) for first in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    throttled = lines(box.core, "throttled")
    assert 100 <= len(throttled) <= 150


def test_refused_callers_of_the_vault_are_told_of_with_their_address(box):
    start = len(box.cipher.log)
    statuses = flood(box.cipher, raw.post("/encrypt", b'{"text":"x"}', JSON))
    assert statuses == {401: FLOOD}
    box.cipher.end()
    refused = lines(box.cipher, "refused a caller", start)
    assert len(refused) == 2 and repeated(refused) == FLOOD - 1
    assert all(fields(line)["address"] == "127.0.0.1" for line in refused)


def test_messages_that_are_not_authentic_are_named_once_however_often_they_are_read(box):
    anna, budi = box.friends("anna", "budi")
    sent = [anna.send(budi, f"pesan {number}")["id"] for number in range(60)]
    box.core.end()
    spoiled = re.sub(r'("content":"v1:)....', r"\1AAAA", box.db_file.read_text())
    box.db_file.write_text(spoiled)
    assert store("accept", data=box.data).returncode == 0
    box.start_core()
    start = len(box.core.log)
    anna = anna.__class__.login(box.client(), "anna")
    for _ in range(20):
        assert anna.texts(budi) == ["[Gagal Decrypt]"] * 60
    found = lines(box.core, "a message is not authentic", start)
    assert len(found) == 1
    named = fields(found[0])["message"].split(",")
    assert named == sent[:len(named)] and len(named) > 20
    assert int(fields(found[0])["more"]) == 60 - len(named)


def test_a_vault_that_comes_and_goes_is_told_of_a_few_times_a_minute(box):
    for _ in range(6):
        box.cipher.kill()
        eventually(lambda: not box.core.is_ready(), what="not ready")
        box.start_cipher()
        box.core.wait_ready()
    for word in ("the vault is away", "the vault is ready"):
        assert 1 <= len(lines(box.core, word)) <= 3
    box.core.end()
    assert repeated(lines(box.core, "the vault is away")) >= 3


def test_a_takeover_names_every_message_in_few_lines(new_box):
    box, count = new_box(), 2_000
    done = run(
        "Cipher", "keys", "import", "--legacy", "--key-file", box.key_file, input=LEGACY_KEY)
    assert done.returncode == 0, done.stderr
    box.start_cipher()
    users = [{"id": name, "username": name, "password": "x", "contacts": ["nobody"]}
             for name in ("anna", "budi")]
    messages = [
        {"id": f"pesan-{number}", "senderId": "anna", "receiverId": "budi",
         "content": f"terbuka {number}", "timestamp": 1_700_000_000 + number}
        for number in range(count)]
    lost = [message | {"id": f"hilang-{index}", "senderId": "nobody"}
            for index, message in enumerate(messages)]
    box.data.mkdir()
    (box.data / "db.json").write_text(
        json.dumps({"users": users, "messages": messages + lost}))
    box.start_core()
    log = box.core.log
    assert all(re.search(rf"\b{word}-{number}\b", log)
               for word in ("pesan", "hilang") for number in (0, 1, count // 2, count - 1))
    assert len(set(re.findall(r"(?:pesan|hilang)-\d+", log))) == 2 * count
    assert len(lines(box.core, "earlier system")) + len(lines(box.core, "unsealed")) < 100
