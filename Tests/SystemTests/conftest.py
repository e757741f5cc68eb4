import itertools

import pytest

import certificates
import databases
from api import Client
from browser import LAPTOP, Browser, browser_folder
from programs import Box
from push_service import PushService, Subscriber
from vault import CipherServer

# Tests of several processes over one database.
collect_ignore = [] if databases.IS_USED else ["test_replicas.py", "test_shared_facts.py"]


@pytest.fixture(scope="session")
def shared_box(tmp_path_factory):
    """One pair of programs for the tests that leave it as they found it, but for more people."""
    box = Box(tmp_path_factory.mktemp("box")).start()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def secure_box(tmp_path_factory):
    """The same, with HTTPS at the front and TLS between the programs."""
    folder = tmp_path_factory.mktemp("box")
    box = Box(folder, *certificates.OPTIONS, bridge="psk").start()
    yield box
    box.stop()


@pytest.fixture(params=["plain", "TLS"])
def either_box(request):
    """Both of these, one after the other."""
    return request.getfixturevalue("secure_box" if request.param == "TLS" else "shared_box")


@pytest.fixture
def box(tmp_path):
    """A pair of programs that the test may kill."""
    box = Box(tmp_path).start()
    yield box
    box.stop()


@pytest.fixture
def vault(tmp_path):
    """Cipher by itself, with a fresh ring."""
    vault = CipherServer(tmp_path).start()
    yield vault
    vault.program.end()


@pytest.fixture
def new_box(tmp_path_factory):
    """Makes boxes with options of the test's own; started by the test."""
    boxes = []

    def make(*options, **more):
        boxes.append(Box(tmp_path_factory.mktemp("box"), *options, **more))
        return boxes[-1]
    yield make
    for box in boxes:
        box.stop()


@pytest.fixture(scope="module")
def push_service():
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def push_box(push_service, tmp_path_factory):
    """A pair of programs that reaches no other push service."""
    box = Box(
        tmp_path_factory.mktemp("box"), *push_service.options,
        "--push-contact=mailto:pengelola@contoh.id").start()
    yield box
    box.stop()


@pytest.fixture
def friends(push_box, name):
    return lambda *bases: push_box.friends(*(name(base) for base in bases))


@pytest.fixture
def browser(push_service, name):
    return lambda: Subscriber(push_service, f"/push/{name('browser')}")


@pytest.fixture(autouse=True)
def connections_end_with_the_test():
    yield
    Client.close_all()


numbers = itertools.count(1)


@pytest.fixture
def name():
    """Makes usernames that nobody else in the shared box has."""
    return lambda base: f"{base}{next(numbers)}"


@pytest.fixture
def people(shared_box, name):
    """Registers people with new names in the shared box; the first is everybody's friend."""
    return lambda *bases: shared_box.friends(*(name(base) for base in bases))


@pytest.fixture
def client(shared_box):
    return shared_box.client()


@pytest.fixture
def open_browser(tmp_path):
    """Opens browsers at a box; none may have complained when the test is over."""
    browsers = []

    def start(box, size=LAPTOP, **options):
        folder = browser_folder(tmp_path, len(browsers))
        browsers.append(Browser(folder, box.url, size, **options))
        return browsers[-1]
    yield start
    complaints = [browser.complaints() for browser in browsers]
    for browser in browsers:
        browser.quit()
    assert not any(complaints), complaints
