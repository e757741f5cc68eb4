"""The web client by keyboard alone, enlarged, from another host, and its pure functions."""

import functools
import json
import re
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import requests
from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"


def test_everything_is_reached_by_keyboard_alone(open_browser, people, shared_box, name):
    sari, budi = people("sari", "budi")
    budi.send(sari, "Bisa tanpa tetikus?")
    page = open_browser(shared_box)
    page.open()
    page.see("#login h1")
    page.press(sari.username, Keys.TAB, PASSWORD, Keys.ENTER)  # the first field has the focus
    page.see(".contact")

    def tab_to(selector):
        for _ in range(20):
            page.press(Keys.TAB)
            if page.run("return document.activeElement.matches(arguments[0])", selector):
                outline = page.run(
                    "return getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"{selector} does not show its focus"
                return
        raise AssertionError(f"no way to {selector}")
    tab_to("#search")
    page.press(Keys.ARROW_DOWN)
    page.press(Keys.ENTER)
    page.see("#rows .text", "Bisa tanpa tetikus?")
    page.press("Bisa!", Keys.ENTER)  # the composer has the focus
    page.see("#rows .sent .text", "Bisa!")
    page.press(Keys.ESCAPE)
    page.see("#welcome")
    focused = "return document.activeElement.textContent"
    page.until(lambda: budi.username in page.run(focused), "the focus on the contact")
    page.run("document.activeElement.blur()")
    tab_to("#open-settings")
    page.press(Keys.ENTER)
    page.see("#settings[open]")
    tab_to("#logout")
    page.press(Keys.ENTER)
    page.see("#login")


def test_at_200_percent_nothing_is_cut_off(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "besar " * 30)
    page = open_browser(shared_box)
    page.resize(1280, 800, scale=2)
    page.enter_chat(sari, budi)
    page.see("#rows .text", "besar")
    page.screenshot("zoom-200")
    assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    assert page.run("return document.documentElement.scrollHeight <= innerHeight")
    box = page.find("#message").rect
    assert box["y"] + box["height"] <= 400


MESSAGE_TEXTS = CHECKOUT / "Tests" / "Fixtures" / "message-texts.json"
PURE = """
    const done = arguments[arguments.length - 1];
    const [path, name, values] = arguments;
    import(path).then((module) => done(values.map((value) => module[name](...value))));
"""


@pytest.mark.parametrize("module, function, table", [
    ("rules/text", "pieces", [
        (["halo"], [{"text": "halo"}]),
        (["a https://x.example/b, c"], [
            {"text": "a "}, {"text": "https://x.example/b", "href": "https://x.example/b"},
            {"text": ", c"}]),
        (["(https://x.example/a_(b))."], [
            {"text": "("},
            {"text": "https://x.example/a_(b)", "href": "https://x.example/a_(b)"},
            {"text": ")."}]),
        (["javascript:alert(1) data:text/html,x"],
         [{"text": "javascript:alert(1) data:text/html,x"}]),
        (["https://"], [{"text": "https://"}]),
        *(([text], [{"text": text}]) for text in (
            "https://a@b.example/", "https://bank.example:x@b.example/", "www.", "www.satu",
            "x@www.a.example", "ftp://www.a.example", "https://%62.example",
            "https://\uff42.example/")),
        *(([f"https://x.example/a{odd}b"], [
            {"text": "https://x.example/a", "href": "https://x.example/a"}, {"text": f"{odd}b"}])
          for odd in "\u202e\u202d\u2066\u200f\u061c\u200b\u2060\ufeff\u00ad\u3164\ue000"),
        (["(www.a.example/b)."], [
            {"text": "("}, {"text": "www.a.example/b", "href": "https://www.a.example/b"},
            {"text": ")."}]),
        (["HTTPS://X.example/\u00e9"], [
            {"text": "HTTPS://X.example/\u00e9", "href": "https://x.example/%C3%A9"}]),
        (["https://b\u00fccher.example"], [
            {"text": "https://b\u00fccher.example", "href": "https://xn--bcher-kva.example/"}]),
        (["http://[::1]:80/)"], [{"text": "http://[::1]:80/", "href": "http://[::1]/"},
                                {"text": ")"}]),
    ]),
    ("rules/text", "isFewEmoji", [
        (["\U0001F44D"], True), (["\U0001F44D\U0001F389 \u2764\ufe0f"], True),
        (["\U0001F44D ok"], False),
        (["1"], False), (["\U0001F44D" * 4], False), ([""], False), ([" "], False),
        (["\ufeff"], False), (["\u200d"], False), (["\ufe0f"], False), (["\U0001F1EE"], False),
        (["\U0001F1EE\U0001F1E9"], True), (["1\ufe0f\u20e3"], True), (["\u2764"], False),
        (["\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466" * 3], True),
        (["\U0001F44B\U0001F3FD \U0001F3F4\U000E0067\U000E0062\U000E007F"], True),
        (["\U0001F469\U0001F3FD\u200D\u2764\ufe0f\u200D\U0001F48B\u200D"
          "\U0001F468\U0001F3FD"], True),
        (["\U0001F44D\ufeff"], False), (["\U0001F3FD"], False),
    ]),
    ("rules/text", "sanitise", [
        ([raw], clean or "") for raw, clean in json.loads(MESSAGE_TEXTS.read_text())
    ]),
    ("rules/search", "marked", [
        ([text, query], [{"text": piece, "isFound": number % 2 == 1}
                         for number, piece in enumerate(pieces) if piece])
        for text, query, pieces in (
            ("Kafe dan KAFE", "kafe", ["", "Kafe", " dan ", "KAFE"]),
            ("di Caf\u00e9 itu", "cafe", ["di ", "Caf\u00e9", " itu"]),
            ("di Cafe\u0301 itu", "cafe", ["di ", "Cafe\u0301", " itu"]),
            ("di cafe itu", "caf\u00e9", ["di cafe itu"]),
            ("\u039f\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03bf\u03c3",
             ["", "\u039f\u03b4\u03cc\u03c2"]),
            ("\U0001F44D\U0001F44D!", "\U0001F44D", ["", "\U0001F44D", "", "\U0001F44D", "!"]),
            ("stra\u00dfe", "STRASSE", ["stra\u00dfe"]), ("apa saja", "", ["apa saja"]),
            ("", "apa", []))
    ]),
    ("rules/search", "excerpt", [
        (["pendek saja", "saja"],
         [{"text": "pendek ", "isFound": False}, {"text": "saja", "isFound": True}]),
        (["kata " * 20 + "jarum\n" + "lagi " * 100, "jarum"],
         [{"text": "\u2026" + "kata " * 7, "isFound": False}, {"text": "jarum", "isFound": True},
          {"text": " " + ("lagi " * 24)[:119], "isFound": False}]),
    ]),
    ("sync/poller", "pollInterval", [
        ([{"hidden": False, "quiet": 0}], 3000), ([{"hidden": False, "quiet": 61000}], 5000),
        ([{"hidden": True, "quiet": 0}], 15000),
    ]),
    ("sync/backoff", "backoffWait", [
        ([1], 2000), ([2], 4000), ([3, 1], 8000), ([1, 30], 30000), ([20], 60000),
    ]),
    ("state/conversations", "merge", [
        ([[{"id": "a", "timestamp": 1}], [{"id": "a", "timestamp": 1}]],
         [{"id": "a", "timestamp": 1}]),
        ([[{"id": "a", "timestamp": 1}, {"id": "c", "timestamp": 3}],
          [{"id": "b", "timestamp": 2}, {"id": "c", "timestamp": 3}]],
         [{"id": "a", "timestamp": 1}, {"id": "b", "timestamp": 2}, {"id": "c", "timestamp": 3}]),
    ]),
])
def test_the_rules_that_need_no_page(open_browser, shared_box, module, function, table):
    page = open_browser(shared_box)
    page.open()
    given = [values for values, _ in table]
    results = page.driver.execute_async_script(PURE, f"./js/{module}.js", function, given)
    assert results == [expected for _, expected in table]


def scripts(outside):
    """The scripts that are served, but for those below a folder of that name."""
    return [file for file in FRONTEND.rglob("*.js") if outside not in file.parts]


def page_scripts():
    """Those that the page loads, by their paths; the service worker's are not."""
    there = {str(file.relative_to(FRONTEND)) for file in scripts(outside="api-docs")}
    return there - {"sw.js", "worker/push.js"}


def test_the_page_names_every_module_it_needs_in_advance():
    page = (FRONTEND / "index.html").read_text()
    named = set(re.findall(r'rel="modulepreload" href="([^"]+)"', page))
    named |= {"js/main.js", "js/boot.js", "js/look.js"}
    assert named == page_scripts()


def test_the_guide_names_every_module_of_the_client():
    guide = (CHECKOUT / "docs" / "client.md").read_text()
    named = re.findall(r"^\| `(js/[\w/]+\.js)` \|", guide, re.MULTILINE)
    assert sorted(named) == sorted(page_scripts() - {"config.js"})


def test_nothing_is_written_where_the_policy_or_the_promise_forbids_it():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|\balert\(|\bprompt\(|\bconfirm\(")
    for file in scripts(outside="swagger-ui"):
        assert not forbidden.search(file.read_text()), file
    page = (FRONTEND / "index.html").read_text()
    assert not re.search(r"<style|\bstyle=|\bon\w+=\"|<script>", page)
    assert not re.search(r"(?:src|href)=\"(?:/|https?:)", page), "URLs are relative"


@pytest.fixture
def other_host(tmp_path):
    """Serves a copy of the client from another origin; the API's URL is set by the test."""
    folder = tmp_path / "cdn"
    shutil.copytree(FRONTEND, folder)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, folder / "config.js"
    server.shutdown()
    server.server_close()


def test_another_host_needs_one_setting(open_browser, new_box, other_host):
    server, config = other_host
    origin = f"http://127.0.0.1:{server.server_port}"
    box = new_box(f"--allowed-origins={origin}").start()
    sari, budi = box.friends("sari", "budi")
    budi.send(sari, "dari asal lain")
    config.write_text(config.read_text().replace('apiURL = ""', f'apiURL = "{box.url}/api"'))
    page = open_browser(SimpleNamespace(url=origin))
    page.open("/")
    page.login("sari", PASSWORD)
    page.open_chat("budi")
    page.see("#rows .text", "dari asal lain")
    page.write("sampai")
    page.see("#rows .sent .text", "sampai")
    assert page.complaints(network=True) == []


def test_the_page_works_behind_a_prefix_and_can_be_installed(open_browser, shared_box, name):
    page = open_browser(shared_box)
    page.open("/api/")
    page.click("a[href='#register']")
    page.fill("#register-username", name("sari"))
    page.fill("#register-password", PASSWORD)
    page.click("#register-form .primary")
    page.see("#contacts-empty", "Belum ada teman")
    asked = page.run("""
        return performance.getEntriesByType("resource").map((each) => new URL(each.name).pathname)
        """)
    assert asked and all(path.startswith("/api/") for path in asked), asked
    manifest = requests.get(f"{shared_box.url}/manifest.webmanifest", timeout=30)
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        answer = requests.get(f"{shared_box.url}/{icon['src']}", timeout=30)
        assert answer.headers["Content-Type"] == icon["type"]
    assert page.command("Page.getAppManifest")["errors"] == []
    assert page.command("Page.getInstallabilityErrors")["installabilityErrors"] == []
