"""Long lists of messages and contacts. Only rows near the viewport are in the page."""

import os

import pytest
from selenium.webdriver.common.keys import Keys

from api import Person
from crowds import PASSWORD, crowd, enter

ROWS = int(os.environ.get("WEB_TEST_ROWS", "5000"))
ROWS_MAX = 180
CONTACT_ROWS_MAX = 60

# Records the longest task of the page and the most elements that it ever held.
WATCH = """
    window.most = 0;
    window.longest = 0;
    const count = () => {
        window.most = Math.max(window.most, document.querySelectorAll("*").length);
        requestAnimationFrame(count);
    };
    count();
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
            window.longest = Math.max(window.longest, duration);
    }).observe({ type: "longtask" });
"""

# Scrolls up to 500 stops, one a frame, towards a row.
SCROLL = """
    const done = arguments[arguments.length - 1];
    const [step, wanted] = arguments;
    const log = document.getElementById("log");
    const place = document.getElementById("rows");
    let most = 0, outOfOrder = 0, steps = 0;
    const go = () => {
        const numbers = [...place.querySelectorAll(".text")].map(
            (node) => Number(node.textContent.split(" ").pop()));
        if (numbers.some((number, index) => index > 0 && number !== numbers[index - 1] + 1))
            outOfOrder += 1;
        most = Math.max(most, place.childElementCount);
        steps += 1;
        const has = numbers.includes(wanted);
        if (has || steps > 500) return done({ most, outOfOrder, has });
        log.scrollTop += step;
        requestAnimationFrame(() => setTimeout(go));
    };
    go();
"""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """A thousand friends, of whom the first wrote a long conversation."""
    names = [f"teman{number:03}" for number in range(1000)]
    texts = [f"pesan nomor {number}" for number in range(ROWS)]
    box = crowd(tmp_path_factory.mktemp("crowd"), names, texts).start()
    yield box
    box.stop()


def scroll(page, step, wanted):
    """Scrolls until that row is in the page; returns how many rows were there at most."""
    most = 0
    for _ in range(40):
        found = page.driver.execute_async_script(SCROLL, step, wanted)
        assert found["outOfOrder"] == 0, found
        most = max(most, found["most"])
        if found["has"]:
            return most
    raise AssertionError(f"no way to row {wanted}")


def test_thousands_of_rows_are_scrolled_through_with_few_in_the_page(open_browser, crowded):
    page = enter(open_browser(crowded), crowded)
    page.open_chat("teman000")
    page.see("#rows .text", f"pesan nomor {ROWS - 1}")
    page.run(WATCH)
    assert scroll(page, -1500, 0) <= ROWS_MAX
    assert scroll(page, 3000, ROWS - 1) <= ROWS_MAX
    most, longest = page.run("return [window.most, window.longest]")
    print(f"{most} elements at most; the longest block took {longest} ms")
    assert most < 4000


def test_a_thousand_contacts_are_searched_with_few_in_the_page(open_browser, crowded):
    page = enter(open_browser(crowded), crowded)
    page.run(WATCH)
    spent = page.run("""
        const search = document.getElementById("search");
        return ["t", "te", "tem", "teman9", "teman99", "teman9", "", "9", "zzz", ""].map((text) => {
            const start = performance.now();
            search.value = text;
            search.dispatchEvent(new Event("input"));
            document.getElementById("contact-list").getBoundingClientRect();
            return [text, document.querySelectorAll("#contact-list li").length,
                performance.now() - start];
        });""")
    print(spent, page.run("return [window.most, window.longest]"))
    assert max(rows for _, rows, _ in spent) <= CONTACT_ROWS_MAX
    assert [rows for text, rows, _ in spent if text in ("teman99", "zzz")] == [10, 0]
    page.fill("#search", "teman77")
    page.until(lambda: len(page.all(".contact")) == 10, "ten of them")
    page.press(Keys.ESCAPE)
    page.until(lambda: page.run("return window.most") < 4000, "few elements")


def test_contacts_are_walked_through_by_wheel_and_by_keyboard(open_browser, crowded):
    page = enter(open_browser(crowded), crowded)
    shown = """
        const frame = document.querySelector("#contacts nav").getBoundingClientRect();
        return [...document.querySelectorAll("#contact-list li")].filter((node) => {
            const { top, bottom } = node.getBoundingClientRect();
            return bottom > frame.top && top < frame.bottom;
        }).map((node) => node.querySelector(".name").textContent);"""
    every = {}
    for top in range(0, 72_000, 500):
        page.run("document.querySelector('#contacts nav').scrollTop = arguments[0]", top)
        page.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
        rows = page.run(shown)
        assert len(rows) >= 8, f"a hole at {top}"
        every.update(dict.fromkeys(rows))
        assert len(page.all("#contact-list li")) <= CONTACT_ROWS_MAX
    assert len(every) == 1000
    focused = "return document.activeElement.querySelector('.name')?.textContent"
    page.run("document.querySelector('#contacts nav').scrollTop = 0")
    page.click("#search")
    for _ in range(40):
        page.press(Keys.ARROW_DOWN)
    names = list(every)
    assert page.run(focused) == names[39]
    assert names[39] in page.run(shown)
    page.run("document.querySelector('#contacts nav').scrollTop = 50000")
    page.until(lambda: names[39] not in page.run(shown), "far away")
    assert page.run(focused) == names[39], "a row that is not in sight keeps the focus"
    page.press(Keys.ARROW_DOWN)
    assert page.run(focused) == names[40]
    assert names[40] in page.run(shown)
    item = page.run("""
        const item = document.activeElement.closest("li");
        return [item.ariaPosInSet, item.ariaSetSize];""")
    assert item == ["41", "1000"]
    page.press(Keys.ENTER)
    page.see("#chat-name", names[40])


def test_contacts_stay_in_place_when_others_come_before_them(open_browser, crowded):
    page = enter(open_browser(crowded), crowded)
    page.run("document.querySelector('#contacts nav').scrollTop = 30000")
    place = """
        const frame = document.querySelector("#contacts nav").getBoundingClientRect();
        const first = [...document.querySelectorAll("#contact-list li")].find(
            (node) => node.getBoundingClientRect().bottom > frame.top);
        return [first.querySelector(".name").textContent, first.getBoundingClientRect().top];"""
    page.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
    before, title = page.run(place), page.driver.title
    number = 900 if int(before[0][-3:]) < 800 else 100
    late = Person.login(crowded.client(), f"teman{number}", PASSWORD)
    sari = Person.login(crowded.client(), "sari", PASSWORD)
    late.send(sari, "naik ke atas")
    page.until(lambda: page.driver.title != title, "it has arrived")
    after = page.run(place)
    assert after[0] == before[0] and abs(after[1] - before[1]) <= 1


# The list of rows alone, in a frame of its own; the scripts below begin with it.
LIST = """
    const done = arguments[arguments.length - 1];
    const settle = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    const listAlone = async (fillRow) => {
        const { MessageList } = await import("./js/views/messageList.js");
        const frame = document.createElement("div");
        const place = document.createElement("div");
        const toNewest = document.createElement("button");
        toNewest.append(document.createElement("span"));
        frame.style.cssText = "height:400px;overflow:auto;overflow-anchor:none";
        frame.append(place);
        document.body.append(frame, toNewest);
        const list = new MessageList({
            scroller: frame, place, toNewest, fillRow, newRow: () => document.createElement("p"),
            onNearBeginning() {}, onMoved() {}, signal: new AbortController().signal,
        });
        return { frame, place, list };
    };
"""

CHANGES = LIST + """
    (async () => {
        let rows = Array.from({ length: 600 }, (_, n) => ({ key: `r${n}`, mark: "x", n }));
        const { frame, place, list } = await listAlone((node, row) => {
            node.textContent = `baris ${row.n}`;
            node.style.height = `${20 + row.n % 7 * 9}px`;
        });
        list.show("x", rows);
        await settle();
        for (let step = 0; step < 40; step += 1) { frame.scrollTop -= 300; await settle(); }
        const sight = () => {
            const edge = frame.getBoundingClientRect().top;
            const node = [...place.children].find(
                (each) => each.getBoundingClientRect().bottom > edge);
            return [node.textContent, node.getBoundingClientRect().top - edge];
        };
        const found = [];
        const change = async (what, next) => {
            const before = sight();
            rows = next(rows, Number(before[0].slice(6)));
            list.show("x", rows);
            await settle();
            const node = [...place.children].find((each) => each.textContent === before[0]);
            const top = node ? node.getBoundingClientRect().top
                - frame.getBoundingClientRect().top : null;
            found.push([what, top === null ? null : top - before[1], place.childElementCount]);
        };
        await change("older", (all) => Array.from({ length: 300 }, (_, n) =>
            ({ key: `o${n}`, mark: "x", n: n - 300 })).concat(all));
        await change("removed above", (all, at) => all.filter(({ n }) => n >= at || n % 2));
        await change("the whole beginning removed", (all, at) => all.filter(({ n }) => n >= at));
        await change("removed below", (all, at) => all.filter(({ n }) => n <= at + 3 || n % 3));
        await change("newer", (all) => all.concat(Array.from({ length: 40 }, (_, n) =>
            ({ key: `n${n}`, mark: "x", n: 700 + n }))));
        await change("taller above", (all, at) => all.map((row) =>
            row.n < at ? { ...row, mark: "y", n: row.n } : row));
        done(found);
    })().catch((error) => done([[String(error), 0, 0]]));
"""


def test_rows_that_come_and_go_move_nothing_in_sight(open_browser, shared_box):
    page = open_browser(shared_box)
    page.open()
    found = page.driver.execute_async_script(CHANGES)
    assert len(found) == 6, found
    for what, moved, rows in found:
        assert moved is not None and abs(moved) <= 1, (what, moved)
        assert rows <= ROWS_MAX, (what, rows)


WALK = LIST + """
    (async () => {
        const rows = Array.from({ length: 10000 }, (_, n) => ({ key: String(n), mark: "x" }));
        const { frame, place, list } = await listAlone((node, row) => {
            node.textContent = `baris ${row.key}`;
        });
        list.show("x", rows);
        const last = place.lastElementChild.textContent;
        let most = 0, steps = 0;
        while (place.firstElementChild.textContent !== "baris 0" && steps < 5000) {
            frame.scrollTop -= 600;
            await settle();
            most = Math.max(most, place.childElementCount);
            steps += 1;
        }
        const texts = [...place.children].map((node) => node.textContent);
        const inOrder = texts.every((text, n) => text === `baris ${n}`);
        frame.scrollTop = 0;
        await settle();
        const top = place.children[0].getBoundingClientRect().top;
        list.show("x", Array.from({ length: 50 }, (_, n) => ({ key: `o${n}`, mark: "x" }))
            .concat(rows));
        const moved = [...place.children].find((node) => node.textContent === "baris 0")
            .getBoundingClientRect().top - top;
        done({ last, most, inOrder, moved });
    })().catch((error) => done({ error: String(error) }));
"""


def test_ten_thousand_messages_leave_few_in_the_page(open_browser, shared_box):
    page = open_browser(shared_box)
    page.open()
    found = page.driver.execute_async_script(WALK)
    assert found.get("last") == "baris 9999" and found["inOrder"], found
    assert found["most"] <= ROWS_MAX
    assert abs(found["moved"]) <= 1, "older messages pushed the view away"
