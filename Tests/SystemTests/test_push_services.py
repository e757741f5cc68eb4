"""Push services that are slow, dead or not what they claim, and the options of push."""

import stat
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api import ok, refusal
from certificates import FIXTURES, make_certificate
from programs import STOP_SECONDS, eventually, run
from push_service import QUIET_SECONDS, PushService, Subscriber

SENDERS, SENDS = 8, 20


@pytest.fixture
def new_service():
    services = []

    def make(*arguments, **options):
        services.append(PushService(*arguments, **options))
        return services[-1]
    yield make
    for service in services:
        service.stop()


def announce(box, service, path="/push/x"):
    """Has a message announced to a browser at this service."""
    anna, budi = box.friends("anna", "budi")
    browser = Subscriber(service, path).subscribe(budi)
    anna.send(budi, "halo")
    return anna, budi, browser


@pytest.mark.parametrize("wrong", ["authority", "expired"])
def test_a_service_that_cannot_prove_itself_gets_nothing(new_box, new_service, tmp_path, wrong):
    """That a certificate has to be for the host is proven in Tests/TLSTests."""
    if wrong == "authority":
        service = new_service(*make_certificate(tmp_path))
    else:
        service = new_service(FIXTURES / "expired.pem", FIXTURES / "server.key")
    announce(new_box(*service.options).start(), service)
    eventually(lambda: service.connections, 10, "a connection")
    service.stays_at(0)


def test_endpoints_lead_to_known_services_alone(new_box, new_service):
    service = new_service()
    box = new_box(*service.options).start()
    anna, = box.friends("anna")
    browser = Subscriber(service, "/push/x")
    for endpoint in (
            f"http://{service.host}/x", f"https://{service.host}@127.0.0.1/x",
            f"https://127.0.0.1:{service.port + 1}/x", "https://127.0.0.1/x", "https://[::1]/x",
            "https://localhost/x", "https://10.0.0.1/x", "https://169.254.169.254/latest",
            "https://[::ffff:127.0.0.1]/x", "https://[64:ff9b::7f00:1]/x",
            "https://fcm.googleapis.com/x", f"https://{service.host}/a b",
            f"https://{service.host}/x[1]", f"https://{service.host}", "ftp://x/y", "x", "",
            f"https://{service.host}/" + "x" * 1024, f"https://0x7f000001:{service.port}/x",
            f"https://2130706433:{service.port}/x"):
        browser.endpoint = endpoint
        assert refusal(browser.try_subscribe(anna))[:2] == (400, "malformed"), endpoint
    for keys in (
            {}, {"p256dh": "", "auth": ""}, browser.subscription["keys"] | {"auth": "AAAA"},
            browser.subscription["keys"] | {"p256dh": "B" * 87}):
        answer = anna.api.post("/push/subscribe", {
            "userId": anna.id, "subscription": {
                "endpoint": f"https://{service.host}/x", "keys": keys}})
        assert refusal(answer)[:2] == (400, "malformed"), keys
    browser.endpoint = f"https://{service.host}/x"
    browser.subscribe(anna)


def test_the_default_services_are_those_of_browsers(box):
    anna, = box.friends("anna")
    service = type("Nowhere", (), {"host": "unused"})
    for endpoint in (
            "https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com/x",
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://db5p.notify.windows.com/w/?token=x"):
        browser = Subscriber(service, "/x")
        browser.endpoint = endpoint
        browser.subscribe(anna)


def sends(people):
    """The seconds that each send of eight people took, who all write at once."""
    def write(pair):
        sender, receiver = pair
        found = []
        for number in range(SENDS):
            start = time.monotonic()
            sender.send(receiver, f"pesan {number}")
            found.append(time.monotonic() - start)
        return found
    with ThreadPoolExecutor(SENDERS) as pool:
        return [time for found in pool.map(write, people) for time in found]


def test_a_dead_push_service_changes_nothing_for_sends(new_box, new_service):
    """Prints its figures; only a difference that anybody would feel fails."""
    service = new_service(silent=True)
    box = new_box(*service.options).start()
    people = [box.friends(f"anna{number}", f"budi{number}") for number in range(SENDERS)]
    before = sends(people)
    for _, budi in people:
        for number in range(5):
            Subscriber(service, f"/push/{budi.username}/{number}").subscribe(budi)
    after = sends(people)
    for what, found in (("without", before), ("with", after)):
        found.sort()
        print(f"{what} a dead push service: p50 {statistics.median(found) * 1000:.2f} ms, "
              f"p99 {found[int(len(found) * 0.99)] * 1000:.2f} ms, {len(found)} sends")
    assert max(after) < 5
    # Two at once to one service; the others wait in a bounded queue.
    assert 1 <= service.connections <= 4
    start = time.monotonic()
    box.core.end()
    assert time.monotonic() - start < STOP_SECONDS
    log = box.core.log
    assert "fatal" not in log.lower()


def test_a_slow_service_delays_no_other(new_box, new_service):
    silent, fast = new_service(silent=True), new_service()
    box = new_box(
        f"--push-hosts={silent.host},{fast.host}", fast.options[1]).start()
    anna, budi, citra = box.friends("anna", "budi", "citra")
    for number in range(5):
        Subscriber(silent, f"/push/{number}").subscribe(budi)
    browser = Subscriber(fast, "/push/fast").subscribe(citra)
    anna.send(budi, "halo")
    anna.send(citra, "halo")
    fast.wait_for(1, within=5)
    assert browser.pushes() and silent.received == []


def test_the_key_is_made_once_and_kept(new_box, new_service):
    service = new_service()
    box = new_box(*service.options, "--push-key-file=keys/push.key").start()
    file = box.folder / "keys" / "push.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and len(file.read_bytes()) == 32
    key = ok(box.client().get("/push/key"))
    assert key == ok(box.client().get("/api/push/key")) and set(key) == {"key"}
    anna, budi, browser = announce(box, service)
    service.wait_for()
    # A database knows across a restart who was told, until they read. A folder does not.
    budi.read(anna, anna.history(budi)[-1]["timestamp"])
    box.restart_core()
    assert ok(box.client().get("/push/key")) == key
    anna.api.url = box.url
    anna.send(budi, "sesudah mulai lagi")
    assert len(service.wait_for(2)) == 2 and len(browser.pushes()) == 2
    box.core.end()
    file.write_bytes(b"\0" * 32)
    done = run("ChatCore", "--port=0", f"--data={box.store_folder}", f"--push-key-file={file}",
               f"--session-key-file={box.folder / 'session.key'}")
    assert done.returncode != 0 and str(file) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_push_can_be_turned_off(new_box, new_service):
    service = new_service()
    box = new_box(*service.options, "--push=off").start()
    anna, budi = box.friends("anna", "budi")
    browser = Subscriber(service, "/push/x")
    assert refusal(budi.api.get("/push/key"))[:2] == (404, "not_found")
    assert refusal(browser.try_subscribe(budi))[:2] == (404, "not_found")
    assert refusal(budi.api.http.delete(box.url + "/push/subscribe", json={}))[:2] == (
        404, "not_found")
    anna.send(budi, "halo")
    ok(budi.api.post("/auth/logout"))
    assert not (box.folder / ".state").exists()


@pytest.mark.parametrize("option, words", [
    ("--push=sometimes", ["--push", "sometimes"]),
    ("--push-hosts=*", ["--push-hosts", "address:port"]),
    ("--push-hosts=localhost:80", ["--push-hosts"]),
    ("--push-contact=admin@example.com", ["--push-contact", "mailto:"]),
    ("--ca-file=/nowhere", ["--ca-file"]), ("--ca-file=/dev/null", ["--ca-file"]),
    ("--push-key-file=/dev/null", ["--push-key-file"]),
])
def test_a_bad_option_is_told_in_one_line(tmp_path, option, words):
    done = run("ChatCore", "--port=0", f"--data={tmp_path / 'data'}",
               f"--session-key-file={tmp_path / 'key'}", option, cwd=tmp_path)
    lines = done.stderr.strip().splitlines()
    assert done.returncode != 0
    # Before it may stand notices of files that are made, and behind it the usage.
    told = [line for line in lines if all(word in line for word in words)]
    assert len(told) == 1, done.stderr


def test_a_name_that_leads_to_a_private_address_is_never_connected_to(new_box):
    """`localhost` is a public name to the list of hosts, and its addresses are not."""
    box = new_box("--push-hosts=localhost").start()
    service = type("Local", (), {"host": "localhost"})
    anna, budi = box.friends("anna", "budi")
    Subscriber(service, "/push/x").subscribe(budi)
    anna.send(budi, "halo")
    time.sleep(2 * QUIET_SECONDS)
    # No connection to port 443 of the loopback, in no state. Other processes have their own.
    for kind, loopback in ("tcp", "0100007F"), ("tcp6", f"{1 << 24:032X}"):
        sockets = (box.core.process_folder / "net" / kind).read_text()
        assert not [line for line in sockets.splitlines()[1:]
                    if line.split()[2] == f"{loopback}:01BB"]
