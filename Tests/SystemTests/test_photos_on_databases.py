"""Photos in a database, which two ChatCores share."""

import concurrent.futures
import signal
import socket
import time

import pytest
from test_photos import connect, files, head, photo

import databases
from api import Client, Person, new_id, refusal
from programs import eventually, run

pytestmark = pytest.mark.skipif(not databases.IS_USED, reason="it needs a database")


@pytest.fixture
def pair(new_box, tmp_path):
    """A box with a second ChatCore over the same database."""
    box = new_box().start()
    other = box.second_core(tmp_path / "second")
    yield box, other
    if other.is_running:
        other.end()


def at(person, core):
    return Person(core.url, person.id, person.username, person.token)


def chunks(box):
    return int(box.database.run("SELECT count(*) FROM photo_chunks"))


def space(box):
    return int(box.database.run("SELECT coalesce(max(bytes), 0) FROM photo_space "
                                "WHERE owner = ''"))


def test_a_photo_of_one_is_read_by_the_other_and_gone_with_its_message(pair):
    box, other = pair
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(200_000))
    assert at(friend, other).try_get_photo(me, id).status_code == 404
    assert at(me, other).try_get_photo(friend, id).content == photo(200_000)
    message = at(me, other).send_photo(friend, id)
    answers = [at(friend, core).try_get_photo(me, id) for core in (box.core, other)]
    assert [answer.content for answer in answers] == [photo(200_000)] * 2
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    again = at(friend, other).try_get_photo(me, id, {"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304
    assert refusal(at(me, other).try_put_photo(friend, photo(100), id))[:2] == (409, "id_reused")
    assert refusal(me.try_send_photo(friend, id))[:2] == (400, "malformed")
    me.delete(friend, message)
    assert at(friend, other).try_get_photo(me, id).status_code == 404
    eventually(lambda: chunks(box) == 0 or None)
    assert space(box) == 0


def test_nothing_of_a_photo_is_in_the_database_in_clear(pair):
    box, _ = pair
    me, friend = box.friends("budi", "sari")
    me.put_photo(friend, b"\xff\xd8\xff" + b"rahasia sekali " * 10_000)
    clear = "SELECT count(*) FROM photo_chunks WHERE position('rahasia' in content) > 0"
    assert chunks(box) == 3 and int(box.database.run(clear)) == 0


def test_of_one_id_on_both_at_once_one_photo_shows_whole(pair):
    box, other = pair
    me, friend = box.friends("budi", "sari")
    whole = [photo(150_000, seed=1), photo(90_000, seed=2)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            id = new_id()
            answers = list(pool.map(
                lambda upload, id=id: at(me, upload[0]).try_put_photo(friend, upload[1], id),
                zip((box.core, other), whole, strict=True)))
            assert {answer.status_code for answer in answers} == {200}
            me.send_photo(friend, id)
            shown = [at(friend, core).try_get_photo(me, id).content for core in (box.core, other)]
            assert shown[0] == shown[1] and shown[0] in whole
    eventually(lambda: len(files(box)) == 10 or None)
    eventually(lambda: chunks(box) == sum(
        -(-length // 65_536) for length in lengths(box)) or None)
    assert space(box) == sum(lengths(box))


def lengths(box):
    return [int(line) for line in box.database.run("SELECT bytes FROM photos").split()]


def test_of_two_messages_on_both_at_once_one_has_the_photo(pair):
    box, other = pair
    me, friend = box.friends("budi", "sari")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            id = me.put_photo(friend, photo(100))
            answers = pool.map(
                lambda core, id=id: at(me, core).try_send_photo(friend, id), (box.core, other))
            assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert len(me.history(friend)) == 10


def test_quotas_hold_over_both(new_box, tmp_path):
    box = new_box(f"--photo-bytes-max={128 << 10}").start()
    other = box.second_core(tmp_path / "second")
    people = [box.person(f"orang{number}") for number in range(5)]
    for number, one in enumerate(people):
        one.befriend(people[number - 1])
    cores = (box.core, other)
    for number, one in enumerate(people[:4]):
        for core in cores:
            at(one, core).put_photo(people[number - 1], photo(100))
        for core in cores:
            answer = at(one, core).try_put_photo(people[number - 1], photo(100), new_id())
            assert refusal(answer)[:2] == (429, "too_much_data")
    for core in cores:
        answer = at(people[4], core).try_put_photo(people[3], photo(100), new_id())
        assert refusal(answer)[:2] == (507, "photo_space")
    people[0].api.post("/auth/delete-account", {
        "userId": people[0].id, "currentPassword": "kata sandi untuk semua"})
    eventually(lambda: space(box) == 64 << 10 or None)
    at(people[4], other).put_photo(people[3], photo(100))
    other.end()


def test_uploads_at_once_do_not_pass_the_quota(new_box, tmp_path):
    box = new_box(f"--photo-bytes-max={400_000}").start()
    other = box.second_core(tmp_path / "second")
    me, friend = box.friends("budi", "sari")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(
            lambda core: at(me, core).try_put_photo(
                friend, photo(50_000), new_id()).status_code, (box.core, other) * 4))
    assert statuses == [200] * 2 + [429] * 6 and space(box) == 100_000
    other.end()


def test_what_a_killed_one_was_writing_is_swept(pair):
    box, other = pair
    me, friend = box.friends("budi", "sari")
    id = new_id()
    with connect(box) as stream:
        stream.sendall(head(me, friend, id, 500_000) + photo(500_000)[:200_000])
        eventually(lambda: chunks(box) == 3 or None)
        box.core.end(signal.SIGKILL)
    assert space(box) == 500_000 and chunks(box) == 3
    assert at(me, other).try_get_photo(friend, id).status_code == 404
    at(me, other).put_photo(friend, photo(1_000), id)
    # As if an hour had passed. The next start sweeps.
    box.database.run("UPDATE photo_uploads SET begun_at = begun_at - 3601000000")
    box.start_core()
    eventually(lambda: chunks(box) == 1 or None)
    assert files(box) == [id] and space(box) == 16 << 10
    assert at(me, other).try_get_photo(friend, id).content == photo(1_000)


def test_a_photo_that_no_message_names_for_a_day_goes(pair):
    box, _ = pair
    me, friend = box.friends("budi", "sari")
    named, fresh, old = (me.put_photo(friend, photo(1_000)) for _ in range(3))
    me.send_photo(friend, named)
    box.database.run("UPDATE photos SET stored_at = stored_at - 86401000000 "
                     f"WHERE id IN ('{named}', '{old}')")
    box.restart_core()
    eventually(lambda: files(box) == sorted([named, fresh]) or None)
    me = at(me, box.core)
    assert refusal(me.try_send_photo(friend, old))[:2] == (400, "malformed")
    me.send_photo(friend, fresh)


class Cut:
    """Ends all connections to the database, and lets none in, for as long as it lasts."""

    def __init__(self, database):
        self.server, self.name = database.server, database.name

    def allow(self, is_allowed):
        self.server.run(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS {is_allowed}")

    def __enter__(self):
        self.allow(False)
        self.server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        f"WHERE datname = '{self.name}'")

    def __exit__(self, *_):
        self.allow(True)


def test_a_database_that_goes_away_during_an_upload_is_told(pair):
    box, _ = pair
    me, friend = box.friends("budi", "sari")
    data, id = photo(500_000), new_id()
    with connect(box) as stream:
        stream.sendall(head(me, friend, id, len(data)) + data[:200_000])
        eventually(lambda: chunks(box) == 3 or None)
        with Cut(box.database):
            stream.sendall(data[200_000:])
            assert stream.recv(4_096).startswith(b"HTTP/1.1 503 ")
            assert refusal(me.try_put_photo(friend, data, id))[0] == 503
    eventually(lambda: Client(box.url).get("/readyz").status_code == 200 or None, within=20)
    me.put_photo(friend, data, id)
    assert me.try_get_photo(friend, id).content == data


def test_a_database_that_goes_away_during_a_download_cuts_it(pair):
    box, _ = pair
    me, friend = box.friends("budi", "sari")
    data = photo(2 << 20)
    id = me.put_photo(friend, data)
    ask = (f"GET /chat/photo/{id}?myId={me.id}&friendId={friend.id} HTTP/1.1\r\nHost: x\r\n"
           f"Authorization: Bearer {me.token}\r\n\r\n").encode()
    host, port = box.url.split("//")[1].split(":")
    with socket.socket() as stream:
        # A peer that reads little holds the answer up.
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stream.settimeout(30)
        stream.connect((host, int(port)))
        stream.sendall(ask)
        start = stream.recv(1_000)
        assert start.startswith(b"HTTP/1.1 200 ")
        time.sleep(1)
        with Cut(box.database):
            assert refusal(me.try_get_photo(friend, id))[0] == 503
            rest = b"".join(iter(lambda: stream.recv(65_536), b""))
    assert len(start + rest) < len(data)
    eventually(lambda: Client(box.url).get("/readyz").status_code == 200 or None, within=20)
    assert me.try_get_photo(friend, id).content == data


def keys(box, *arguments):
    return run("Cipher", "keys", *arguments, "--key-file", box.key_file)


@pytest.mark.parametrize("most", [1 << 30, 0], ids=["on", "off"])
def test_a_rewrap_moves_photos_and_the_old_key_may_go(new_box, most):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(100_000))
    me.send_photo(friend, id)
    box.options += (f"--photo-bytes-max={most}",)
    box.restart_core()
    assert keys(box, "rotate").returncode == 0
    box.cipher.process.send_signal(signal.SIGHUP)
    control = box.control / "control.sock"
    eventually(lambda: run(
        "ChatCore", "store", "rewrap", "--control-socket", control).returncode == 0 or None)
    of_versions = ("SELECT DISTINCT get_byte(c.content, 3) FROM photo_chunks c "
                   "JOIN photos p ON p.upload = c.upload")
    eventually(lambda: box.database.run(of_versions).split() == ["2"] or None)
    assert keys(box, "retire", "1").returncode == 0
    box.cipher.process.send_signal(signal.SIGHUP)
    box.options += (f"--photo-bytes-max={1 << 30}",)
    box.restart_core()
    answer = at(friend, box.core).try_get_photo(me, id)
    assert answer.content == photo(100_000)
    eventually(lambda: chunks(box) == 2 or None)
    assert space(box) == 100_000


def test_a_chunk_in_anothers_place_is_refused(pair):
    box, _ = pair
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(3 * 65_536))
    me.send_photo(friend, id)
    for move in ((0, 9), (1, 0), (9, 1)):
        box.database.run(f"UPDATE photo_chunks SET number = {move[1]} WHERE number = {move[0]}")
    assert friend.try_get_photo(me, id).status_code == 404
