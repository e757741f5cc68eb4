"""The start of the page. It is never empty, whatever file does not load or does not run."""

import itertools
import random

import pytest

from hostile_proxy import HostileProxy, answer, append, cut, html, silence
from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"
MODULES = sorted(
    str(file.relative_to(FRONTEND)) for file in FRONTEND.rglob("*.js")
    if not {"api-docs", "worker"} & set(file.parts)
    and file.name not in ("boot.js", "look.js", "sw.js"))
TEXTS = {
    "network": "tidak bisa diambil dari server", "broken": "keadaan rusak",
    "old": "Peramban ini terlalu lama", "fault": "kesalahan di dalamnya", "slow": "lama sekali",
    "": "sedang dimuat",
}


@pytest.fixture
def proxy(shared_box):
    proxy = HostileProxy(shared_box)
    yield proxy
    proxy.close()


@pytest.fixture
def page(open_browser, proxy):
    # The page is slow after 15 s, which no test shall meet.
    browser = open_browser(proxy, speed=1).refuse_workers()
    yield browser
    browser.driver.get_log("browser")  # what the damage made the console say
    assert browser.run("return window.refusals") == []


def spoil_only(proxy, damage):
    """@param damage: rules by the path of a file"""
    proxy.mend()
    for path, rule in damage.items():
        proxy.spoil(f"/{path}", rule)


def see_cause(page, cause):
    page.see("#boot [data-cause]", TEXTS[cause])
    page.see("#boot [lang='en']")
    page.see("#boot-retry", "Coba lagi / Try again")
    shown = page.run("""
        return [...document.querySelectorAll("#boot [data-cause]")]
            .filter((node) => node.checkVisibility()).length;""")
    assert shown == 1


def script(text):
    return answer(200, "text/javascript", text)


GONE = answer(404, "application/json", b'{"error":"x","code":"not_found"}')
KINDS = {
    "gone": (GONE, "network"),
    "a proxy's page": (html(200), "network"),
    "a fault of the server": (html(502), "network"),
    "a cut connection": (cut, "network"),
    "syntax nobody knows": (script(b"export const x = ?!;"), "broken"),
    # With its exports: without them it would not be linked.
    "a throw": (append(b"\nthrow new Error('sengaja');"), "fault"),
    "nothing at all": (script(b""), "broken"),
}


def test_a_damaged_module_is_told_and_trying_again_helps(page, proxy):
    for (damage, cause), module in itertools.product(
            KINDS.values(), ("js/rules/text.js", "js/words/id.js")):
        spoil_only(proxy, {module: damage})
        page.driver.get("about:blank")  # the same address again would load nothing
        page.open("/#register")
        see_cause(page, cause)
        page.screenshot(f"start-{cause}")
        proxy.mend()
        page.click("#boot-retry")
        page.see("#register h1", "Buat Akun Baru")
        page.not_see("#boot")


def test_a_module_alone_is_missed_and_said_to_be(page, proxy):
    for module in random.sample(MODULES, 16):
        print(module)
        spoil_only(proxy, {module: GONE})
        page.open("/")
        see_cause(page, "network")


def test_files_that_are_no_modules_may_be_missing(page, proxy):
    styles = [f"css/{file.name}" for file in (FRONTEND / "css").glob("*.css")]
    lost = ["js/boot.js", "js/look.js", "manifest.webmanifest", "icons/icon.svg", *styles]
    all_but_one = [[each for each in styles if each != kept] for kept in styles]
    for gone in [*([each] for each in lost), *all_but_one]:
        spoil_only(proxy, dict.fromkeys(gone, GONE))
        page.open("/")
        page.see("#login h1", "WhatsApp KW")
        page.not_see("#boot")
    spoil_only(proxy, dict.fromkeys([*lost, *MODULES], GONE))
    page.open("/")
    see_cause(page, "")
    proxy.mend()
    page.click("#boot-retry")
    page.see("#login h1", "WhatsApp KW")


# The browser's driver needs it too, so it is restored.
WITHOUT_HAS_OWN = """
    const { hasOwn } = Object;
    delete Object.hasOwn;
    addEventListener("load", () => { Object.hasOwn = hasOwn; })"""


def without(page, script):
    """The page anew, in a browser that lacks something."""
    kept = page.before_scripts(f"{script};")
    page.driver.get("about:blank")
    page.open("/")
    page.forget_script(kept)


def test_an_old_browser_is_told_so_where_the_page_does_not_start(page, proxy):
    spoil_only(proxy, {"js/rules/text.js": script(b"/a/vv")})
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


def test_a_slow_page_says_that_it_is_loading_and_then_that_it_is_slow(proxy, open_browser):
    page = open_browser(proxy, load="none")  # it is never whole
    spoil_only(proxy, {"js/rules/text.js": silence(60)})
    page.open("/")
    page.until(lambda: page.run("return document.getElementById('boot') !== null"), "the page")
    see_cause(page, "")
    see_cause(page, "slow")


def test_without_scripts_the_page_says_that_it_needs_them(page):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    page.open("/")
    page.see("#boot noscript", "WhatsApp KW membutuhkan JavaScript")
    page.see("#boot noscript", "WhatsApp KW needs JavaScript")
    page.screenshot("start-no-scripts")
    page.command("Emulation.setScriptExecutionDisabled", value=False)


def test_a_chat_that_cannot_start_leaves_no_empty_page(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box)
    page.enter_chat(sari, budi)
    broken = page.before_scripts("""
        window.ResizeObserver = class { constructor() { throw new Error("sengaja"); } };""")
    page.reload()
    see_cause(page, "fault")
    page.not_see("#dashboard")
    page.forget_script(broken)
    page.click("#boot-retry")
    page.see("#chat-name", budi.username)  # the same chat as before
    page.driver.get_log("browser")
