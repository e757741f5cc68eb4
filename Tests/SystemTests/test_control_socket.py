"""The socket through which a running server is administered."""

import os
import socket
import stat
import subprocess
import sys

import pytest

from programs import eventually, run
from stores import history, killed_store, one_line, store, well


def test_the_control_socket_is_its_owners_alone_and_goes_with_the_server(box):
    control = box.data / "control.sock"
    assert stat.S_ISSOCK(control.stat().st_mode) and stat.S_IMODE(control.stat().st_mode) == 0o600
    box.restart_core()
    assert stat.S_ISSOCK(control.stat().st_mode)
    assert box.core.end() == 0
    assert not control.exists()


def test_a_socket_that_a_killed_server_left_counts_as_none(box, tmp_path):
    killed_store(box)
    assert (box.data / "control.sock").exists()
    assert "sound" in well(store("verify", data=box.data))
    well(store("backup", tmp_path / "copy", data=box.data))
    well(store("fold", data=box.data))
    box.start_core()
    assert "3 messages" in well(store("fold", data=box.data))


def test_a_server_that_cannot_make_its_socket_serves_without(box):
    anna, budi = killed_store(box)
    (box.data / "control.sock").unlink()
    (box.data / "control.sock").mkdir()
    box.start_core()
    assert "control.sock" in box.core.log
    assert history(box, anna, budi) == ["#0", "#1", "#2"]
    assert "another process" in one_line(store("fold", data=box.data))
    (box.data / "control.sock").rmdir()
    eventually(lambda: (box.data / "control.sock").is_socket())
    well(store("fold", data=box.data))


def test_a_long_path_to_the_data_folder_does(box):
    box.core.end()
    deep = box.folder / ("d" * 120)
    box.data.rename(deep)
    box.data = deep
    box.start_core()
    assert stat.S_IMODE((deep / "control.sock").stat().st_mode) == 0o600
    assert "0 users" in well(store("fold", data=deep))


def test_a_stranger_on_the_control_socket_gets_a_plain_answer(box):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        here = os.open(box.data, os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{here}/control.sock")
        os.close(here)
        connection.sendall(b"GET /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404 ")


STRANGER = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(sys.argv[1])
    os.setuid(65534)
    listener.listen()
    print("listening", flush=True)
    connection, _ = listener.accept()
    print(len(connection.recv(4096)), flush=True)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may act as another user")
def test_nothing_is_sent_to_a_socket_of_another_user(tmp_path):
    stranger = subprocess.Popen(
        [sys.executable, "-c", STRANGER, str(tmp_path / "control.sock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with stranger:
        try:
            assert stranger.stdout.readline() == "listening\n"
            refusal = one_line(store("fold", data=tmp_path))
            assert "another user listens there; nothing was sent" in refusal
            assert stranger.stdout.readline() == "0\n"
        finally:
            stranger.kill()


def test_the_control_socket_may_lie_elsewhere(box, tmp_path):
    box.core.end()
    control = tmp_path / "admin"
    box.options += (f"--control-socket={control}",)
    box.start_core()
    assert stat.S_IMODE(eventually(lambda: control.exists() and control.stat().st_mode)) == 0o600
    assert not (box.data / "control.sock").exists()
    assert "0 users" in well(store("fold", "--control-socket", control, data=box.data))
    said = one_line(run("ChatCore", "users", "list", "--data", box.data))
    assert "control.sock cannot be reached" in said
    variable = {"CHATCORE_CONTROL_SOCKET": str(control)}
    well(run("ChatCore", "users", "list", "--data", box.data, environment=variable))
    box.core.end()
    assert not control.exists()
    said = one_line(run("ChatCore", "users", "list", "--control-socket", control))
    assert f"no server listens on {control}" in said
