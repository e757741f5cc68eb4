"""Registration by invitation, and the codes for it."""

import contextlib
import re
import signal
import threading

import pytest

from api import PASSWORD, Client, ok, refusal
from programs import eventually, run


def users(box, *arguments):
    done = run("ChatCore", "users", *arguments, "--data", box.control)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def invite(box, count=1, *more):
    codes = users(box, "invite", "--count", count, *more)
    assert len(codes) == count == len(set(codes))
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
               for code in codes)
    return codes


def register(box, name, code=None, password=PASSWORD):
    body = {"username": name, "password": password}
    return Client(box.url).post(
        "/auth/register", body if code is None else body | {"invite": code})


@pytest.fixture
def box(new_box):
    return new_box("--registration=invite").start()


def test_without_a_code_nobody_registers_and_with_one_somebody_does(box):
    for nothing in (None, "", "   "):
        assert refusal(register(box, "budi", nothing))[:2] == (403, "invite_needed")
    for wrong in ("0000-0000-0000-0000", "bukan kode", "é" * 16, "0" * 60_000):
        assert refusal(register(box, "budi", wrong))[:2] == (400, "invite_invalid")
    code, = invite(box)
    ok(register(box, "budi", code))
    ok(box.client().login("budi"))
    assert refusal(register(box, "sari", code))[:2] == (400, "invite_invalid")


def test_a_code_is_read_as_people_type_it(box):
    for number, code in enumerate(invite(box, 4)):
        typed = [code.lower(), code.replace("-", ""), f" {code} ",
                 code.replace("0", "o").replace("1", "l")][number]
        ok(register(box, f"orang{number}", typed))


def test_a_failed_registration_leaves_the_code_good(box):
    first, second = invite(box, 2)
    ok(register(box, "budi", first))
    assert refusal(register(box, "BUDI", second))[1] == "username_taken"
    assert refusal(register(box, "sari", second, "pendek"))[1] == "weak_password"
    assert refusal(register(box, "x", second))[1] == "invalid_username"
    ok(register(box, "sari", second))


def test_a_stranger_without_a_code_learns_no_name(box):
    ok(register(box, "budi", *invite(box)))
    for code in (None, "0000-0000-0000-0000"):
        assert refusal(register(box, "budi", code)) == refusal(register(box, "sari", code))


def test_of_many_who_bring_one_code_at_once_one_gets_in(box):
    code, = invite(box)
    statuses = []
    threads = [
        threading.Thread(target=lambda n=n: statuses.append(
            register(box, f"orang{n}", code).status_code))
        for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 11


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_codes_outlive_a_restart_and_stay_used(box, how):
    used, left, revoked = invite(box, 3)
    ok(register(box, "budi", used))
    users(box, "revoke-invite", revoked)
    box.restart_core(how)
    for code in (used, revoked):
        assert refusal(register(box, "sari", code))[1] == "invite_invalid"
    ok(register(box, "sari", left))
    box.restart_core(how)
    assert refusal(register(box, "wati", left))[1] == "invite_invalid"
    ok(box.client().login("sari"))


def test_a_kill_at_any_moment_leaves_a_user_or_a_code_and_never_both_or_neither(box):
    for round in range(4):
        codes = invite(box, 6)
        threads = [
            threading.Thread(target=quietly, args=(register, box, f"o{round}.{n}", code))
            for n, code in enumerate(codes)]
        for thread in threads:
            thread.start()
        before = len(users(box, "list"))
        eventually(lambda least=before: len(users(box, "list")) > least, what="a registration")
        box.core.kill()
        for thread in threads:
            thread.join()
        box.start_core()
        left = len(users(box, "invites"))
        added = len([line for line in users(box, "list") if f"o{round}." in line])
        assert left + added == 6 and added > 0
        for line in users(box, "invites"):
            users(box, "revoke-invite", line.split()[0])


def quietly(act, *arguments):
    with contextlib.suppress(OSError):
        act(*arguments)


def test_the_store_holds_no_code_and_neither_does_the_log(box):
    codes = invite(box, 2)
    ok(register(box, "budi", codes[0]))
    assert refusal(register(box, "budi", codes[1]))[1] == "username_taken"
    everything = box.stored_bytes() + box.core.log.encode() + box.folded()
    for code in codes:
        for form in (code, code.replace("-", "")):
            assert form.encode() not in everything and form.lower().encode() not in everything


def test_what_is_left_is_listed_and_can_be_taken_back(box):
    code, other = invite(box, 2, "--days", "3")
    lines = users(box, "invites")
    assert len(lines) == 2
    assert all(re.fullmatch(r"[0-9a-f]{12}  \d{4}-\d\d-\d\dT[\d:]+Z", line) for line in lines)
    users(box, "revoke-invite", code.lower())
    last, = users(box, "invites")
    users(box, "revoke-invite", last.split()[0])
    assert users(box, "invites") == []
    assert refusal(register(box, "budi", other))[1] == "invite_invalid"
    for wrong in (other, "0a", "0" * 12):
        done = run("ChatCore", "users", "revoke-invite", wrong, "--data", box.control)
        assert done.returncode != 0 and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [
    ["--count", "0"], ["--count", "1001"], ["--days", "0"], ["--days", "3651"]])
def test_numbers_that_make_no_sense_are_refused_in_one_line(box, arguments):
    done = run("ChatCore", "users", "invite", *arguments, "--data", box.control)
    assert done.returncode != 0 and done.stdout == ""
    assert arguments[0] in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_no_more_codes_wait_than_may(box):
    invite(box, 1000)
    done = run("ChatCore", "users", "invite", "--data", box.control)
    assert done.returncode != 0 and "too many invitations" in done.stderr


def test_guessing_codes_is_throttled_like_registering(new_box):
    box = new_box("--registration=invite", "--auth-attempts=5").start()
    for _ in range(20):
        assert refusal(register(box, "budi"))[1] == "invite_needed"
    codes = [refusal(register(box, f"orang{n}", "0" * 16))[1] for n in range(7)]
    assert codes[:5] == ["invite_invalid"] * 5
    assert codes[-1] == "too_many_attempts"
    assert "event=registration outcome=failed" in box.core.log
    assert "event=registration outcome=throttled" in box.core.log


def test_where_registration_is_closed_nobody_registers_and_others_log_in(new_box):
    box = new_box().start()
    budi = box.person("budi")
    box.core.end()
    box.options = ("--registration=closed",)
    box.start_core()
    code, = invite(box)
    for given in (None, code, "x"):
        assert refusal(register(box, "sari", given))[:2] == (403, "registration_closed")
    assert ok(box.client().login("budi"))["id"] == budi.id


def test_where_everybody_may_register_a_code_is_not_asked_for(new_box):
    box = new_box().start()
    code, = invite(box)
    for number, given in enumerate((None, code, code, "x")):
        ok(register(box, f"orang{number}", given))
    assert len(users(box, "invites")) == 1
