"""The file with the secret that both programs share: its form, its mode, a new one in its place."""

import os
import signal

import pytest

from api import ok
from programs import Program, eventually, run
from rings import hang_up

OLD = "a-secret-that-both-programs-were-given"
NEW = "another-secret-for-both-of-the-programs"
AGAIN = "read the shared secret again"


@pytest.mark.parametrize("text", [
    "7\n", "", "\n\n", OLD[:31], f"{OLD}\n{NEW}\n{OLD}\n", "a b" * 20])
@pytest.mark.parametrize(("program", "option"), [
    ("Cipher", "--secret-file"), ("ChatCore", "--cipher-secret-file")])
def test_a_secret_of_another_form_stops_the_start(program, option, text, tmp_path):
    file = tmp_path / "secret"
    file.write_text(text)
    done = run(program, option, file, "--port", "0", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 1, done
    assert "one secret a line" in lines[0] and "32 bytes" in lines[0] and option in lines[0]
    assert all(line not in lines[0] for line in text.split("\n") if len(line) > 1)
    assert os.listdir(tmp_path) == ["secret"]


def test_both_programs_warn_of_a_secret_that_others_may_read(box):
    for program in (box.cipher, box.core):
        assert "may be opened by others" not in program.log
    box.secret_file.chmod(0o644)
    for program in (box.cipher, box.core):
        hang_up(program, AGAIN)
        assert "may be opened by others (mode 644): run chmod 600" in program.log
    box.core.end()
    start = len(box.core.log)
    box.start_core()
    assert box.core.log[start:].count("may be opened by others") == 1


def test_the_secret_is_replaced_without_a_moment_in_which_nothing_is_sealed(box):
    budi, sari = box.friends("budi", "sari")
    ready = box.core.log.count("the vault is away")
    for text in (f"{NEW}\n{OLD}\n", f"  {NEW}\t\n"):
        box.secret_file.write_text(text)
        for program in (box.cipher, box.core):
            hang_up(program, AGAIN)
            ok(budi.try_send(sari, "halo"))
    assert box.core.log.count("the vault is away") == ready
    assert OLD not in box.core.log + box.cipher.log
    assert NEW not in box.core.log + box.cipher.log


def test_chatcore_that_has_not_read_the_new_secret_is_not_ready_until_it_has(box):
    box.secret_file.write_text(NEW)
    hang_up(box.cipher, AGAIN)
    eventually(lambda: not box.core.is_ready())
    hang_up(box.core, AGAIN)
    box.core.wait_ready()


def test_a_hang_up_ends_neither_program_and_a_bad_file_changes_nothing(box):
    budi, sari = box.friends("budi", "sari")
    box.secret_file.write_text("short\n")
    for program in (box.cipher, box.core):
        hang_up(program, "kept the shared secret as it was")
    ok(budi.try_send(sari, "halo"))
    assert box.core.is_running and box.cipher.is_running


def test_a_hang_up_without_a_secret_ends_nothing(tmp_path):
    core = Program(
        "ChatCore", tmp_path, "--port", "0", "--data", tmp_path / "data",
        "--session-key-file", tmp_path / "session.key", "--cipher-url", "http://127.0.0.1:9")
    core.start()
    core.process.send_signal(signal.SIGHUP)
    assert core.end() == 0
    assert " error " not in core.log
