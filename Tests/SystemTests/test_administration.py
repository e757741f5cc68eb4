"""`ChatCore users …` beside a running server, and what the audit log says."""

import re

import pytest

from api import PASSWORD, Person, ok, refusal
from programs import run

OTHER = "kata sandi yang lain"


def users(box, command, *arguments, input=b""):
    return run("ChatCore", "users", command, *arguments, "--data", box.control, input=input)


def well(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def one_line(done):
    lines = done.stderr.splitlines()
    assert done.returncode != 0 and len(lines) == 1, done
    return lines[0]


def audit(box):
    """(event, outcome, user or None) of every audit line."""
    found = []
    for line in box.core.log.splitlines():
        if " audit " in line:
            fields = dict(re.findall(r"(\w+)=(\S+)", line))
            found.append((fields["event"], fields["outcome"], fields.get("user")))
    return found


def test_everybody_is_listed_with_id_and_number_of_contacts(box):
    budi, sari, rini = box.friends("budi", "sari", "rini")
    lines = [line.split() for line in well(users(box, "list")).splitlines()]
    assert lines == [[budi.id, "2", "budi"], [rini.id, "1", "rini"], [sari.id, "1", "sari"]]


def test_a_reset_password_is_the_new_one_and_ends_every_session(box):
    budi = box.person("budi")
    well(users(box, "reset-password", "budi", input=OTHER.encode() + b"\n"))
    assert budi.try_friends().status_code == 401
    assert box.client().login("budi").status_code == 401
    ok(box.client().login("budi", OTHER))


@pytest.mark.parametrize(("password", "word"), [
    (b"", "standard input"), (b"pendek", "8 characters"), (b"x" * 73, "72 bytes"),
    (b"password123", "common"), (b"budisantoso", "the name"),
])
def test_a_reset_follows_the_rules_for_passwords(box, password, word):
    box.person("budisantoso")
    assert word in one_line(users(box, "reset-password", "budisantoso", input=password))
    ok(box.client().login("budisantoso"))


def test_a_renamed_user_keeps_session_friends_and_messages(box):
    budi, sari = box.friends("budi", "sari")
    budi.send(sari, "halo")
    well(users(box, "rename", "budi", "budi.s"))
    assert sari.friends()[0]["username"] == "budi.s"
    assert budi.texts(sari) == ["halo"]
    ok(box.client().login("budi.s"))
    well(users(box, "rename", "budi.s", "Budi.S"))
    assert "already" in one_line(users(box, "rename", "sari", "BUDI.s"))
    assert "3 to 32" in one_line(users(box, "rename", "sari", "x y"))


def test_who_is_signed_out_must_log_in_again(box):
    budi = box.person("budi")
    well(users(box, "sign-out", "budi"))
    assert budi.try_friends().status_code == 401
    ok(Person.login(box.client(), "budi").try_friends())


@pytest.mark.parametrize("command", [
    ("reset-password", "BUDI"), ("rename", "BUDI", "lain"), ("sign-out", "BUDI"),
    ("delete", "BUDI"),
])
def test_a_name_is_meant_exactly(box, command):
    budi = box.person("budi")
    assert "exactly" in one_line(users(box, *command, input=OTHER.encode()))
    assert budi.try_friends().status_code == 200


def test_whoever_is_deleted_is_in_no_file_of_the_store(box):
    budi, sari, rini = box.friends("budi", "sari", "rini")
    sari.befriend(rini)
    sent = budi.send(sari, "satu"), sari.send(budi, "dua"), budi.send(rini, "tiga")
    kept = sari.send(rini, "empat")
    contents = re.findall(rb'"content":"([^"]+)"', box.stored_bytes())
    assert len(contents) == 4
    assert budi.id in well(users(box, "delete", "budi"))
    stored = box.stored_bytes()
    assert budi.id.encode() not in stored and b"budi" not in stored
    for message in sent:
        assert message["id"].encode() not in stored
    assert kept["id"].encode() in stored
    assert [friend["username"] for friend in sari.friends()] == ["rini"]
    assert budi.try_friends().status_code == 401
    assert box.client().login("budi").status_code == 401
    assert sari.texts(rini) == ["empat"]
    assert refusal(sari.try_send(budi, "masih?"))[:2] == (404, "not_found")
    box.restart_core()
    assert budi.id.encode() not in box.stored_bytes()
    ok(box.client().register("budi"))


def test_a_deletion_that_leaves_something_in_a_file_says_so(box):
    budi, sari = box.friends("budi", "sari")
    sent = budi.send(sari, "satu")["id"].encode()
    in_the_way = box.data / "db.json.tmp"
    in_the_way.mkdir()
    assert "store fold" in one_line(users(box, "delete", "budi"))
    assert budi.try_friends().status_code == 401
    assert sent in box.stored_bytes()
    in_the_way.rmdir()
    well(run("ChatCore", "store", "fold", "--data", box.data))
    assert sent not in box.stored_bytes()


def test_without_a_server_nothing_is_done(box):
    box.person("budi")
    box.core.end()
    assert "no server runs" in one_line(users(box, "delete", "budi"))


def test_the_audit_log_tells_who_and_never_what_was_typed(box):
    budi = box.person("budi")
    box.client().login("budi", "salah sama sekali")
    box.client().login("tiada.orang.ini", "rahasia ketiga")
    box.client().login("kata-sandi-di-kolom-nama", PASSWORD)
    ok(budi.api.post("/auth/change-password", {
        "userId": budi.id, "newPassword": OTHER, "currentPassword": PASSWORD}))
    well(users(box, "sign-out", "budi"))
    assert audit(box) == [
        ("registration", "done", budi.id), ("sign-in", "done", budi.id),
        ("sign-in", "failed", budi.id), ("sign-in", "failed", None),
        ("password-change", "done", budi.id), ("sign-out", "done", budi.id),
    ]
    for typed in ("salah sama", "tiada.orang", "rahasia ketiga", "kata-sandi", OTHER, PASSWORD,
                  budi.token):
        assert typed not in box.core.log


def test_throttled_attempts_are_audited(new_box):
    box = new_box("--auth-attempts=2").start()
    for _ in range(4):
        box.client().login("siapa.pun")
    assert [outcome for _, outcome, _ in audit(box)] == ["failed", "throttled"]
    box.core.end()
    assert sorted(outcome for _, outcome, _ in audit(box)[2:]) == ["failed", "throttled"]
    assert box.core.log.count("repeated=1") == 2


def test_a_longer_password_that_begins_right_is_wrong(client, name):
    username, password = name("panjang"), "x9" * 36
    ok(client.register(username, password))
    assert client.login(username, password + "!").status_code == 401
    ok(client.login(username, password))


def test_a_store_put_back_revives_no_token_of_a_later_password(box, tmp_path):
    budi = box.person("budi")
    run("ChatCore", "store", "backup", tmp_path / "copy", "--data", box.data)
    change = {"userId": budi.id, "newPassword": OTHER}
    later = ok(budi.api.post("/auth/change-password", change))["token"]
    box.core.end()
    for file in box.data.iterdir():
        file.unlink()
    for file in (tmp_path / "copy").iterdir():
        (box.data / file.name).write_bytes(file.read_bytes())
        (box.data / file.name).chmod(0o600)
    box.start_core()
    again = Person.login(box.client(), "budi")
    ok(again.api.post("/auth/change-password", change))
    again.api.http.headers["Authorization"] = f"Bearer {later}"
    assert again.try_friends().status_code == 401
