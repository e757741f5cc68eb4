"""The behaviour at limits: a full disk, many log-ins, a long history."""

import os
import threading
import time

import pytest

from api import Client, ok, refusal
from programs import can_mount, eventually

SMALL_DISK = """
mount -t tmpfs -o size=1m none "$1" && mkdir "$1/data" && head -c 300000 /dev/zero >"$1/ballast"
shift; exec "$@"
"""


@pytest.mark.skipif(not can_mount(), reason="needs a mount namespace of its own")
def test_a_full_disk_refuses_writes_leaves_reads_and_is_tried_again(box):
    box.core.end()
    disk = box.folder / "disk"
    disk.mkdir()
    box.data = disk / "data"
    box.core = box.core_program()
    box.core.prefix = ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", disk]
    box.core.start().wait_ready()
    anna, budi = box.friends("anna", "budi")

    sent = []
    while (answer := anna.try_send(budi, f"{len(sent)} " + "x" * 4000)).status_code == 200:
        sent.append(answer.json()["content"])
        assert len(sent) < 1000, "the disk is not full"
    assert refusal(answer)[:2] == (503, "storage_full")
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(sent) > 10
    assert anna.texts(budi) == sent
    ok(box.client().login("anna"))
    assert refusal(box.client().register("citra"))[:2] == (503, "storage_full")

    (box.core.outside(disk) / "ballast").unlink()
    eventually(lambda: anna.try_send(budi, "muat lagi").status_code == 200, within=20)
    assert budi.texts(anna) == [*sent, "muat lagi"]


@pytest.mark.alone
def test_more_log_ins_than_fit_are_told_to_come_back_and_hold_nobody_else_up(box):
    anna, budi = box.friends("anna", "budi")
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Client(box.url).login("anna")))
        for _ in range(100)
    ]
    first, slowest = time.monotonic(), 0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        start = time.monotonic()
        anna.send(budi, "masih lancar")
        slowest = max(slowest, time.monotonic() - start)
    took = time.monotonic() - first
    for thread in threads:
        thread.join()
    assert slowest < took / 2, "a message waited for the log-ins"
    assert len(answers) == 100
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) < 100
    # More processors hash as fast as this test can ask.
    assert refused or os.cpu_count() > 8
    for answer in refused:
        assert refusal(answer)[:2] == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1


def peak_megabytes(program):
    status = (program.process_folder / "status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_a_long_history_is_streamed_whole_and_in_little_memory(box):
    anna, budi = box.friends("anna", "budi")

    def write(part):
        for n in range(500):
            anna.send(budi, f"{part}:{n} " + "kata " * 700)
    writers = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    before = peak_megabytes(box.core)
    answers = []
    readers = [
        threading.Thread(target=lambda: answers.append(Client(box.url, anna.token).get(
            "/chat/history", myId=anna.id, friendId=budi.id)))
        for _ in range(8)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    for answer in answers:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        texts = [message["content"] for message in ok(answer)]
        for part in range(4):
            mine = [int(text.split()[0].split(":")[1]) for text in texts
                    if text.startswith(f"{part}:")]
            assert mine == list(range(500))
    grown = peak_megabytes(box.core) - before
    print("grown by", grown)
    assert grown < 40, "eight answers of 7 MB each were held in memory"
