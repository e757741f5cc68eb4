import itertools

import pytest

import certificates
from api import Client
from browser import LAPTOP, Browser, browser_folder
from programs import House
from vault import CipherServer


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory):
    """One pair of programs for the tests that leave it as they found it, but for more people."""
    house = House(tmp_path_factory.mktemp("house")).start()
    yield house
    house.stop()


@pytest.fixture(scope="session")
def secure_house(tmp_path_factory):
    """The same, with HTTPS at the front and TLS between the programs."""
    folder = tmp_path_factory.mktemp("house")
    house = House(folder, *certificates.OPTIONS, bridge="psk").start()
    yield house
    house.stop()


@pytest.fixture(params=["plain", "TLS"])
def either_house(request):
    """Both of these, one after the other."""
    return request.getfixturevalue("secure_house" if request.param == "TLS" else "shared_house")


@pytest.fixture
def house(tmp_path):
    """A pair of programs that the test may kill."""
    house = House(tmp_path).start()
    yield house
    house.stop()


@pytest.fixture
def vault(tmp_path):
    """Cipher by itself, with a fresh ring."""
    vault = CipherServer(tmp_path).start()
    yield vault
    vault.program.end()


@pytest.fixture
def new_house(tmp_path_factory):
    """Makes houses with options of the test's own; started by the test."""
    houses = []

    def make(*options, **more):
        houses.append(House(tmp_path_factory.mktemp("house"), *options, **more))
        return houses[-1]
    yield make
    for house in houses:
        house.stop()


@pytest.fixture(autouse=True)
def connections_end_with_the_test():
    yield
    Client.close_all()


numbers = itertools.count(1)


@pytest.fixture
def name():
    """Makes usernames that nobody else in the shared house has."""
    return lambda base: f"{base}{next(numbers)}"


@pytest.fixture
def people(shared_house, name):
    """Registers people with new names in the shared house; the first is everybody's friend."""
    return lambda *bases: shared_house.friends(*(name(base) for base in bases))


@pytest.fixture
def client(shared_house):
    return shared_house.client()


@pytest.fixture
def open_browser(tmp_path):
    """Opens browsers at a house; none may have complained when the test is over."""
    browsers = []

    def start(house, size=LAPTOP, **options):
        folder = browser_folder(tmp_path, len(browsers))
        browsers.append(Browser(folder, house.url, size, **options))
        return browsers[-1]
    yield start
    complaints = [browser.complaints() for browser in browsers]
    for browser in browsers:
        browser.quit()
    assert not any(complaints), complaints
