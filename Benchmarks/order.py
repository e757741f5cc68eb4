"""Which functions of the libraries both programs call until they idle, for the linker to put side
by side: those of the static programs, as valgrind sees them called."""

import collections
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "Tests" / "SystemTests"))

from programs import Box  # noqa: E402  # the same programs that the tests start

BUILT = CHECKOUT / ".build-static" / "release"
ORDER = CHECKOUT / "docker" / "start.order"
NAMES = ("ChatCore", "Cipher")
SETTLED_SECONDS = 3


class WatchedBox(Box):
    """Both programs under valgrind, which counts their calls."""

    def __init__(self, folder):
        # It cannot read the debug information of these compilers.
        for name in NAMES:
            subprocess.run(["strip", "--strip-debug", "-o", folder / name, BUILT / name],
                           check=True)
        super().__init__(folder, build=folder)
        self.cipher.prefix = self.watch("Cipher")

    def core_program(self, *options):
        program = super().core_program(*options)
        program.prefix = self.watch("ChatCore")
        return program

    def watch(self, name):
        return ["valgrind", "--tool=callgrind", "--demangle=no",
                f"--callgrind-out-file={self.folder}/{name}.calls"]

    def called(self, name):
        """The names of all functions that ran; a recursive one's levels end in '2, '3."""
        calls = (self.folder / f"{name}.calls").read_text()
        return set(re.findall(r"^c?fn=\(\d+\) (.+?)(?:'\d+)?$", calls, re.MULTILINE))


def symbols(*files):
    """(kind, name) of each symbol that the files define: see nm(1)."""
    listed = subprocess.run(["nm", "--defined-only", *files], check=True, capture_output=True)
    return re.findall(r"^\w+ (\w) (\S+)$", listed.stdout.decode(), re.MULTILINE)


def functions(program):
    """The names that lead to one small section: no other function has them, and they are not
    those of a Swift module's inside, which all lie in one."""
    listed = symbols(program)
    often = collections.Counter(name for _, name in listed)
    return {name for kind, name in listed if often[name] == 1 and kind in "TtWi"
            and not (kind == "t" and name.startswith("$s"))}


def order(folder):
    """The functions' names, by both programs, sorted."""
    box = WatchedBox(folder)
    try:
        box.start()
        time.sleep(SETTLED_SECONDS)
    finally:
        box.stop()
    called = set()
    for name in NAMES:
        called |= box.called(name) & functions(BUILT / name)
    # The programs' own change every day; as they are linked they lie together.
    own = {name for _, name in symbols(*BUILT.resolve().glob("*.build/**/*.o"))}
    return sorted(called - own)


with tempfile.TemporaryDirectory() as made:
    names = order(Path(made))
ORDER.write_text("".join(f"{name}\n" for name in names))
print(f"{ORDER.relative_to(CHECKOUT)}: {len(names)} functions")
