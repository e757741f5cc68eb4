"""The files that go into the images, and the programs of a box. No engine is needed."""

import json
import re
import shutil
import subprocess

import pytest

import databases
from programs import CHECKOUT


def sent_to_the_engine():
    """Returns the files that .dockerignore lets through. Only its forms that this file uses."""
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT,
        capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.split("\n") if file and is_sent(file, patterns)]


def is_sent(file, patterns):
    sent = True
    for pattern in patterns:
        parts = pattern.removeprefix("!").split("*")
        expression = "[^/]*".join(map(re.escape, parts)) + "(/.*)?"
        if re.fullmatch(expression, file):
            sent = pattern.startswith("!")
    return sent


@pytest.fixture
def context(tmp_path):
    for file in sent_to_the_engine():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / file, tmp_path / file)
    return tmp_path


@pytest.mark.parametrize("dockerfile", ["docker/Dockerfile", "docker/cluster/Dockerfile"])
def test_the_build_stage_sees_every_target_and_whatever_it_copies(context, dockerfile):
    described = subprocess.run(
        ["swift", "package", "describe"], cwd=context, capture_output=True, text=True)
    assert described.returncode == 0, described.stderr
    for line in (CHECKOUT / dockerfile).read_text().splitlines():
        copied = re.fullmatch(r"COPY (?!--)(.+) \S+", line)
        for source in copied.group(1).split() if copied else []:
            assert (context / source).exists(), line


def test_the_engine_gets_no_store_no_key_and_no_build(context):
    assert not {"data", ".state", ".build", ".git"} & {file.name for file in context.iterdir()}


@pytest.mark.skipif(databases.IS_USED, reason="it is about the programs of a box")
@pytest.mark.parametrize("name", ["ChatCore", "Cipher"])
def test_a_program_of_a_box_holds_nothing_of_a_database(name):
    program = CHECKOUT / ".build" / "release" / name
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in libraries and "libpq" not in libraries
    held = program.read_bytes()
    for word in (b"libpq", b"PQsend", b"target_session_attrs"):
        assert word not in held, word


# Encoded by the images' FoundationEssentials, and by Foundation's own.
ENCODED = r"""
import FoundationEssentials

struct Page: Encodable {
    enum CodingKeys: String, CodingKey { case zeta, text, absent, empty, flags, number, inner }

    func encode(to encoder: any Encoder) throws {
        var page = encoder.container(keyedBy: CodingKeys.self)
        try page.encode(Int64.min, forKey: .zeta)
        try page.encode("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é\u{2028}🎈", forKey: .text)
        try page.encodeNil(forKey: .absent)
        try page.encode([String](), forKey: .empty)
        try page.encode([true, false, nil], forKey: .flags)
        try page.encode(UInt8(7), forKey: .number)
        var rows = page.nestedUnkeyedContainer(forKey: .inner)
        var row = rows.nestedContainer(keyedBy: CodingKeys.self)
        try row.encode([["a/b": 1, "B": 2], ["c": 3]], forKey: .text)
        var last = rows.superEncoder().singleValueContainer()
        try last.encode(CodingKeys.zeta.rawValue)
    }
}

let encoder = JSONEncoder()
encoder.outputFormatting = .prettyPrinted
encoder.outputFormatting.insert(.sortedKeys)
print(String(data: try encoder.encode(Page()), encoding: .utf8) ?? "")
"""


def test_the_images_encode_the_json_of_their_options_as_foundation_does(tmp_path):
    (tmp_path / "main.swift").write_text(ENCODED)
    built = subprocess.run(
        ["bash", "-euc", f"""
            . docker/static-options.sh . {tmp_path}
            swiftc "${{essentials_options[@]}}"
            cd {tmp_path}
            swiftc -I. main.swift FoundationEssentials.o -o ours
            rm FoundationEssentials.swiftmodule
            swiftc main.swift -o theirs"""],
        cwd=CHECKOUT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    ours, theirs = (
        subprocess.run([tmp_path / name], capture_output=True, text=True, check=True).stdout
        for name in ("ours", "theirs"))
    assert ours == theirs
    assert json.loads(ours)["zeta"] == -(2 ** 63)
