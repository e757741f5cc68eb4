"""Searching one's own conversations: what is found, where it ends, and what it costs others."""

import signal
import socket
import threading
import time

import pytest

from api import Person, new_id, ok, refusal

SECRET = "kata-yang-dicari-orang"


def search(person, q, **query):
    return person.api.get("/chat/search", myId=person.id, q=q, **query)


def found(person, q, **query):
    return [each["content"] for each in ok(search(person, q, **query))["results"]]


def everything(person, q, **query):
    """All pages, one after the other."""
    results, before = [], None
    while True:
        page = ok(search(person, q, before=before, **query))
        results += page["results"]
        before = page["next"]
        if before is None:
            return results


def test_all_conversations_are_searched_newest_first(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    anna.befriend(citra)
    first = anna.send(budi, "Kopi pagi")
    budi.send(anna, "teh saja")
    last = citra.send(anna, "KOPI sore", reply=None)
    budi.befriend(citra)
    budi.send(citra, "kopi rahasia kami")
    results = ok(search(anna, "kopi"))
    assert results["next"] is None
    names = ("id", "senderId", "receiverId", "content", "timestamp")
    assert results["results"] == [
        {name: last[name] for name in names} | {"friendId": citra.id},
        {name: first[name] for name in names} | {"friendId": budi.id}]
    assert found(anna, "kopi", friendId=budi.id) == ["Kopi pagi"]
    assert found(anna, "kopi", friendId=budi.id.upper()) == ["Kopi pagi"]
    assert found(anna, "jeruk") == []


@pytest.mark.parametrize("text, q, is_found", [
    ("Café Bandung", "cafe", True), ("Cafe\u0301", "CAFÉ", True), ("cafe", "café", False),
    ("Nguyễn", "nguyen", True), ("dua\nbaris", "a\nb", True), ("<b>tebal</b>", "<B>", True),
    ("100% \"kutip\" \\ garis", '"kutip" \\', True), ("emoji 👩‍🚀!", "👩‍🚀", True),
    ("ΣΊΣΥΦΟΣ", "σισυφος", True), ("halo", "halo!", False), ("a+b&c=d", "a+b&c=d", True),
])
def test_case_and_form_do_not_matter_and_accents_only_where_asked(people, text, q, is_found):
    anna, budi = people("anna", "budi")
    anna.send(budi, text)
    assert (len(found(anna, q)) == 1) == is_found


def test_pages_meet_every_result_once(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    citra = box.person("citra")
    anna.befriend(citra)
    sent = []
    for number in range(130):
        receiver = (budi, citra)[number % 2]
        sent.append(anna.send(receiver, f"{'buku' if number % 3 else 'meja'} {number}")["content"])
    expected = [text for text in reversed(sent) if text.startswith("buku")]
    for limit in (1, 7, 100):
        assert [each["content"] for each in everything(anna, "buku", limit=limit)] == expected
    first = ok(search(anna, "buku"))
    assert [each["content"] for each in first["results"]] == expected[:20]
    box.restart_core(signal.SIGKILL)
    anna = Person(box.url, anna.id, anna.username, anna.token)
    rest = everything(anna, "buku")[20:]
    assert [each["content"] for each in rest] == expected[20:]


def test_the_deleted_and_those_who_left_are_not_found(people):
    anna, budi, citra = *people("anna", "budi"), people("citra")[0]
    anna.befriend(citra)
    message = anna.send(budi, "kopi satu")
    anna.send(citra, "kopi dua")
    anna.delete(budi, message)
    assert found(anna, "kopi") == ["kopi dua"]
    ok(citra.api.post("/friends/remove", {"myId": citra.id, "friendId": anna.id}))
    assert found(anna, "kopi") == found(citra, "kopi") == []
    assert refusal(search(anna, "kopi", friendId=citra.id))[:2] == (403, "not_friends")
    anna.befriend(citra)
    assert found(anna, "kopi") == ["kopi dua"]


def test_the_refusals(people):
    anna, budi = people("anna", "budi")
    for query in ({"q": ""}, {"q": "x" * 101}, {"q": None}, {"q": "x", "limit": 0},
                  {"q": "x", "limit": 101}, {"q": "x", "limit": "a"}, {"q": "x", "before": "a"},
                  {"q": "x", "before": "1.zz"}, {"q": "x", "before": "1"}, {"q": "x\0"}):
        assert refusal(anna.api.get("/chat/search", myId=anna.id, **query))[:2] == (
            400, "malformed"), query
    assert refusal(anna.api.get("/chat/search", myId=budi.id, q="x"))[:2] == (403, "forbidden")
    for friend in (new_id(), anna.id, "x"):
        assert refusal(search(anna, "x", friendId=friend))[:2] == (403, "not_friends")
    for q in ("x" * 100, "\u0301" * 100, "\u0344" * 100, " ", "%", "\\"):
        ok(search(anna, q))
    answer = anna.api.get("/chat/search", myId=anna.id, q="x" * 65_000)
    assert answer.status_code in (400, 414, 431)


def test_a_query_stands_in_no_log(box):
    anna, budi = box.friends("anna", "budi")
    anna.send(budi, f"ada {SECRET} di sini")
    assert len(found(anna, SECRET)) == 1
    assert refusal(search(anna, SECRET, limit=0))[0] == 400
    assert refusal(search(anna, SECRET, friendId=new_id()))[0] == 403
    box.cipher.kill()
    assert refusal(search(anna, SECRET))[:2] == (503, "vault_unavailable")
    assert "GET /chat/search" in box.core.log
    assert SECRET not in box.core.log + box.cipher.log


def test_one_search_at_a_time_and_a_client_that_leaves_frees_the_next(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    for number in range(300):
        anna.send(budi, f"pesan {number}")
    box.cipher.process.send_signal(signal.SIGSTOP)
    head = (f"GET /chat/search?myId={anna.id}&q=tidak+ada HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {anna.token}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", box.core.port)) as first:
        first.sendall(head)
        time.sleep(0.2)
        second = search(anna, "pesan")
        assert refusal(second)[:2] == (429, "too_many_attempts")
        assert int(second.headers["Retry-After"]) >= 1
    box.cipher.process.send_signal(signal.SIGCONT)
    end = time.monotonic() + 10
    while search(anna, "pesan").status_code == 429 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(found(anna, "pesan 29", limit=100)) == 11


def test_searches_of_many_starve_no_sender(new_box):
    box = new_box("--send-rate=0").start()
    anna, budi = box.friends("anna", "budi")
    searchers = [box.person(f"pencari{number}") for number in range(6)]
    for each in searchers:
        each.befriend(budi)
    for number in range(400):
        anna.send(budi, f"{number} " + "panjang " * 200)
        searchers[number % 6].send(budi, f"{number} " + "panjang " * 200)
    done, counts = threading.Event(), []

    def run(person):
        count = 0
        while not done.is_set():
            count += search(person, "tidak ada").status_code == 200
        counts.append(count)
    threads = [threading.Thread(target=run, args=(each,)) for each in (budi, *searchers)]
    for thread in threads:
        thread.start()
    times = []
    for number in range(40):
        begin = time.perf_counter()
        anna.send(budi, f"di antara {number}")
        times.append(time.perf_counter() - begin)
    done.set()
    for thread in threads:
        thread.join()
    times.sort()
    median, worst = times[20] * 1000, times[-1] * 1000
    print(f"sends beside 7 searchers: median {median:.1f} ms, worst {worst:.1f} ms")
    assert all(counts), counts
    assert times[20] < 1


@pytest.mark.alone
def test_marks_and_repetitions_cost_their_length(people, shared_box):
    anna, budi = people("anna", "budi")
    for text in ("e" + "\u0301\u0323" * 2_000, "a" * 4_096, "\u1f82" * 4_096):
        anna.send(budi, text)
    begin = time.perf_counter()
    for q in ("\u0344" * 100, "a" * 99 + "b", "\u1f82" * 100, "é" * 100):
        ok(search(anna, q))
    assert time.perf_counter() - begin < 3
    assert shared_box.core.is_ready()
