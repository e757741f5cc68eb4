"""Registration by invitation, and the codes for it."""

import contextlib
import re
import signal
import threading

import pytest

from api import PASSWORD, Client, ok, refusal
from programs import eventually, run


def users(house, *arguments):
    done = run("ChatCore", "users", *arguments, "--data", house.data)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def invite(house, count=1, *more):
    codes = users(house, "invite", "--count", count, *more)
    assert len(codes) == count == len(set(codes))
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
               for code in codes)
    return codes


def register(house, name, code=None, password=PASSWORD):
    body = {"username": name, "password": password}
    return Client(house.url).post(
        "/auth/register", body if code is None else body | {"invite": code})


@pytest.fixture
def house(new_house):
    return new_house("--registration=invite").start()


def test_without_a_code_nobody_registers_and_with_one_somebody_does(house):
    for nothing in (None, "", "   "):
        assert refusal(register(house, "budi", nothing))[:2] == (403, "invite_needed")
    for wrong in ("0000-0000-0000-0000", "bukan kode", "é" * 16, "0" * 60_000):
        assert refusal(register(house, "budi", wrong))[:2] == (400, "invite_invalid")
    code, = invite(house)
    ok(register(house, "budi", code))
    ok(house.client().login("budi"))
    assert refusal(register(house, "sari", code))[:2] == (400, "invite_invalid")


def test_a_code_is_read_as_people_type_it(house):
    for number, code in enumerate(invite(house, 4)):
        typed = [code.lower(), code.replace("-", ""), f" {code} ",
                 code.replace("0", "o").replace("1", "l")][number]
        ok(register(house, f"orang{number}", typed))


def test_a_failed_registration_leaves_the_code_good(house):
    first, second = invite(house, 2)
    ok(register(house, "budi", first))
    assert refusal(register(house, "BUDI", second))[1] == "username_taken"
    assert refusal(register(house, "sari", second, "pendek"))[1] == "weak_password"
    assert refusal(register(house, "x", second))[1] == "invalid_username"
    ok(register(house, "sari", second))


def test_a_stranger_without_a_code_learns_no_name(house):
    ok(register(house, "budi", *invite(house)))
    for code in (None, "0000-0000-0000-0000"):
        assert refusal(register(house, "budi", code)) == refusal(register(house, "sari", code))


def test_of_many_who_bring_one_code_at_once_one_gets_in(house):
    code, = invite(house)
    statuses = []
    threads = [
        threading.Thread(target=lambda n=n: statuses.append(
            register(house, f"orang{n}", code).status_code))
        for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 11


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_codes_outlive_a_restart_and_stay_used(house, how):
    used, left, revoked = invite(house, 3)
    ok(register(house, "budi", used))
    users(house, "revoke-invite", revoked)
    house.restart_core(how)
    for code in (used, revoked):
        assert refusal(register(house, "sari", code))[1] == "invite_invalid"
    ok(register(house, "sari", left))
    house.restart_core(how)
    assert refusal(register(house, "wati", left))[1] == "invite_invalid"
    ok(house.client().login("sari"))


def test_a_kill_at_any_moment_leaves_a_user_or_a_code_and_never_both_or_neither(house):
    for round in range(4):
        codes = invite(house, 6)
        threads = [
            threading.Thread(target=quietly, args=(register, house, f"o{round}.{n}", code))
            for n, code in enumerate(codes)]
        for thread in threads:
            thread.start()
        before = len(users(house, "list"))
        eventually(lambda least=before: len(users(house, "list")) > least, what="a registration")
        house.core.kill()
        for thread in threads:
            thread.join()
        house.start_core()
        left = len(users(house, "invites"))
        added = len([line for line in users(house, "list") if f"o{round}." in line])
        assert left + added == 6 and added > 0
        for line in users(house, "invites"):
            users(house, "revoke-invite", line.split()[0])


def quietly(act, *arguments):
    with contextlib.suppress(OSError):
        act(*arguments)


def test_the_store_holds_no_code_and_neither_does_the_log(house):
    codes = invite(house, 2)
    ok(register(house, "budi", codes[0]))
    assert refusal(register(house, "budi", codes[1]))[1] == "username_taken"
    everything = house.stored_bytes() + house.core.log.encode() + house.folded()
    for code in codes:
        for form in (code, code.replace("-", "")):
            assert form.encode() not in everything and form.lower().encode() not in everything


def test_what_is_left_is_listed_and_can_be_taken_back(house):
    code, other = invite(house, 2, "--days", "3")
    lines = users(house, "invites")
    assert len(lines) == 2
    assert all(re.fullmatch(r"[0-9a-f]{12}  \d{4}-\d\d-\d\dT[\d:]+Z", line) for line in lines)
    users(house, "revoke-invite", code.lower())
    last, = users(house, "invites")
    users(house, "revoke-invite", last.split()[0])
    assert users(house, "invites") == []
    assert refusal(register(house, "budi", other))[1] == "invite_invalid"
    for wrong in (other, "0a", "0" * 12):
        done = run("ChatCore", "users", "revoke-invite", wrong, "--data", house.data)
        assert done.returncode != 0 and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [
    ["--count", "0"], ["--count", "1001"], ["--days", "0"], ["--days", "3651"]])
def test_numbers_that_make_no_sense_are_refused_in_one_line(house, arguments):
    done = run("ChatCore", "users", "invite", *arguments, "--data", house.data)
    assert done.returncode != 0 and done.stdout == ""
    assert arguments[0] in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_no_more_codes_wait_than_may(house):
    invite(house, 1000)
    done = run("ChatCore", "users", "invite", "--data", house.data)
    assert done.returncode != 0 and "too many invitations" in done.stderr


def test_guessing_codes_is_throttled_like_registering(new_house):
    house = new_house("--registration=invite", "--auth-attempts=5").start()
    for _ in range(20):
        assert refusal(register(house, "budi"))[1] == "invite_needed"
    codes = [refusal(register(house, f"orang{n}", "0" * 16))[1] for n in range(7)]
    assert codes[:5] == ["invite_invalid"] * 5
    assert codes[-1] == "too_many_attempts"
    assert "event=registration outcome=failed" in house.core.log
    assert "event=registration outcome=throttled" in house.core.log


def test_where_registration_is_closed_nobody_registers_and_others_log_in(new_house):
    house = new_house().start()
    budi = house.person("budi")
    house.core.end()
    house.options = ("--registration=closed",)
    house.start_core()
    code, = invite(house)
    for given in (None, code, "x"):
        assert refusal(register(house, "sari", given))[:2] == (403, "registration_closed")
    assert ok(house.client().login("budi"))["id"] == budi.id


def test_where_everybody_may_register_a_code_is_not_asked_for(new_house):
    house = new_house().start()
    code, = invite(house)
    for number, given in enumerate((None, code, code, "x")):
        ok(register(house, f"orang{number}", given))
    assert len(users(house, "invites")) == 1
