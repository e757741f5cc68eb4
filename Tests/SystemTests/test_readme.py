"""The walkthrough in the README, run exactly as it is printed."""

import json
import re
import subprocess

import pytest

from programs import CHECKOUT, clean_environment, run
from test_programs import OPTIONS


def commands():
    text = (CHECKOUT / "README.md").read_text()
    section = text.split("\n## Walkthrough\n")[1].split("\n## ")[0]
    return "".join(re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE))


def documents(text):
    """The JSON documents that a terminal shows one after another."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found


def test_the_walkthrough_does_what_it_says(box):
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", commands()], capture_output=True, text=True,
        cwd=box.folder, env=clean_environment(URL=box.url), timeout=60)
    assert done.returncode == 0, done.stderr
    shown = documents(done.stdout)
    assert [document.get("username") for document in shown[:2]] == ["budi", "sari"]
    assert shown[2]["contact"]["username"] == "sari"
    texts = ["Halo Sari, apa kabar?", "Baik, Budi! Sampai jumpa besok."]
    assert [document["content"] for document in shown[3:5]] == texts
    assert [message["content"] for message in shown[5]] == texts
    assert [message["content"] for message in shown[6]] == texts[1:]
    assert len(shown[7]) == 2
    for chat in shown[7]:
        assert re.fullmatch(r"v1:[A-Za-z0-9+/]+=*", chat["content"])
    assert "Halo" not in json.dumps(shown[7])


# A box keeps its store, and the socket to administer it, in its data folder.
OF_A_CLUSTER = "--store", "--postgres-url", "--postgres-password-file", "--control-socket"


def test_compose_sets_or_passes_on_every_option_but_the_ports():
    compose = (CHECKOUT / "compose.yaml").read_text()
    readme = (CHECKOUT / "README.md").read_text()
    deploy = (CHECKOUT / "docs" / "deploy.md").read_text()
    for options in OPTIONS.values():
        for option, variable in options:
            if option == "--port" or option in OF_A_CLUSTER:
                continue
            value = re.search(rf"^      {variable}: (.+)$", compose, re.M)
            assert value, f"{variable} does not get into the container"
            passed = re.fullmatch(rf"\$\{{{variable}:-(.*)\}}", value[1])
            if passed:
                assert f"`{variable}`" in deploy
                assert not passed[1] or f"| `{variable}` | `{passed[1]}`" in readme


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
def test_the_readme_names_every_option(program):
    page = run(program, "serve", "--help").stdout
    options = re.findall(
        rf"^  (--\S+)(?:(?!^  -).)*?\[({program.upper()}_\w+);", page, re.DOTALL | re.MULTILINE)
    assert len(options) == page.count(f"{program.upper()}_")
    text = (CHECKOUT / "README.md").read_text()
    for option, variable in options:
        assert f"| `{option}` | `{variable}` |" in text
