"""The page's start: whatever does not load or does not run, there is never an empty page."""

import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import requests

from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"
MODULES = sorted(
    str(file.relative_to(FRONTEND)) for file in FRONTEND.rglob("*.js")
    if "api-docs" not in file.parts and file.name != "boot.js")
TEXTS = {
    "network": "tidak bisa diambil dari server", "broken": "keadaan rusak",
    "old": "Peramban ini terlalu lama", "fault": "kesalahan di dalamnya", "slow": "lama sekali",
    "": "sedang dimuat",
}


class Host(ThreadingHTTPServer):
    """Serves the client as ChatCore does, but for the files that a test damages."""
    daemon_threads = True

    def __init__(self, policy):
        super().__init__(("127.0.0.1", 0), Files)
        self.policy = policy
        self.damage = {}  # by path: (status, type, bytes), "cut", "stall" or "throw"
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Files(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0].lstrip("/") or "index.html"
        damage = self.server.damage.get(path)
        if damage == "stall":
            self.server.over.wait(60)
        if damage in ("cut", "stall"):
            self.close_connection = True
            return
        file = FRONTEND / path
        if damage == "throw":  # with its exports: without them it would not be linked
            damage = script(file.read_bytes() + b"\nthrow new Error('sengaja');")
        if damage is None and not file.is_file():
            damage = (404, "text/plain", b"")
        status, kind, body = damage or (
            200, mimetypes.guess_type(file.name)[0] or "text/plain", file.read_bytes())
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def host(shared_house):
    policy = requests.get(shared_house.url, timeout=30).headers["Content-Security-Policy"]
    server = Host(policy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(open_browser, host):
    browser = open_browser(SimpleNamespace(url=host.url))
    yield browser
    browser.driver.get_log("browser")  # what the damage made the console say
    assert browser.run("return window.refusals") == []


def see_cause(page, cause):
    page.see("#boot [data-cause]", TEXTS[cause])
    page.see("#boot [lang='en']")
    page.see("#boot-retry", "Coba lagi / Try again")
    shown = page.run("""
        return [...document.querySelectorAll("#boot [data-cause]")]
            .filter((node) => node.checkVisibility()).length;""")
    assert shown == 1


def script(text):
    return 200, "text/javascript", text


KINDS = {
    "gone": ((404, "application/json", b'{"error":"x","code":"not_found"}'), "network"),
    "a proxy's page": ((200, "text/html", b"<h1>Log in to this network</h1>"), "network"),
    "a fault of the server": ((502, "text/html", b"<h1>Bad gateway</h1>"), "network"),
    "a cut connection": ("cut", "network"),
    "syntax nobody knows": (script(b"export const x = ?!;"), "broken"),
    "a throw": ("throw", "fault"),
    "nothing at all": (script(b""), "broken"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_module_is_told_and_trying_again_helps(page, host, kind):
    damage, cause = KINDS[kind]
    for module in ("js/text.js", "js/words/id.js"):
        host.damage = {module: damage}
        page.driver.get("about:blank")  # the same address again would load nothing
        page.open("/#register")
        # A words file that is empty has no export to miss: the page stops when it wants a word.
        lost = "fault" if (module, kind) == ("js/words/id.js", "nothing at all") else cause
        see_cause(page, lost)
        page.screenshot(f"start-{cause}")
        host.damage = {}
        page.click("#boot-retry")
        page.see("#register h1", "Buat Akun Baru")
        page.not_see("#boot")


def test_each_module_alone_is_missed_and_said_to_be(page, host):
    for module in MODULES:
        for kind in ("gone", "syntax nobody knows"):
            host.damage = {module: KINDS[kind][0]}
            page.open("/")
            see_cause(page, KINDS[kind][1])


def test_what_is_no_module_may_be_missing(page, host):
    lost = ["js/boot.js", "manifest.webmanifest", "icons/icon.svg"]
    lost += [f"css/{file.name}" for file in (FRONTEND / "css").glob("*.css")]
    for each in lost:
        host.damage = {each: KINDS["gone"][0]}
        page.open("/")
        page.see("#login h1", "WhatsApp KW")
        page.not_see("#boot")
    host.damage = {each: KINDS["gone"][0] for each in [*lost, *MODULES]}
    page.open("/")
    see_cause(page, "")
    host.damage = {}
    page.click("#boot-retry")
    page.see("#login h1", "WhatsApp KW")


@pytest.mark.parametrize("missing, cause", [
    ("delete Array.prototype.findLastIndex", "old"), ("delete window.ResizeObserver", "old"),
    ("delete window.HTMLDialogElement", "old"), ("delete window.reportError", "old"),
    ("delete Object.hasOwn", "old"), ("delete HTMLScriptElement.prototype.noModule", "old"),
    ("delete Intl.Segmenter", None), ("delete URL.canParse", None), ("delete Object.groupBy", None),
    ("delete window.Notification", None), ("delete Array.fromAsync", None),
])
def test_an_old_browser_is_told_so_where_the_page_does_not_start(page, host, missing, cause):
    page.command("Page.addScriptToEvaluateOnNewDocument", source=f"{missing};")
    page.open("/")
    if cause is None:
        page.see("#login h1")
        page.not_see("#boot")
        return
    host.damage = {"js/text.js": script(b"/a/vv")}
    page.open("/")
    see_cause(page, cause)


def test_a_slow_page_says_that_it_is_loading_and_then_that_it_is_slow(page, host):
    page.command("Page.setLifecycleEventsEnabled", enabled=True)
    host.damage = {"js/text.js": "stall"}
    page.driver.set_page_load_timeout(60)
    page.command("Page.addScriptToEvaluateOnNewDocument", source="""
        const plain = window.setTimeout;
        window.setTimeout = (act, wait, ...more) => plain(act, wait / 5, ...more);""")
    page.run("location.href = arguments[0]", host.url + "/")
    page.until(lambda: page.run("return document.getElementById('boot') !== null"), "the page")
    see_cause(page, "")
    see_cause(page, "slow")
    host.damage = {}
    host.over.set()


def test_without_scripts_the_page_says_that_it_needs_them(page):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    page.open("/")
    assert "membutuhkan JavaScript" in page.find("#boot").text
    assert "needs JavaScript" in page.find("#boot").text
    page.command("Emulation.setScriptExecutionDisabled", value=False)


def test_a_chat_that_cannot_start_leaves_no_empty_page(open_browser, people, shared_house):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_house)
    page.enter(sari)
    page.open_chat(budi.username)
    broken = page.command("Page.addScriptToEvaluateOnNewDocument", source="""
        window.ResizeObserver = class { constructor() { throw new Error("sengaja"); } };""")
    page.reload()
    see_cause(page, "fault")
    page.not_see("#dashboard")
    page.command("Page.removeScriptToEvaluateOnNewDocument", **broken)
    page.click("#boot-retry")
    page.see("#chat-name", budi.username)  # the same chat as before
    page.driver.get_log("browser")
