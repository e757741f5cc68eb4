"""`ChatCore status` and `Cipher status`: what they say, and how they end."""

import json
import signal
import subprocess
import time

import pytest

from programs import BUILD, clean_environment, eventually, run
from stores import one_line, well


def status(box, *options):
    return run("ChatCore", "status", "--data", box.data, *options)


def told(box):
    return json.loads(status(box, "--json").stdout)


def codes(answer):
    return [warning["code"] for warning in answer["warnings"]]


def test_a_healthy_server_tells_what_it_holds_and_ends_with_0(box):
    budi, sari = box.friends("budi", "sari")
    for number in range(3):
        budi.send(sari, f"halo {number}")
    sari.history(budi)
    well(run("ChatCore", "store", "backup", box.folder / "backup", "--data", box.data))
    answer = told(box)
    assert answer["status"] == "ready" and answer["warnings"] == []
    assert (answer["users"], answer["messages"]) == (2, 3)
    assert answer["snapshotBytes"] > 0 and answer["journalBytes"] > 0
    assert 0 < answer["diskFreeBytes"] <= answer["diskBytes"]
    assert 0 <= answer["backupAgeSeconds"] < 60
    # The count is as old as the last look at Cipher's keys.
    assert answer["keyVersion"] == 1 and 0 <= answer["keySeals"] < answer["keySealsMax"]
    done = status(box)
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("ChatCore 1.0.0, Cipher 1.0.0: ready, up ")
    assert len(lines) <= 10 and all(len(line) <= 100 for line in lines)
    assert any(line.startswith("store    2 users, 3 messages") for line in lines)


def test_sends_and_polls_of_the_last_minutes_have_rates_and_times(box):
    budi, sari = box.friends("budi", "sari")
    # The first sample is from the start; these come after it.
    for number in range(5):
        budi.send(sari, f"halo {number}")
    sari.history(budi)
    answer = told(box)
    assert answer["sendsPerSecond"] > 0
    assert answer["requestsPerSecond"] > answer["sendsPerSecond"]
    assert answer["sendMicrosecondsP99"] >= answer["sendMicrosecondsP50"] > 0
    assert answer["pollMicrosecondsP50"] > 0


def test_without_a_backup_the_status_says_so_and_ends_with_1(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    done = status(box)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "! there is no backup: run ChatCore store backup"
    assert codes(told(box)) == ["no_backup"]


def test_the_age_of_a_backup_outlives_a_restart(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    well(run("ChatCore", "store", "backup", box.folder / "backup", "--data", box.data))
    box.restart_core()
    assert told(box)["backupAgeSeconds"] < 60


def test_what_only_a_person_can_mend_comes_first(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    box.cipher.kill()
    answer = eventually(
        lambda: (now := told(box))["status"] == "not ready" and now, what="not ready")
    assert codes(answer)[0] == "vault_unavailable" and "no_backup" in codes(answer)
    done = status(box)
    assert done.returncode == 1 and "Cipher does not answer" in done.stdout.splitlines()[0]


def test_where_no_server_runs_the_status_ends_with_2(box, tmp_path):
    box.core.end()
    done = status(box)
    assert done.returncode == 2 and "no server runs" in one_line(done)
    done = run("Cipher", "status", "--key-file", tmp_path / "keys.json")
    assert done.returncode == 2 and "no Cipher runs" in one_line(done)


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
def test_the_status_of_a_program_that_hangs_ends_with_2(box, program):
    hung = {"ChatCore": box.core, "Cipher": box.cipher}[program].process
    place = {"ChatCore": ("--data", box.data), "Cipher": ("--key-file", box.key_file)}[program]
    hung.send_signal(signal.SIGSTOP)
    try:
        done = run(program, "status", *place)
    finally:
        hung.send_signal(signal.SIGCONT)
    assert done.returncode == 2 and "did not answer" in one_line(done)


def test_the_status_of_cipher_tells_its_key_and_its_work(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    sari.history(budi)
    done = run("Cipher", "status", "--key-file", box.key_file, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["status"] == "ready" and answer["warnings"] == []
    assert answer["sealed"] == 1 and answer["opened"] >= 1 and answer["notAuthentic"] == 0
    assert answer["keyVersion"] == 1 and 1 <= answer["keySeals"] < answer["keySealsMax"]
    lines = run("Cipher", "status", "--key-file", box.key_file).stdout.splitlines()
    assert lines[0].startswith("Cipher 1.0.0: ready, up ") and len(lines) == 3


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
def test_a_watched_status_is_printed_again(box, program, tmp_path):
    place = ["--data", box.data] if program == "ChatCore" else ["--key-file", box.key_file]
    with (tmp_path / "said").open("w") as said:
        watching = subprocess.Popen(
            [BUILD / program, "status", "--json", "--watch", *map(str, place)], stdout=said,
            env=clean_environment())
    try:
        lines = eventually(lambda: (
            len(lines := (tmp_path / "said").read_text().splitlines()) >= 2 and lines))
    finally:
        watching.terminate()
        watching.wait()
    first, second = map(json.loads, lines[:2])
    assert first["version"] == second["version"]
    assert second["uptimeSeconds"] > first["uptimeSeconds"]


def test_asking_often_leaves_no_line_in_the_log(new_box):
    box = new_box("--log-level=info").start()
    before = box.core.log
    for _ in range(3):
        told(box)
    time.sleep(0.1)
    assert "asked for /status" not in box.core.log[len(before):]
