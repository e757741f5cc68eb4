"""The files of photos: durable, sealed, verified, copied, moved to other keys, and gone."""

import json
import shutil
import signal
import stat
import tempfile
import time
from pathlib import Path

import pytest
from test_backups import backup
from test_photos import JPEG, files, photo

from api import new_id, ok
from programs import eventually, run
from stores import well
from test_durability import reconnected


def test_nothing_of_a_photo_is_on_the_disk_in_clear(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    data = JPEG + b"rahasia sekali " * 10_000
    id = me.put_photo(friend, data)
    file = box.data / "photos" / id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"rahasia" not in file.read_bytes()
    assert len(file.read_bytes()) < len(data) + 1_000


def test_a_deleted_message_takes_its_photo_with_it(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    kept, gone = (me.put_photo(friend, photo(1_000)) for _ in range(2))
    me.send_photo(friend, kept)
    message = me.send_photo(friend, gone)
    me.delete(friend, message)
    assert files(box) == [kept]
    assert "photo" not in me.history(friend)[1]
    assert friend.try_get_photo(me, gone).status_code == 404
    ok(friend.api.post("/auth/delete-account", {
        "userId": friend.id, "currentPassword": "kata sandi untuk semua"}))
    assert files(box) == []


def test_photos_survive_a_kill_and_verify_tells_what_is_missing(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    sent, waiting = me.put_photo(friend, photo(200_000)), me.put_photo(friend, photo(1_000))
    me.send_photo(friend, sent)
    (box.data / "photos" / f"{new_id()}.7.tmp").write_bytes(b"half")
    box.restart_core(signal.SIGKILL)
    me, friend = reconnected(box, me), reconnected(box, friend)
    eventually(lambda: files(box) == sorted([sent, waiting]) or None)
    assert friend.try_get_photo(me, sent).content == photo(200_000)
    me.send_photo(friend, waiting)
    box.core.end()
    assert "2 photos of messages are sound" in verify(box.data).stdout
    file = box.data / "photos" / sent
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    (box.data / "photos" / waiting).unlink()
    done = verify(box.data)
    assert done.returncode != 0 and sent in done.stdout and waiting in done.stdout
    box.start_core()
    assert reconnected(box, friend).try_get_photo(me, waiting).status_code == 404


def verify(folder):
    return run("ChatCore", "store", "verify", "--data", folder)


def test_a_backup_holds_the_photos_and_puts_them_back(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(100_000))
    message = me.send_photo(friend, id)
    copy = tmp_path / "copy"
    assert run("ChatCore", "store", "backup", copy, "--data", box.data).returncode == 0
    assert (copy / "photos" / id).stat().st_ino == (box.data / "photos" / id).stat().st_ino
    assert verify(copy).returncode == 0
    me.delete(friend, message)
    assert (copy / "photos" / id).exists()
    box.core.end()
    done = run("ChatCore", "store", "restore", copy, "--data", box.data)
    assert done.returncode == 0, done.stderr
    box.start_core()
    assert reconnected(box, friend).try_get_photo(me, id).content == photo(100_000)


def test_salvage_keeps_sound_photos(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(100_000))
    me.send_photo(friend, id)
    box.core.end()
    new = tmp_path / "new"
    done = run("ChatCore", "store", "salvage", box.data, new)
    assert done.returncode == 0, done.stderr
    assert (new / "photos" / id).read_bytes() == (box.data / "photos" / id).read_bytes()
    shutil.rmtree(new)


@pytest.mark.parametrize("most", [1 << 30, 0], ids=["on", "off"])
def test_a_rewrap_moves_photos_and_the_old_key_may_go(new_box, most):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(100_000))
    me.send_photo(friend, id)
    box.options += (f"--photo-bytes-max={most}",)
    box.restart_core()
    before = (box.data / "photos" / id).read_bytes()
    assert keys(box, "rotate").returncode == 0
    box.cipher.process.send_signal(signal.SIGHUP)
    eventually(lambda: run(
        "ChatCore", "store", "rewrap", "--data", box.data).returncode == 0 or None)
    eventually(lambda: (box.data / "photos" / id).read_bytes() != before or None)
    assert keys(box, "retire", "1").returncode == 0
    box.cipher.process.send_signal(signal.SIGHUP)
    box.options += (f"--photo-bytes-max={1 << 30}",)
    box.restart_core()
    me, friend = reconnected(box, me), reconnected(box, friend)
    assert friend.try_get_photo(me, id).content == photo(100_000)


def keys(box, *arguments):
    return run("Cipher", "keys", *arguments, "--key-file", box.key_file)


def test_a_chunk_in_anothers_place_is_refused(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    id = me.put_photo(friend, photo(3 * 65_536))
    me.send_photo(friend, id)
    file = box.data / "photos" / id
    content = file.read_bytes()
    start, size = content.index(b"\n") + 1, 65_536 + 32
    chunks = [content[start + n * size:start + (n + 1) * size] for n in range(3)]
    file.write_bytes(
        content[:start] + chunks[1] + chunks[0] + chunks[2] + content[start + 3 * size:])
    assert friend.try_get_photo(me, id).status_code == 404
    file.write_bytes(content[:-size])
    assert friend.try_get_photo(me, id).status_code == 503


def test_an_export_moves_photos_into_another_folder(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    ids = [me.put_photo(friend, photo(length)) for length in (1_000, 100_000)]
    for id in ids:
        me.send_photo(friend, id)
    me.put_photo(friend, photo(500))
    box.core.end()
    file, other = tmp_path / "store.json", tmp_path / "other"
    assert "2 photos" in well(run("ChatCore", "store", "export", file, "--data", box.data))
    whole = file.read_bytes()
    short = tmp_path / "short"
    for length in (len(whole) - 1, whole.index(b'{"photos"')):
        short.write_bytes(whole[:length])
        done = run("ChatCore", "store", "import", short, "--data", tmp_path / "no")
        if length == len(whole) - 1:
            assert done.returncode != 0 and "is damaged" in done.stderr
        else:
            assert "2 photos of messages missing" in well(done)
    assert "2 photos" in well(run("ChatCore", "store", "import", file, "--data", other))
    for id in ids:
        content = (other / "photos" / id).read_bytes()
        assert content == (box.data / "photos" / id).read_bytes()
    assert "2 photos of messages are sound" in verify(other).stdout


def test_one_persons_messages_come_back_with_their_photos(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    lost = me.put_photo(friend, photo(100_000))
    me.send_photo(friend, lost)
    copy = tmp_path / "copy"
    well(run("ChatCore", "store", "backup", copy, "--data", box.data))
    well(run("ChatCore", "users", "delete", "budi", "--yes", "--data", box.data))
    assert files(box) == []
    other = box.person("dewi")
    other.befriend(friend)
    kept = other.put_photo(friend, photo(1_000))
    other.send_photo(friend, kept)
    box.core.end()
    well(run("ChatCore", "store", "restore", copy, "--user", "budi", "--data", box.data))
    assert "2 photos of messages are sound" in verify(box.data).stdout
    box.start_core()
    friend = reconnected(box, friend)
    assert friend.try_get_photo(me, lost).content == photo(100_000)
    assert friend.try_get_photo(other, kept).content == photo(1_000)


def test_a_series_of_backups_copies_only_new_photos(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    series = tmp_path / "series"
    if box.data.stat().st_dev != Path("/dev/shm").stat().st_dev:
        series = Path(tempfile.mkdtemp(dir="/dev/shm"))
    ids = []
    for number in range(3):
        ids.append(me.put_photo(friend, photo(5_000, seed=number)))
        me.send_photo(friend, ids[-1])
        well(backup(box, series, "--keep", "2", "--check"))
        time.sleep(1.1)
    copies = sorted(path for path in series.iterdir() if path.name.startswith("chat-"))
    assert len(copies) == 2
    assert [len(list((copy / "photos").iterdir())) for copy in copies] == [2, 3]
    nodes = [{(copy / "photos" / id).stat().st_ino for copy in copies} for id in ids[:2]]
    assert [len(node) for node in nodes] == [1, 1], "a photo was copied again"
    (copies[1] / "photos" / ids[0]).unlink()
    assert verify(copies[1]).returncode != 0
    shutil.rmtree(series)


def test_status_and_metrics_tell_the_bytes_of_photos(new_box):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    me.put_photo(friend, photo(100_000))
    answer = json.loads(run("ChatCore", "status", "--data", box.data, "--json").stdout)
    assert answer["photoBytes"] == 100_000
    assert ", photos 97.7 KiB" in run("ChatCore", "status", "--data", box.data).stdout
