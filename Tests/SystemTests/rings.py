"""Key rings, as their commands change them and a running program rereads them."""

import re
import signal

from programs import eventually, run

PASSPHRASE = b"correct horse battery staple\n"


def done(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


def hang_up(program, word="read the key ring again"):
    seen = program.log.count(word)
    program.process.send_signal(signal.SIGHUP)
    eventually(lambda: program.log.count(word) > seen, what=word)


def key_bytes(vault, version):
    text = vault.key_file.read_text()
    found = re.search(rf'"version":{version},.*"key":"([0-9a-f]{{64}})"', text)
    return bytes.fromhex(found.group(1))


def cipher(file, *arguments, input=b""):
    return run("Cipher", *arguments, "--key-file", file, input=input)


def seal_file(file):
    done(cipher(file, "keys", "seal", input=PASSPHRASE * 2))


def seal_cipher(box):
    """Seals the ring of a running box and has its Cipher drop the keys."""
    seal_file(box.key_file)
    done(cipher(box.key_file, "seal"))


def unseal(box):
    done(cipher(box.key_file, "unseal", input=PASSPHRASE))
