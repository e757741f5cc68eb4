"""Rows of polls and sends beside nobody, and beside eight people who upload photos."""

import contextlib
import multiprocessing
import threading
import time

import peers
from answers import poll
from load import sending, wrk
from sends import people, pids

UPLOADERS = 8
PHOTO_BYTES = 300_000
# Of each uploader: a good mobile connection.
BYTES_A_SECOND = 1_000_000
PIECE_BYTES = 16 << 10
JPEG = b"\xff\xd8\xff\xe0"
ALONE, BESIDE = "beside nobody", f"beside {UPLOADERS} who upload"


def beside_uploads(figures):
    with peers.box() as box:
        pairs = people(box)
        receiver = pairs[0][1]
        path = f"/friends/{receiver.id}"
        fields, _ = poll(receiver, path)
        script = sending(pairs)
        uploads = [box.friends(f"foto{number}", f"album{number}") for number in range(UPLOADERS)]
        for row, run in {
            "304 poll beside uploads": lambda: wrk(box.url + path, figures.seconds, headers=fields),
            "sends by 64 beside uploads": lambda: wrk(box.url, figures.seconds, script=script),
        }.items():
            compare(figures, row, box, uploads, run)


def compare(figures, row, box, uploads, run):
    rates = []

    def beside():
        with uploading(uploads) as count:
            before = count.value
            begin = time.perf_counter()
            done = run()
            rates.append((count.value - before) / (time.perf_counter() - begin))
        return done

    figures.in_turns(row, {ALONE: (pids(box), run), BESIDE: (pids(box), beside)}, of=[ALONE])
    figures.note(row, "photos that were uploaded", rates)


@contextlib.contextmanager
def uploading(uploads):
    """Uploads in a process of its own. Yields the count of photos that were stored."""
    count = multiprocessing.Value("q", 0)
    process = multiprocessing.Process(target=upload_all, args=(uploads, count), daemon=True)
    process.start()
    try:
        while count.value < len(uploads):
            if not process.is_alive():
                raise SystemExit("the uploads have failed")
            time.sleep(0.05)
        yield count
    finally:
        process.terminate()
        process.join()


def upload_all(uploads, count):
    def upload(person, friend):
        while True:
            person.put_photo(friend, Paced())
            with count.get_lock():
                count.value += 1

    threads = [threading.Thread(target=upload, args=pair, daemon=True) for pair in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Paced:
    """The bytes of a photo, no faster than BYTES_A_SECOND."""

    def __len__(self):
        return PHOTO_BYTES

    def __iter__(self):
        begin, sent = time.perf_counter(), 0
        while sent < PHOTO_BYTES:
            piece = bytes(min(PIECE_BYTES, PHOTO_BYTES - sent))
            yield JPEG + piece[len(JPEG):] if sent == 0 else piece
            sent += len(piece)
            time.sleep(max(0, begin + sent / BYTES_A_SECOND - time.perf_counter()))
