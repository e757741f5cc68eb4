"""Key rings, as their commands change them and a running program rereads them."""

import re
import signal

from programs import eventually


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
