"""Lines that say what a slow request waited for, ids of requests, and the level of the log."""

import os
import re
import signal
import threading
import time

import raw
from api import Client
from programs import eventually, run
from stores import one_line, well

ID = re.compile(r"[0-9a-f]+-[0-9]+")
PARTS = ("queueMs", "vaultMs", "diskMs", "writingMs", "otherMs")


def slow_lines(program, start=0):
    found = (line for line in program.log[start:].splitlines() if " slow request " in line)
    return [dict(re.findall(r"(\w+)=(\S+)", line)) for line in found]


def test_a_slow_send_tells_that_it_waited_for_the_vault(new_box):
    box = new_box("--slow-ms=300", "--log-level=notice").start()
    budi, sari = box.friends("budi", "sari")
    os.kill(box.cipher.process.pid, signal.SIGSTOP)
    try:
        answers = []
        sending = threading.Thread(target=lambda: answers.append(budi.try_send(sari, "lambat")))
        sending.start()
        time.sleep(0.8)
    finally:
        os.kill(box.cipher.process.pid, signal.SIGCONT)
    sending.join()
    id = answers[0].headers["X-Request-ID"]
    line, = eventually(
        lambda: [line for line in slow_lines(box.core) if line["request"] == id], what="a line")
    assert line["route"] == "/chat/send"
    assert line["status"] == str(answers[0].status_code)
    assert int(line["ms"]) >= 300 and int(line["vaultMs"]) >= 100
    assert sum(int(line[part]) for part in PARTS) <= int(line["ms"]) + 1
    for person in (budi, sari):
        assert person.id not in box.core.log


def test_every_part_is_told_and_nobody_is(new_box):
    box = new_box("--slow-ms=1", "--log-level=notice").start()
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "rahasia sekali")
    sari.history(budi)
    lines = eventually(lambda: (
        found := slow_lines(box.core)) and "/auth/register" in {line["route"] for line in found}
        and found)
    for line in lines:
        assert set(line) >= {"request", "route", "status", "ms", *PARTS}
        assert set(line) <= {"request", "route", "status", "ms", "repeated", *PARTS}
    # A registration costs bcrypt, which is its own work.
    registered = next(line for line in lines if line["route"] == "/auth/register")
    assert int(registered["otherMs"]) >= 1
    assert budi.id not in box.core.log and "rahasia" not in box.core.log


def test_zero_logs_no_slow_requests(new_box):
    box = new_box("--slow-ms=0", "--log-level=notice").start()
    box.friends("budi", "sari")
    assert slow_lines(box.core) == []


def test_every_answer_but_a_304_has_an_id_of_its_own(shared_box):
    person = shared_box.person("punyaid")
    answers = [
        shared_box.client().get("/healthz"), shared_box.client().get("/tiada"),
        shared_box.client().get("/"), person.try_friends(), person.try_send(person, "halo"),
        shared_box.client().post("/auth/login", {"username": "x"}),
        raw.say(shared_box.url, b"BUKAN HTTP\r\n\r\n"),
        raw.say(shared_box.url, b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n"),
    ]
    ids = [answer.headers.get("X-Request-Id", answer.headers.get("X-Request-ID"))
           for answer in answers]
    assert all(id and ID.fullmatch(id) for id in ids), ids
    assert len(set(ids)) == len(ids)
    unchanged = person.try_friends(headers={"If-None-Match": answers[3].headers["ETag"]})
    assert unchanged.status_code == 304 and "X-Request-ID" not in unchanged.headers


def test_the_id_of_an_answer_finds_the_request_in_both_logs(box):
    budi, sari = box.friends("budi", "sari")
    sent = budi.try_send(sari, "halo").headers["X-Request-ID"]
    eventually(lambda: re.search(rf"POST /chat/send 200 .*request={sent}\b", box.core.log))
    eventually(lambda: re.search(rf"POST /encrypt 200 .*requests={sent}\b", box.cipher.log))


def test_the_log_level_changes_without_a_restart(new_box):
    box = new_box("--log-level=info").start()
    place = {"ChatCore": ("--data", box.data), "Cipher": ("--key-file", box.key_file)}
    # Cipher of a box logs at level debug.
    well(run("Cipher", "log-level", "info", *place["Cipher"]))
    for name, program in (("ChatCore", box.core), ("Cipher", box.cipher)):
        assert well(run(name, "log-level", *place[name])) == "the log level is info\n"
        start = len(program.log)
        Client(program.url).get("/healthz")
        assert " debug " not in program.log[start:]
        said = well(run(name, "log-level", "debug", *place[name]))
        assert said.startswith("the log level was info and is debug")
        Client(program.url).get("/healthz")
        eventually(lambda: "GET /healthz 200" in program.log[start:])  # noqa: B023
    well(run("ChatCore", "log-level", "error", *place["ChatCore"]))
    start = len(box.core.log)
    box.client().get("/healthz")
    time.sleep(0.1)
    assert box.core.log[start:] == ""


def test_an_unknown_level_is_refused(box):
    done = run("ChatCore", "log-level", "berisik", "--data", box.data)
    assert "berisik" in one_line(done)


def test_a_level_that_no_server_takes_ends_with_one_line(tmp_path):
    assert "no server runs" in one_line(run("ChatCore", "log-level", "--data", tmp_path))
    said = one_line(run("Cipher", "log-level", "--key-file", tmp_path / "keys.json"))
    assert "no Cipher runs" in said
