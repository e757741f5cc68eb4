"""The web client's files use only what the oldest supported browsers know."""

import re

import pytest

from floor import defined_members, page_faults, parse, script_faults, style_faults
from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"
CHECKS = {".js": script_faults, ".css": style_faults, ".html": page_faults}

# Checked for by the client before use.
GUARDED = {
    "js/rules/text.js": {"Segmenter", "segment", "containing"},
    "js/state/preferences.js": {"connection", "saveData"},
    "js/sync/push.js": {"getNotifications", "getSubscription", "pushManager"},
    "js/views/notifications.js": {"getNotifications", "showNotification"},
    # Without push there are no such events.
    "worker/push.js": {
        "notification", "notificationclick", "pushManager", "pushsubscriptionchange",
        "showNotification"},
}
# Harmless where a browser does not know them.
HARMLESS = {
    "autocapitalize",
    "capture",  # the browser offers all pictures instead
    "imageSmoothingQuality",
    "scrollbar-color", "scrollbar-width", "overscroll-behavior", "text-size-adjust",
    "-webkit-text-size-adjust", "forced-colors", "cursor", "resize", ":selection",
    "user-select", "-webkit-user-select", "-webkit-touch-callout",
    "overflow-anchor",  # the lists keep their places by themselves
}


# Own members by these names would hide a use of the newer built-in ones.
NEVER_OURS = {"canParse", "groupBy", "fromAsync", "union", "toSorted", "toReversed", "toSpliced"}

NEWER = {
    ".js": r"""
/\p{RGI_Emoji}/v
/a/v.test(x)
new RegExp("a", "gv")
/(?<=a)b/
/(?<!a)b/
/\p{RGI_Emoji}/u
/(?i:a)b/
class A { static { f(); } }
import a from "b" with { type: "json" };
let x = ;
a ? b : c |> d
using x = f();
@a class B {}
URL.canParse(x)
list.toSorted()
x.at(-1)?.toReversed()
list.with(1, 2)
Array.fromAsync(x)
a.union(b)
Object.groupBy(x, y)
const { groupBy } = Object;
Promise.withResolvers()
Promise.try(f)
AbortSignal.any([])
AbortSignal.timeout(5)
x.isWellFormed()
new Intl.Segmenter()
node.checkVisibility()
node.addEventListener("scrollend", f)
requestIdleCallback(f)
Iterator.from(x)
document.startViewTransition(f)
new URLPattern(x)
Math.sumPrecise(x)
""", ".css": r"""
a:has(b) { color: red; }
a:user-valid { top: 0; }
a { b { color: red; } }
a { &:hover { color: red; } }
a { float: inline-end; }
a { overflow: clip; }
a { text-wrap: balance; }
a { field-sizing: content; }
a { anchor-name: --b; }
a { color: color-mix(in srgb, red, blue); }
a { color: light-dark(red, blue); }
a { width: calc(sin(1) * 1px); }
a { height: 10dvh; }
a { height: 10cqw; }
@media (width >= 1px) { a { color: red; } }
@container (min-width: 1px) { a { color: red; } }
@property --a { syntax: "*"; }
@scope (a) { b { top: 0; } }
@starting-style { a { top: 0; } }
""", ".html": r"""
<search></search>
<div popover></div>
<div inert></div>
<button command="x"></button>
<img fetchpriority="high">
"""}

KNOWN = {
    ".js": r"""
class A { #b = 1; get c() { return this.#b ?? structuredClone(1n); } }
const a = await import(`./b.js`); a.b ||= [1_000].at(-1)?.findLastIndex;
const groupBy = 1; f(groupBy); reportError(Object.hasOwn(a, b));
/(?:a)(?=b)(?!c)(?<d>e)/dgimsuy
""", ".css": r"""
@layer a { b:is(c, d):focus-visible { inset: 0; color: rgb(0 0 0 / 5%); } }
a { height: 1vh; height: 1dvh; }
""", ".html": r"""
<dialog><input enterkeyhint=send></dialog>
"""}


def api_members():
    """Names in the API's documents, which the client reads from answers."""
    document = (FRONTEND / "api-docs" / "openapi.json").read_text()
    return set(re.findall(r'"(\w+)":', document))


def cases(table):
    return [(kind, line) for kind, lines in table.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize("kind", CHECKS)
def test_no_file_is_newer_than_the_oldest_browser(kind):
    files = [file for file in FRONTEND.rglob(f"*{kind}") if "api-docs" not in file.parts]
    assert files
    ours = set()
    if kind == ".js":
        ours = {each for file in files for each in defined_members(parse(file.read_text()))}
        assert not ours & NEVER_OURS
        ours |= api_members()
    for file in files:
        name = str(file.relative_to(FRONTEND))
        allowed = GUARDED.get(name, set()) | HARMLESS
        more = [ours] if kind == ".js" else []
        faults = [
            (line, problem) for line, problem in CHECKS[kind](file.read_text(), *more)
            if problem.split(": ")[0] not in allowed]
        assert faults == [], name


@pytest.mark.parametrize("kind, source", cases(NEWER))
def test_newer_syntax_and_names_are_found(kind, source):
    assert list(CHECKS[kind](source))


@pytest.mark.parametrize("kind, source", cases(KNOWN))
def test_syntax_and_names_of_the_floor_pass(kind, source):
    assert list(CHECKS[kind](source)) == []
