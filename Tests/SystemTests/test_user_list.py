"""`ChatCore users list` and the other answers of many lines, however many there are."""

import json
import signal
import subprocess
import time

import pytest

from programs import BUILD, clean_environment, run
from stores import one_line, well

COUNT = 3000
HASH = "$2b$10$" + "a" * 53


def earlier_store(box, names):
    """Returns a store of the earlier system, with users alone."""
    box.data.mkdir(exist_ok=True)
    users = [
        {"id": f"{number:032x}", "username": name, "password": HASH, "contacts": []}
        for number, name in enumerate(names)]
    box.db_file.write_text(json.dumps({"users": users, "messages": []}, indent=2))
    box.db_file.chmod(0o600)


@pytest.fixture
def crowd(box_folder):
    """A box with some thousands of people in it."""
    box = box_folder
    earlier_store(box, [f"orang.{number:05}" for number in range(COUNT)])
    return box.start()


@pytest.fixture
def box_folder(new_box):
    return new_box()


def listed(box, *options):
    return well(run("ChatCore", "users", "list", *options, "--data", box.control)).splitlines()


def test_everybody_is_listed_however_many_there_are(crowd):
    lines = [line.split() for line in listed(crowd)]
    assert lines == [
        [f"{number:032x}", "0", f"orang.{number:05}"] for number in range(COUNT)]


def test_a_list_is_searched_and_read_in_pages(crowd):
    def names(*options):
        return [line.split()[-1] for line in listed(crowd, *options)]
    assert names("--search", "ANG.0012", "--limit", "3") == [
        "orang.00120", "orang.00121", "orang.00122"]
    assert names("--search", "tiada") == []
    seen, page = [], names("--limit", "700")
    while page:
        seen += page
        page = names("--limit", "700", "--after", page[-1])
    assert seen == names() and len(seen) == COUNT
    assert "--limit" in one_line(
        run("ChatCore", "users", "list", "--limit", "0", "--data", crowd.data))


def test_all_invitations_are_printed_and_listed(box):
    codes = well(run(
        "ChatCore", "users", "invite", "--count", "1000", "--data", box.control)).splitlines()
    assert len(set(codes)) == 1000
    lines = well(run("ChatCore", "users", "invites", "--data", box.control)).splitlines()
    assert len(lines) == 1000


def test_a_list_that_nobody_reads_on_neither_stops_the_server_nor_its_end(crowd):
    reader = subprocess.Popen(
        [BUILD / "ChatCore", "users", "list", "--data", crowd.data],
        stdout=subprocess.PIPE, env=clean_environment())
    assert reader.stdout.readline().split()[-1] == b"orang.00000"
    time.sleep(1)
    assert crowd.core.is_ready()
    assert crowd.core.end(signal.SIGTERM) == 0
    reader.stdout.close()
    reader.wait(10)
