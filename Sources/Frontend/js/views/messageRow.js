import { dayLabel, dayOf, fullTimeOf, timeOf } from "../dates.js";
import { element, icon } from "../dom.js";
import { isFewEmoji, pieces } from "../text.js";
import { say, sayFault } from "../words.js";

/** What is said in the place of a text that the server could not open, by its code. */
export const UNREADABLE = {
    not_authentic: "chat.notAuthentic",
    key_retired: "chat.keyRetired",
};

/** Messages and what waits to be sent as rows: each with a key that stays its own when it is
 *  acknowledged, and a mark that changes with all that is shown. */
export function rowsOf(messages, waiting, myId) {
    const acknowledged = new Set(messages.map((message) => message.id));
    const own = waiting.filter((item) => !acknowledged.has(item.id)).map((item) => ({
        key: item.id, isOwn: true, text: item.text, timestamp: item.at, state: item.state, item,
        mark: `${item.state} ${item.code ?? ""}`,
    }));
    const rows = messages.map(({ id, senderId, content, timestamp, code }) => ({
        key: id, isOwn: senderId === myId, text: content, timestamp, state: "sent",
        unreadable: UNREADABLE[code], mark: "sent",
    })).concat(own);
    let before = null;
    for (const row of rows) {
        row.opensDay = !before || dayOf(before.timestamp) !== dayOf(row.timestamp);
        row.opensTurn = row.opensDay || before.isOwn !== row.isOwn;
        row.mark += ` ${row.opensDay} ${row.opensTurn} ${row.opensDay ? dayLabel(row.timestamp) : ""}`;
        before = row;
    }
    return rows;
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

export function fillRow(node, row, contact) {
    node.item = row.item;
    node.className = "row";
    node.classList.add(row.isOwn ? "own" : "theirs", row.state);
    node.classList.toggle("turn", row.opensTurn);
    const sender = row.isOwn ? say("chat.me") : say("chat.them", { name: contact.username });
    const bubble = element("div", { className: "bubble" },
        element("span", { className: "unseen" }, sender), textOf(row), metaOf(row));
    const parts = [bubble];
    if (row.opensDay) {
        parts.unshift(element("p", { className: "day" },
            element("span", {}, dayLabel(row.timestamp))));
    }
    if (row.state === "failed" || row.state === "rejected") parts.push(troubleOf(row));
    node.replaceChildren(...parts);
}

function textOf(row) {
    if (row.unreadable) {
        return element("p", { className: "text damaged" }, icon("failed"), say(row.unreadable));
    }
    const text = element("p", { className: "text", dir: "auto" });
    text.classList.toggle("large", isFewEmoji(row.text));
    for (const piece of pieces(row.text)) {
        text.append(piece.href ? element("a", {
            href: piece.href, target: "_blank", rel: "noopener noreferrer nofollow",
        }, piece.text) : piece.text);
    }
    return text;
}

function metaOf(row) {
    const time = element("time", {
        dateTime: new Date(row.timestamp).toISOString(), title: fullTimeOf(row.timestamp),
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
