import { dayLabel, dayOf, daysAgo, fullTimeOf, isoOf, timeOf, today } from "../dates.js";
import { drawn, element, icon } from "../dom.js";
import { isFewEmoji, isVisible, pieces, stretches } from "../text.js";
import { say, sayFault } from "../words.js";

const unreadable = new Map([
    ["not_authentic", "chat.notAuthentic"], ["key_retired", "chat.keyRetired"],
]);

/** The words in the place of a text that cannot be shown; null where it can.
 *
 *  @param code the server's, for a text that it could not open */
export function remarkFor(code, text) {
    if (code) return unreadable.get(code) ?? "chat.notAuthentic";
    if (typeof text !== "string") return "chat.undrawable";
    return isVisible(text) ? null : "chat.blank";
}

const made = new WeakMap(); // the row of each message: a long list changes little

/** Messages and what waits to be sent as rows: each with a key that stays its own when it is
 *  acknowledged, and a mark that changes with all that is shown. */
export function rowsOf(messages, waiting, myId) {
    const rows = messages.map((message) => rowOf(message, myId));
    if (waiting.length > 0) {
        const acknowledged = new Set(rows.map(({ key }) => key));
        rows.push(...waiting.filter(({ id }) => !acknowledged.has(id)).map((item) =>
            ({
                key: item.id, isOwn: true, text: item.text, timestamp: item.at,
                day: dayOf(item.at), state: item.state, item,
                look: `${item.state} ${item.code ?? ""}`,
            })));
    }
    const now = today();
    let before = null;
    for (const row of rows) {
        row.opensDay = !before || before.day !== row.day;
        row.opensTurn = row.opensDay || before.isOwn !== row.isOwn;
        const ago = row.opensDay ? daysAgo(row.day, now) : "";
        row.mark = `${row.look} ${row.opensDay} ${row.opensTurn} ${ago}`;
        before = row;
    }
    return rows;
}

/** The same row for the same object: a message that changes is another object. */
function rowOf(message, myId) {
    let row = made.get(message);
    if (!row) {
        const { id: key, code, content: text, senderId, timestamp } = message;
        row = {
            key, code, text, timestamp, isOwn: senderId === myId, day: dayOf(timestamp),
            state: "sent", look: "sent",
        };
        made.set(message, row);
    }
    return row;
}

/** @param act called with "retry" or "discard" and the waiting item */
export function newRow(act) {
    const node = element("div", { className: "row" });
    node.addEventListener("click", (event) => {
        const action = event.target.closest("button")?.dataset.action;
        if (action) act(action, node.item);
    });
    return node;
}

/** Draws a row. One that cannot be drawn says so, and costs no other row anything. */
export function fillRow(node, row, contact) {
    node.item = row.item;
    node.dataset.key = row.key;
    node.className = `row ${row.isOwn ? "own" : "theirs"} ${row.state} ${row.opensTurn ? "turn" : ""}`;
    node.replaceChildren(...drawn(
        () => partsOf(row, contact), () => [bubbleOf(remark("chat.undrawable"))]));
}

function partsOf(row, contact) {
    const sender = row.isOwn ? say("chat.me") : say("chat.them", { name: contact.username });
    const parts = [bubbleOf(
        element("span", { className: "unseen" }, sender), textOf(row), metaOf(row))];
    if (row.opensDay && row.day !== null) {
        parts.unshift(element("p", { className: "day" },
            element("span", {}, dayLabel(row.timestamp))));
    }
    if (row.state === "failed" || row.state === "rejected") parts.push(troubleOf(row));
    return parts;
}

/** Its content is cut off at its edges, however high a letter's marks are stacked. */
function bubbleOf(...parts) {
    return element("div", { className: "bubble" },
        element("div", { className: "content" }, ...parts));
}

/** A sentence of ours where a text would stand. */
function remark(words, ...before) {
    return element("p", { className: "text remark" }, ...before, say(words));
}

function textOf(row) {
    const words = remarkFor(row.code, row.text);
    if (words) return remark(words, ...row.code ? [icon("failed")] : []);
    const text = element("p", { className: "text", dir: "auto" });
    text.classList.toggle("large", isFewEmoji(row.text));
    for (const piece of pieces(row.text)) {
        text.append(...piece.href ? [element("a", {
            href: piece.href, dir: "ltr", target: "_blank", rel: "noopener noreferrer nofollow",
        }, ...breakable(piece.text))] : breakable(piece.text));
    }
    return text;
}

function breakable(text) {
    return stretches(text).flatMap(
        (stretch, index) => index > 0 ? [element("wbr"), stretch] : [stretch]);
}

function metaOf(row) {
    const time = element("time", {
        dateTime: isoOf(row.timestamp), title: fullTimeOf(row.timestamp),
    }, timeOf(row.timestamp));
    const meta = element("span", { className: "meta" }, time);
    if (row.isOwn && row.state === "sent") meta.append(icon("sent", say("chat.sent")));
    if (row.state === "pending") meta.append(icon("pending", say("chat.pending")));
    return meta;
}

function troubleOf({ item, state }) {
    const why = state === "failed" ? say("chat.waiting")
        : say("chat.rejected", { why: sayFault(item) });
    const button = (action) => element(
        "button", { type: "button", className: "link" }, say(`chat.${action}`));
    const retry = button("retry");
    const discard = button("discard");
    retry.dataset.action = "retry";
    discard.dataset.action = "discard";
    return element("p", { className: "trouble" }, icon("failed"), why, " ", retry, " ", discard);
}
