"""Measures whether the texts of a conversation stay within their bubbles."""

# Walks towards the first message, a few stops at a time. Collects the texts by their keys, and the
# boxes that lie outside of their bubble. Each row in the page is measured once a viewport.
WALK = """
    const done = arguments[arguments.length - 1];
    const stops = arguments[0];
    const outside = {}, texts = {};
    const viewport = `${innerWidth}`;
    const edges = (box) => ["left", "top", "right", "bottom"].map((edge) => Math.round(box[edge]));
    // Only the texts of the node itself: its children are measured by themselves.
    const boxes = (node) => [...node.childNodes].flatMap((child) => {
        const range = document.createRange();
        range.selectNodeContents(child);
        return child.nodeType === Node.TEXT_NODE ? [...range.getClientRects()] : [];
    });
    const measure = (bubble) => {
        const frame = bubble.getBoundingClientRect();
        for (const node of bubble.querySelectorAll("*")) {
            if (node.closest(".unseen") || node.closest("svg")) continue;
            const out = [node.getBoundingClientRect(), ...boxes(node)].find((box) =>
                box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
                    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1));
            if (out) outside[escape(bubble.textContent.slice(0, 60))] = [
                node.className || node.tagName, edges(out), edges(frame)];
        }
    };
    const walk = (left) => {
        for (const row of document.querySelectorAll("#rows .row")) {
            if (row.measuredIn === viewport) continue;
            row.measuredIn = viewport;
            measure(row.querySelector(".bubble"));
            texts[row.dataset.key] = row.querySelector(".text")?.textContent;
        }
        const log = document.getElementById("log");
        const isTop = log.scrollTop <= 0;
        const isFirst = document.getElementById("log-state").textContent === "Awal percakapan";
        if (left === 0 || (isTop && isFirst)) {
            return done({ texts, outside, isOver: isTop && isFirst });
        }
        log.scrollTop -= log.clientHeight * .9;
        requestAnimationFrame(() => setTimeout(() => walk(left - 1)));
    };
    walk(stops);
"""

# Compares two screenshots, with and without texts: the pixels that differ outside of all bubbles.
INK = """
    const done = arguments[arguments.length - 1];
    const [withInk, without] = arguments;
    const pixels = async (text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
    };
    (async () => {
        const [one, other] = [await pixels(withInk), await pixels(without)];
        const scale = one.width / innerWidth;
        const frames = [...document.querySelectorAll("#rows .bubble, #contact-list .contact")]
            .map((node) => node.getBoundingClientRect());
        const found = [];
        let inside = 0;
        for (let at = 0; at < one.data.length; at += 4) {
            const change = [0, 1, 2].map((n) => Math.abs(one.data[at + n] - other.data[at + n]));
            if (Math.max(...change) <= 60) continue; // a curve is not drawn the same each time
            const x = (at / 4 % one.width + .5) / scale;
            const y = (Math.floor(at / 4 / one.width) + .5) / scale;
            if (frames.some(({ left, right, top, bottom }) =>
                x >= left - 1 && x <= right + 1 && y >= top - 1 && y <= bottom + 1)) inside += 1;
            else found.push([Math.round(x), Math.round(y)]);
        }
        done({ inside, outside: found.slice(0, 5), count: found.length });
    })().catch((error) => done({ error: String(error) }));
"""


def still(page):
    """A screenshot of a page that has come to rest."""
    before, now = None, page.driver.get_screenshot_as_base64()
    while now != before:
        before, now = now, page.driver.get_screenshot_as_base64()
    return now


def ink(page):
    """Pixels that the texts change, counted inside and listed outside of what frames them."""
    page.run("document.getElementById('message').style.caretColor = 'transparent'")
    # It changes when older messages arrive, between two screenshots.
    page.run("document.getElementById('log-state').style.visibility = 'hidden'")
    hidden = """
        for (const node of document.querySelectorAll("#rows .text, #rows .text a, .contact .last"))
            node.style.visibility = arguments[0];"""
    for _ in range(10):
        shown = still(page)
        page.run(hidden, "hidden")
        without = still(page)
        page.run(hidden, "")
        # A line that an answer of the server changed meanwhile would count as ink.
        if still(page) == shown:
            break
    return page.driver.execute_async_script(INK, shown, without)


def walk(page):
    """Walks from the newest message to the first. Returns the texts, the boxes outside of their
    bubbles, and the ink at the first stops."""
    texts, outside, inks = {}, {}, []
    page.run("document.getElementById('to-newest').click()")
    while True:
        if len(inks) < 6:
            inks.append(ink(page))
        found = page.driver.execute_async_script(WALK, 1 if len(inks) < 6 else 100)
        texts.update(found["texts"])
        outside.update(found["outside"])
        if found["isOver"]:
            return list(texts.values()), outside, inks
