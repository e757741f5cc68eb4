"""The page's start: whatever does not load or does not run, there is never an empty page."""

import itertools
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


def test_a_damaged_module_is_told_and_trying_again_helps(page, host):
    for (kind, (damage, cause)), module in itertools.product(
            KINDS.items(), ("js/rules/text.js", "js/words/id.js")):
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
        host.damage = {module: KINDS["gone"][0]}
        page.open("/")
        see_cause(page, "network")


def test_what_is_no_module_may_be_missing(page, host):
    styles = [f"css/{file.name}" for file in (FRONTEND / "css").glob("*.css")]
    lost = ["js/boot.js", "manifest.webmanifest", "icons/icon.svg", *styles]
    all_but_one = [[each for each in styles if each != kept] for kept in styles]
    for gone in [*([each] for each in lost), *all_but_one]:
        host.damage = dict.fromkeys(gone, KINDS["gone"][0])
        page.open("/")
        page.see("#login h1", "WhatsApp KW")
        page.not_see("#boot")
    host.damage = {each: KINDS["gone"][0] for each in [*lost, *MODULES]}
    page.open("/")
    see_cause(page, "")
    host.damage = {}
    page.click("#boot-retry")
    page.see("#login h1", "WhatsApp KW")


# The browser's driver needs it too, so it comes back.
WITHOUT_HAS_OWN = """
    const { hasOwn } = Object;
    delete Object.hasOwn;
    addEventListener("load", () => { Object.hasOwn = hasOwn; })"""


def without(page, script):
    """The page anew, in a browser that lacks something."""
    kept = page.command("Page.addScriptToEvaluateOnNewDocument", source=f"{script};")
    page.driver.get("about:blank")
    page.open("/")
    page.command("Page.removeScriptToEvaluateOnNewDocument", **kept)


def test_an_old_browser_is_told_so_where_the_page_does_not_start(page, host):
    host.damage = {"js/rules/text.js": script(b"/a/vv")}
    for missing in (
            "delete Array.prototype.findLastIndex", "delete window.ResizeObserver",
            "delete window.HTMLDialogElement", "delete window.reportError",
            "delete HTMLScriptElement.prototype.noModule", WITHOUT_HAS_OWN):
        without(page, missing)
        see_cause(page, "old")


def test_a_browser_that_lacks_what_can_be_done_without_starts(page):
    for missing in (
            "delete Intl.Segmenter", "delete URL.canParse", "delete Object.groupBy",
            "delete window.Notification", "delete Array.fromAsync"):
        without(page, missing)
        page.see("#login h1")
        page.not_see("#boot")


def test_a_slow_page_says_that_it_is_loading_and_then_that_it_is_slow(host, open_browser):
    page = open_browser(SimpleNamespace(url=host.url), load="none")  # it is never whole
    host.damage = {"js/rules/text.js": "stall"}
    page.hasten()
    page.open("/")
    page.until(lambda: page.run("return document.getElementById('boot') !== null"), "the page")
    see_cause(page, "")
    see_cause(page, "slow")
    host.damage = {}
    host.over.set()


def test_without_scripts_the_page_says_that_it_needs_them(page):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    page.open("/")
    page.see("#boot noscript", "WhatsApp KW membutuhkan JavaScript")
    page.see("#boot noscript", "WhatsApp KW needs JavaScript")
    page.screenshot("start-no-scripts")
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
