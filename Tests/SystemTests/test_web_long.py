"""A conversation scrolled from its newest message to the first and back: `MESSAGES` of them."""

import os

from crowds import crowd, enter

MESSAGES = int(os.environ.get("MESSAGES", "5000"))
ROWS_MAX = 180  # as in views/rowWindow.js

# Scrolls to one end. Counts the rows in the page after each step, and collects the numbers that the
# texts in it begin with.
SCROLL = """
    const done = arguments[arguments.length - 1];
    const [direction, last] = arguments;
    const log = document.getElementById("log");
    const rows = document.getElementById("rows");
    const found = { rowsMax: 0, nodesMax: 0, steps: 0, seen: [] };
    const seen = new Set();
    const step = () => {
        found.steps += 1;
        found.rowsMax = Math.max(found.rowsMax, rows.childElementCount);
        found.nodesMax = Math.max(found.nodesMax, document.querySelectorAll("*").length);
        const texts = [...rows.querySelectorAll(".text")].map((node) => node.textContent);
        for (const text of texts) seen.add(Number.parseInt(text));
        const isThere = texts.at(direction < 0 ? 0 : -1) === last;
        const isAtEdge = direction < 0 ? log.scrollTop <= 0
            : log.scrollTop + log.clientHeight >= log.scrollHeight - 1;
        if (isThere && isAtEdge) return done({ ...found, seen: seen.size });
        log.scrollTop = direction < 0 ? Math.max(0, log.scrollTop - 6000) : log.scrollTop + 6000;
        requestAnimationFrame(() => setTimeout(step));
    };
    step();
"""


def text(number):
    return f"{number} " + "dan seterusnya " * (number % 20)


def test_a_long_conversation_is_scrolled_from_end_to_end(open_browser, tmp_path):
    """However far one scrolls, the page holds few rows, and it shows every message on the way."""
    box = crowd(tmp_path, ["budi"], [text(number) for number in range(MESSAGES)]).start()
    try:
        page = enter(open_browser(box), box)
        page.driver.set_script_timeout(60 + MESSAGES / 50)
        page.open_chat("budi")
        page.see("#rows .text", text(MESSAGES - 1).strip())
        nodes = page.run("return document.querySelectorAll('*').length")
        up = page.driver.execute_async_script(SCROLL, -1, text(0))
        assert page.find("#log-state").text == "Awal percakapan"
        down = page.driver.execute_async_script(SCROLL, 1, text(MESSAGES - 1))
    finally:
        box.stop()
    assert [way["seen"] for way in (up, down)] == [MESSAGES, MESSAGES]
    assert max(way["rowsMax"] for way in (up, down)) <= ROWS_MAX
    assert max(way["nodesMax"] for way in (up, down)) < 3 * nodes
