"""The errors for wrong command lines, and servers that start without streams or a folder."""


import pytest
import requests

from api import refusal
from programs import can_mount, eventually, run
from stores import one_line, well


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
@pytest.mark.parametrize("port", ["-1", "65536", "99999999"])
def test_a_port_that_there_is_not_is_told_with_its_range(program, port, tmp_path):
    for command in ([], ["serve"], ["healthcheck"]):
        said = one_line(run(program, *command, "--port", port, cwd=tmp_path))
        assert f"({program.upper()}_PORT) {port}: use a number from 0 to 65535" in said
    said = one_line(run(program, cwd=tmp_path, environment={f"{program.upper()}_PORT": port}))
    assert "from 0 to 65535" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("line", "page"), [
    ("ChatCore --port x", "ChatCore"), ("ChatCore serve --port x", "ChatCore serve"),
    ("ChatCore users list --port 1", "ChatCore users list"),
    ("ChatCore store backup", "ChatCore store backup"), ("ChatCore store x", "ChatCore store"),
    ("ChatCore users invite --count x", "ChatCore users invite"),
    ("Cipher keys retire", "Cipher keys retire"), ("Cipher --oops", "Cipher"),
])
def test_the_page_to_look_at_is_that_of_the_command(line, page, tmp_path):
    program, *arguments = line.split()
    said = one_line(run(program, *arguments, cwd=tmp_path))
    assert said.endswith(f"; see {page} --help"), said
    well(run(*page.split(), "--help"))


@pytest.mark.parametrize("arguments", [
    ("--session-days", "-5"), ("--send-rate", "-7"), ("--audit-days", "-1")])
def test_a_negative_number_is_told_with_its_range(arguments, tmp_path):
    assert f"{arguments[1]}: use a number" in one_line(run("ChatCore", *arguments, cwd=tmp_path))


def test_a_server_whose_socket_cannot_be_reached_is_not_said_to_be_none(box):
    (box.data / "control.sock").unlink()
    for command in (["users", "list"], ["store", "rewrap"]):
        said = one_line(run("ChatCore", *command, "--data", box.data))
        assert "a server runs" in said and "control.sock" in said and "no server" not in said
    box.core.end()
    assert "no server runs" in one_line(run("ChatCore", "users", "list", "--data", box.data))


@pytest.mark.skipif(not can_mount(), reason="no mounts of one's own here")
def test_a_server_on_a_folder_that_takes_no_files_is_not_said_to_be_none(box):
    box.person("budi")
    box.core.end()
    box.core = box.core_program()
    box.core.prefix = [
        "unshare", "-rm", "sh", "-c",
        f'mount --bind "{box.data}" "{box.data}" && '
        f'mount -o remount,ro,bind "{box.data}" && exec "$@"', "sh"]
    box.core.start()
    eventually(lambda: "no administration for now" in box.core.log)
    said = one_line(run("ChatCore", "users", "list", "--data", box.data))
    assert "a server runs" in said and "writable" in said


@pytest.mark.parametrize("method", ["TRACE", "QUERY", "PROPFIND", "SEARCH", "LOCK", "MKCOL"])
def test_a_registered_method_is_405_with_what_the_path_takes(shared_box, method):
    for path, allowed in [
        ("/auth/login", "POST, OPTIONS"), ("/api/friends/1", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"), ("/index.html", "GET, HEAD, OPTIONS"),
    ]:
        answer = requests.request(method, shared_box.url + path, timeout=10)
        assert refusal(answer)[:2] == (405, "method_not_allowed")
        assert answer.headers["Allow"] == allowed
    answer = requests.request(method, shared_box.url + "/tidak-ada", timeout=10)
    assert refusal(answer)[:2] == (404, "not_found")
    answer = requests.request(method, shared_box.cipher.url + "/encrypt", timeout=10)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("method", ["BREW", "QUERIES", "PROPFINDS", "GETT"])
def test_a_method_that_nobody_registered_is_501(shared_box, method):
    answer = requests.request(method, shared_box.url + "/", timeout=10)
    assert answer.status_code == 501
