"""Clocks of a page under test. A page has two: the one it waits by, and the one it shows."""

# Makes timers and performance.now() run faster; frames and the wall clock do not change. Requests
# take their time, but the server is asked to hold a poll for less of it.
FASTER = """
    (() => {
        const [now, timeout, interval] = [
            performance.now.bind(performance), window.setTimeout, window.setInterval];
        performance.now = () => now() * %(speed)d;
        window.setTimeout = (act, wait, ...more) => timeout(act, wait / %(speed)d, ...more);
        window.setInterval = (act, wait, ...more) => interval(act, wait / %(speed)d, ...more);
        const plain = window.fetch.bind(window);
        const shorter = (_, seconds) => `wait=${Math.ceil(seconds / %(speed)d)}`;
        window.fetch = (url, options) =>
            plain(String(url).replace(/\\bwait=(\\d+)/, shorter), options);
    })();
"""

# Takes the place of a page's timers and of performance.now(), until `end()`. Time stands still but
# for `pass(milliseconds)`, in which all that is due runs in its order.
OWN_TIME = """
    (() => {
        const names = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];
        const kept = names.map((name) => window[name]);
        const keptNow = performance.now;
        const due = new Map();
        let now = keptNow.call(performance);
        let count = 0;
        const add = (act, wait = 0, every = null) => {
            due.set(count += 1, { act, at: now + wait, every });
            return count;
        };
        window.setTimeout = (act, wait) => add(act, wait);
        window.setInterval = (act, wait) => add(act, wait, wait);
        window.clearTimeout = window.clearInterval = (id) => due.delete(id);
        performance.now = () => now;
        const pass = (milliseconds) => {
            const end = now + milliseconds;
            for (;;) {
                const [next] = [...due].sort(([, one], [, other]) => one.at - other.at);
                if (!next || next[1].at > end) break;
                const [id, { act, at, every }] = next;
                now = at;
                if (every === null) due.delete(id);
                else due.get(id).at += every;
                act();
            }
            now = end;
        };
        const end = () => {
            names.forEach((name, index) => { window[name] = kept[index]; });
            performance.now = keptNow;
        };
        return { pass, end };
    })()"""

# Shifts every Date that is made without a time.
WALL_CLOCK = """
    (() => {
        const Plain = Date;
        let offset = %d;
        window.setClock = (milliseconds) => { offset = milliseconds; };
        window.Date = class extends Plain {
            constructor(...given) {
                if (given.length > 0) super(...given);
                else super(Plain.now() + offset);
            }
            static now() { return Plain.now() + offset; }
        };
    })();
"""


class WallClock:
    """The time of day as one page sees it, also after reloads. Made before the page is opened."""

    def __init__(self, page):
        self.page = page
        self.script = None
        self.set(0)

    def set(self, offset):
        """@param offset: in milliseconds"""
        if self.script:
            self.page.forget_script(self.script)
            self.page.run("window.setClock(arguments[0])", offset)
        self.script = self.page.before_scripts(WALL_CLOCK % offset)
