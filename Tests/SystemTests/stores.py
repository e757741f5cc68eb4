"""Runs `ChatCore store …` and looks at data folders."""

from api import Person
from programs import run


def store(command, *arguments, data):
    return run("ChatCore", "store", command, *arguments, "--data", data)


def well(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def one_line(done):
    lines = done.stderr.strip().splitlines()
    assert done.returncode != 0 and done.stdout == "" and len(lines) == 1, done
    return lines[0]


def contents(folder):
    """Every file with its bytes and the time of its last change."""
    return {
        file.name: (file.stat().st_mtime_ns, file.is_socket() or file.read_bytes())
        for file in folder.iterdir()
    }


def killed_store(box, messages=3):
    """A store with a journal that nothing has folded; returns the two people."""
    anna, budi = box.friends("anna", "budi")
    for n in range(messages):
        anna.send(budi, f"#{n}")
    box.core.kill()
    return anna, budi


def history(box, of, friend):
    return Person(box.url, of.id, of.username, of.token).texts(friend)
