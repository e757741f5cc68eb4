"""Signs the programs' files anew after a change: what no program of ours has written."""

import hashlib
import json
import re

CASTAGNOLI = 0x82F63B78


def crc32c(data):
    """RFC 3720 appendix B.4, bit by bit."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (CASTAGNOLI if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def sign_snapshot(file, old, new):
    """Puts one text in the place of another in `db.json`; its checksum is right afterwards."""
    text = file.read_bytes()
    assert old in text, text
    text = text.replace(old, new)
    body = text[:text.rindex(b'"checksum":"') + len(b'"checksum":"')]
    file.write_bytes(body + f"{crc32c(body):08x}".encode() + b'"}}\n')


def sign_ring(file, **numbers):
    """Puts integers into a key ring."""
    text = file.read_text()
    for name, number in numbers.items():
        text, count = re.subn(rf'"{name}":-?\d+', f'"{name}":{number}', text)
        assert count, text
    body = text[:text.index('],"sha256"')]
    digest = hashlib.sha256(body.encode()).hexdigest()
    file.write_text(f'{body}],"sha256":"{digest}"}}\n')


def edit(file, change):
    """Changes `db.json` as JSON, in another layout than a program's."""
    content = json.loads(file.read_bytes())
    change(content)
    file.write_text(json.dumps(content, indent=2))
