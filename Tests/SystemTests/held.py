"""Answers that are late: a page gets them when the test says so."""

# Requests go out at once. An answer that begins to wait does so until all are released.
LATE = """
    (() => {
        const plain = window.fetch;
        window.late = { count: 0, passed: 0, part: %s, end: null, go: null };
        const begin = () => { late.end = new Promise((go) => { late.go = go; }); };
        begin();
        late.hold = (part) => { begin(); late.count = late.passed = 0; late.part = part; };
        window.fetch = async (url, options) => {
            const answer = await plain(url, options);
            if (late.part === null || !String(url).includes(late.part)) return answer;
            late.count += 1;
            await late.end;
            late.passed += 1;
            return answer;
        };
    })();
"""


def may_be_late(page, part=None):
    """Before a page is opened: its answers can be held. Those to requests with that part in their
    address are held from the start."""
    page.before_scripts(LATE % ("null" if part is None else f'"{part}"'))
    return page


def hold(page, part):
    """Holds the answers to requests with that part in their address, also to those under way."""
    page.run("late.hold(arguments[0])", part)


def held(page):
    return page.run("return late.count")


def passed(page):
    """The number of held answers that the page has got since."""
    return page.run("return late.passed")


def release(page):
    page.run("late.part = null; late.go();")


def let_others_pass(page):
    """Held answers stay so, and no others are held."""
    page.run("late.part = null")
