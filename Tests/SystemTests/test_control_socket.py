"""The socket through which a running server is administered."""

import os
import socket
import stat

from programs import eventually
from stores import history, killed_store, one_line, store, well


def test_the_control_socket_is_its_owners_alone_and_goes_with_the_server(house):
    control = house.data / "control.sock"
    assert stat.S_ISSOCK(control.stat().st_mode) and stat.S_IMODE(control.stat().st_mode) == 0o600
    house.restart_core()
    assert stat.S_ISSOCK(control.stat().st_mode)
    assert house.core.end() == 0
    assert not control.exists()


def test_a_socket_that_a_killed_server_left_counts_as_none(house, tmp_path):
    killed_store(house)
    assert (house.data / "control.sock").exists()
    assert "sound" in well(store("verify", data=house.data))
    well(store("backup", tmp_path / "copy", data=house.data))
    well(store("fold", data=house.data))
    house.start_core()
    assert "3 messages" in well(store("fold", data=house.data))


def test_a_server_that_cannot_make_its_socket_serves_without(house):
    anna, budi = killed_store(house)
    (house.data / "control.sock").unlink()
    (house.data / "control.sock").mkdir()
    house.start_core()
    assert "control.sock" in house.core.log
    assert history(house, anna, budi) == ["#0", "#1", "#2"]
    assert "another process" in one_line(store("fold", data=house.data))
    (house.data / "control.sock").rmdir()
    eventually(lambda: (house.data / "control.sock").is_socket())
    well(store("fold", data=house.data))


def test_a_long_path_to_the_data_folder_does(house):
    house.core.end()
    deep = house.folder / ("d" * 120)
    house.data.rename(deep)
    house.data = deep
    house.start_core()
    assert stat.S_IMODE((deep / "control.sock").stat().st_mode) == 0o600
    assert "0 users" in well(store("fold", data=deep))


def test_a_stranger_on_the_control_socket_gets_a_plain_answer(house):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        here = os.open(house.data, os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{here}/control.sock")
        os.close(here)
        connection.sendall(b"GET /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404 ")
