"""Status and metrics of a store in a database, without a pass over it."""

import json

import pytest
from test_metrics import counted, parse, scrape, value  # noqa: F401

import databases
from programs import run

pytestmark = pytest.mark.skipif(not databases.IS_USED, reason="it needs a database")


def status(box, *options):
    return run("ChatCore", "status", "--control-socket", box.control / "control.sock", *options)


def test_status_and_metrics_tell_users_messages_and_commits(counted):  # noqa: F811
    budi, sari = counted.friends("budi", "sari")
    for number in range(3):
        budi.send(sari, f"halo {number}")
    answer = json.loads(status(counted, "--json").stdout)
    assert (answer["users"], answer["messages"]) == (2, 3)
    assert answer["usersAreEstimated"] is False and answer["databaseBytes"] > 1 << 20
    lines = status(counted).stdout.splitlines()
    assert any(line.startswith("store    2 users, 3 messages; database ") for line in lines)
    assert any(line.startswith("backup   the database archives no log") for line in lines)
    found = parse(scrape(counted.core))
    assert (value(found, "chatcore_users"), value(found, "chatcore_messages")) == (2, 3)
    assert value(found, "chatcore_store_bytes", file="database") == answer["databaseBytes"]
    assert value(found, "chatcore_commit_group_changes_sum") >= 6
    assert value(found, "chatcore_commit_duration_seconds_sum") > 0


def test_many_users_are_estimated_by_the_database(counted):  # noqa: F811
    counted.database.run(
        "INSERT INTO users SELECT int8send(n), '', '', '', 0, 0, 0 FROM generate_series(1, 3000) n")
    counted.database.run("ANALYZE users")
    answer = json.loads(status(counted, "--json").stdout)
    assert answer["users"] == 3000 and answer["usersAreEstimated"] is True
    assert "store    about 3000 users" in status(counted).stdout
