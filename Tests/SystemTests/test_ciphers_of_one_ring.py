"""Several Ciphers on one key ring: in one folder, as over a volume that containers share."""

import json

import pytest

from api import ok, refusal
from programs import Program, eventually, run
from rings import PASSPHRASE, cipher, done, seal_file
from vault import CipherServer

OF_EACH = 1000


def beside(vault, suffix):
    return vault.key_file.with_name(vault.key_file.name + suffix)


def counts(vault, suffix):
    return json.loads(beside(vault, suffix).read_text())


def another(folder, key_file, *options):
    folder.mkdir(exist_ok=True)
    other = CipherServer(folder)
    other.key_file = key_file
    other.program = Program("Cipher", folder, "--port", "0", "--key-file", key_file, *options)
    return other


@pytest.fixture
def pair(tmp_path):
    """Two Ciphers, each of which may seal `OF_EACH` texts."""
    limit = ("--seals-max", OF_EACH)
    one = CipherServer(tmp_path, *limit).start()
    other = another(tmp_path / "other", one.key_file, *limit).start()
    yield one, other
    for vault in (one, other):
        vault.program.end()


def seal_many(vault, number):
    batch = [{"text": "rahasia"}] * number
    return [item.get("code") for item in ok(vault.ask("/encrypt", {"batch": batch}))["results"]]


def test_each_seals_as_often_as_it_may_and_counts_in_a_file_of_its_own(pair):
    for vault in pair:
        assert set(seal_many(vault, OF_EACH)) == {None}
        assert refusal(vault.ask("/encrypt", {"text": "rahasia"}))[:2] == (503, "key_exhausted")
    (fingerprint, used), *_ = counts(pair[0], ".spent").items()
    assert used == OF_EACH == counts(pair[0], ".spent-2")[fingerprint]
    assert f" {2 * OF_EACH} " in done(pair[0].keys("list"))


def test_a_cipher_alone_has_the_files_that_it_always_had(vault):
    vault.encrypt("rahasia")
    names = {file.name for file in vault.key_file.parent.iterdir()}
    assert names == {
        "keys.json", "keys.json.spent", "keys.json.lock", "control.sock", "Cipher.log"}
    assert list(counts(vault, ".spent")) == [ok(vault.ask("/keys"))["keys"][0]["fingerprint"]]


def test_a_deleted_count_of_the_second_is_not_begun_anew(pair):
    one, other = pair
    seal_many(other, 10)
    other.program.kill()
    beside(one, ".spent-2").unlink()
    other.start()
    assert refusal(other.ask("/encrypt", {"text": "rahasia"}))[:2] == (503, "key_exhausted")
    assert "count of the current key's uses is missing" in other.program.log
    one.encrypt("rahasia")
    done(one.keys("recount", "--seals-max", str(OF_EACH)))
    other.restart()
    assert seal_many(other, OF_EACH).count(None) == OF_EACH / 2


def test_the_count_of_one_that_died_goes_on_with_the_next(pair):
    one, other = pair
    seal_many(other, OF_EACH)
    other.program.kill()
    other.start()
    assert seal_many(other, 1) == ["key_exhausted"]
    assert set(seal_many(one, OF_EACH)) == {None}
    one.program.kill()
    # It has the number of the first now, whose files it goes on with.
    one.start()
    assert seal_many(one, 1) == ["key_exhausted"]
    assert not beside(one, ".spent-3").exists()


def test_a_rotation_reaches_both_and_neither_lags_behind(pair):
    one, other = pair
    for version in range(2, 6):
        assert f"version {version} is current" in done(one.keys("rotate"))
        by = pair[version % 2]
        eventually(lambda by=by, version=version: by.encrypt("a").startswith(f"v{version}:"))
        reader = pair[1 - version % 2]
        assert reader.decrypt(by.encrypt("baru")) == "baru"
        assert len({str(ok(vault.ask("/keys"))["keys"][-1]["fingerprint"]) for vault in pair}) == 1


def test_unseal_and_seal_reach_all_and_say_which_answered(pair):
    one, other = pair
    content = one.encrypt("rahasia")
    seal_file(one.key_file)
    said = done(cipher(one.key_file, "seal"))
    assert "Cipher 1: " in said and "Cipher 2: " in said
    for vault in pair:
        assert refusal(vault.ask("/decrypt", {"text": content}))[:2] == (503, "sealed")
    wrong = cipher(one.key_file, "unseal", input=b"another fine passphrase\n")
    assert wrong.returncode != 0 and "Cipher 2: " in wrong.stderr
    said = done(cipher(one.key_file, "unseal", input=PASSPHRASE))
    assert [line[:10] for line in said.splitlines()] == ["Cipher 1: ", "Cipher 2: "]
    for vault in pair:
        assert vault.decrypt(content) == "rahasia"
    assert "version 2 is current" in done(one.keys("rotate"))
    eventually(lambda: other.encrypt("baru").startswith("v2:"))
    assert one.decrypt(other.encrypt("baru")) == "baru"
    # Without the first one the other goes on, and unseal reaches it.
    assert one.program.end() == 0
    done(cipher(one.key_file, "seal"))
    assert "version 2" in done(cipher(one.key_file, "unseal", input=PASSPHRASE))
    assert other.decrypt(content) == "rahasia"


def test_a_changed_passphrase_leaves_both_at_work(pair):
    one, other = pair
    seal_file(one.key_file)
    new = b"another fine passphrase\n"
    done(one.keys("passphrase", input=PASSPHRASE + new * 2))
    done(one.keys("rotate"))
    eventually(lambda: other.encrypt("baru").startswith("v2:"))
    done(one.keys("unseal-file", input=new))
    done(one.keys("rotate"))
    eventually(lambda: other.encrypt("baru").startswith("v3:"))


def test_status_and_log_level_are_of_each(pair):
    one, other = pair
    answer = run("Cipher", "status", "--json", "--key-file", one.key_file)
    status = json.loads(answer.stdout)
    assert answer.returncode == 0 and status["status"] == "ready" and status["number"] == 1
    assert [told["number"] for told in status["others"]] == [2]
    seal_many(other, OF_EACH)
    answer = run("Cipher", "status", "--key-file", one.key_file)
    assert answer.returncode == 1
    assert "! Cipher 2: the current key may seal no more" in answer.stdout
    assert len(done(run("Cipher", "log-level", "debug", "--key-file", one.key_file))
               .splitlines()) == 2
    for vault in pair:
        vault.ask("/keys")
        eventually(lambda vault=vault: "GET /keys 200" in vault.program.log)


def test_a_port_in_use_leaves_no_file_behind(vault, tmp_path):
    folder = tmp_path / "new"
    refused = run(
        "Cipher", "serve", "--port", str(vault.program.port), "--key-file", folder / "keys.json")
    assert refused.returncode != 0 and not folder.exists()
