"""`ChatCore users list --long`, `show`, `limited`, `disable` and `enable`."""

import datetime
import json
import signal
import threading
import time

import pytest

from api import Person, ok, refusal
from programs import run
from stores import one_line, well


def users(box, command, *arguments):
    return run("ChatCore", "users", command, *arguments, "--data", box.control)


def listed(box, *options):
    lines = well(users(box, "list", "--json", *options)).splitlines()
    return [json.loads(line) for line in lines]


def names(box, *options):
    return [user["username"] for user in listed(box, *options)]


def today():
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def test_a_long_list_counts_friends_messages_and_bytes_and_dates_everybody(box):
    budi, sari, rini = box.friends("budi", "sari", "rini")
    for _ in range(3):
        budi.send(sari, "halo " * 20)
    sari.send(budi, "ya")
    people = {user["username"]: user for user in listed(box)}
    assert [people[name]["contacts"] for name in ("budi", "sari", "rini")] == [2, 1, 1]
    assert [people[name]["messages"] for name in ("budi", "sari", "rini")] == [3, 1, 0]
    assert {user["since"] for user in people.values()} == {today()}
    assert people["budi"]["seen"] == today() and rini.id == people["rini"]["id"]
    if not box.database:
        assert people["budi"]["bytes"] > 3 * people["sari"]["bytes"] > 0
        assert people["rini"]["bytes"] == 0
    line = next(
        line for line in well(users(box, "list", "--long")).splitlines() if "budi" in line)
    assert line.split()[:3] == [budi.id, "2", "3"]
    assert line.split()[-3:] == [today(), today(), "budi"]


def test_a_list_is_sorted_by_what_is_asked_for(box):
    budi, sari, rini = box.friends("budi", "sari", "rini")
    sari.send(budi, "satu")
    sari.send(budi, "dua")
    rini.send(budi, "satu")
    assert names(box) == ["budi", "rini", "sari"]
    assert names(box, "--sort", "messages") == ["sari", "rini", "budi"]
    assert names(box, "--sort", "friends", "--limit", "1") == ["budi"]
    assert names(box, "--sort", "messages", "--search", "RI") == ["sari", "rini"]
    assert "--sort" in users(box, "list", "--sort", "shoe-size").stderr
    assert "--after" in one_line(users(box, "list", "--sort", "seen", "--after", "budi"))


def test_counts_are_the_same_after_a_deletion_a_restart_and_a_fold(box):
    budi, sari = box.friends("budi", "sari")
    first = budi.send(sari, "a" * 500)
    budi.send(sari, "b" * 500)
    whole = listed(box)
    ok(budi.try_delete(sari, first["id"]))
    box.restart_core(signal.SIGKILL)
    after = listed(box)
    assert [user["messages"] for user in after] == [user["messages"] for user in whole]
    if box.database:
        return
    assert after[0]["bytes"] < whole[0]["bytes"] - 500
    well(run("ChatCore", "store", "fold", "--data", box.data))
    box.restart_core()
    assert [user["bytes"] for user in listed(box)] == [user["bytes"] for user in after]


def test_somebody_is_shown(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    said = well(users(box, "show", "budi"))
    fields = dict(line.split(None, 1) for line in said.splitlines() if "last seen" not in line)
    assert (fields["name"], fields["id"], fields["log-in"]) == ("budi", budi.id, "allowed")
    assert (fields["friends"], fields["messages"], fields["since"]) == ("1", "1", today())
    assert int(fields["bytes"]) > 0 and fields["refused"] == "nothing lately"
    assert f"last seen   {today()}" in said
    assert "no user of exactly this name" in one_line(users(box, "show", "BUDI"))


def test_a_disabled_person_is_out_at_once_and_stays_out_until_enabled(box):
    box.keep_port()
    budi, sari = box.friends("budi", "sari")
    well(users(box, "disable", "budi"))
    assert budi.try_friends().status_code == 401
    wrong = refusal(box.client().login("budi", "bukan kata sandinya"))
    assert refusal(box.client().login("budi")) == wrong
    assert wrong[:2] == (401, "bad_credentials")
    # Nothing of theirs is gone, and the name is not free.
    sari.send(budi, "kamu di mana?")
    assert refusal(box.client().register("budi"))[1] == "username_taken"
    assert listed(box)[0]["disabled"] is True
    assert "disabled" in well(users(box, "show", "budi"))
    well(users(box, "disable", "budi"))
    box.restart_core(signal.SIGKILL)
    assert box.client().login("budi").status_code == 401
    box.restart_core()
    assert box.client().login("budi").status_code == 401
    well(users(box, "enable", "budi"))
    assert budi.try_friends().status_code == 401
    again = Person.login(box.client(), "budi")
    assert again.texts(sari) == ["kamu di mana?"]
    assert "disabled" not in listed(box)[0]
    for event in ("disabling", "enabling"):
        assert f"event={event} outcome=done" in box.core.log_file.read_text()


def test_a_new_password_of_a_disabled_person_lets_nobody_in(box):
    box.person("budi")
    well(users(box, "disable", "budi"))
    done = run(
        "ChatCore", "users", "reset-password", "budi", "--data", box.data,
        input=b"kata sandi yang lain\n")
    well(done)
    assert box.client().login("budi", "kata sandi yang lain").status_code == 401
    well(users(box, "enable", "budi"))
    ok(box.client().login("budi", "kata sandi yang lain"))


@pytest.mark.parametrize("command", ["disable", "sign-out"])
def test_a_held_poll_of_somebody_whose_sessions_end_is_answered_at_once(box, command):
    budi, sari = box.friends("budi", "sari")
    since = max(row["changed"] for row in budi.friends())
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(budi.try_friends(since=since, wait=25)))
    thread.start()
    time.sleep(0.5)
    well(users(box, command, "budi"))
    thread.join(10)
    assert answers and answers[0].status_code == 401


def test_a_store_with_a_disabled_person_is_sound_to_every_command(box):
    box.looks_into_data()
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    well(users(box, "disable", "budi"))
    box.folded()
    assert '"password":"!$2b$' in box.db_file.read_text()
    assert "no hash" not in well(run("ChatCore", "store", "verify", "--data", box.data))
    text = box.db_file.read_text().replace('"username":"sari"', '"username":"sarinah"')
    box.db_file.write_text(text)
    well(run("ChatCore", "store", "accept", "--data", box.data))
    salvaged = box.folder / "salvaged"
    well(run("ChatCore", "store", "salvage", box.data, salvaged))
    well(run("ChatCore", "store", "restore", salvaged, "--data", box.data))
    box.start_core()
    assert box.client().login("budi").status_code == 401
    ok(box.client().login("sarinah"))


def test_the_worst_of_those_whom_limits_refuse_comes_first(new_box):
    box = new_box("--send-rate=5", "--auth-attempts=5").start()
    budi, sari, wati = box.friends("budi", "sari", "wati")
    nobody = users(box, "limited")
    assert (nobody.stdout, nobody.stderr) == ("", "no limit refuses anybody\n")
    for _ in range(40):
        budi.try_send(sari, "banjir")
    for _ in range(14):
        wati.try_send(budi, "deras")
    for _ in range(8):
        box.client().login("sari", "bukan kata sandinya")
    lines = well(users(box, "limited")).splitlines()
    assert lines[0].startswith("messages: ") and lines[0].endswith("  budi")
    assert any("passwords" in line and "address 127.0.0.1" in line for line in lines)
    assert any(line.startswith("messages: ") and line.endswith("  wati") for line in lines)
    assert not any(line.endswith("  sari") for line in lines)
    assert "messages: " in well(users(box, "show", "budi"))
