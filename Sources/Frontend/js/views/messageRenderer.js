import { dayLabel, fullTimeOf, isoOf, timeOf } from "../rules/dates.js";
import { marked } from "../rules/search.js";
import { isFewEmoji, isVisible, pieces, stretches, summary } from "../rules/text.js";
import { say, sayFault } from "../words.js";
import { element, icon, renderSafely } from "./dom.js";

/* Renders the rows of js/views/messageRows.js. */

const wordOfCode = new Map([
    ["not_authentic", "chat.notAuthentic"], ["key_retired", "chat.keyRetired"],
]);

/** Returns the path of the words to show instead of a text that cannot be shown, else null.
 *
 *  @param code the server's, for a text that it could not decrypt */
export function replacementFor(code, text) {
    if (code) return wordOfCode.get(code) ?? "chat.notAuthentic";
    if (typeof text !== "string") return "chat.undrawable";
    return isVisible(text) ? null : "chat.blank";
}

/** @param act called with "retry" or "discard" and the item of the outbox, or with "quote" and the id
 *  of the message that the row quotes */
export function newRow(act) {
    const node = element("div", { className: "row" });
    node.addEventListener("click", (event) => {
        const action = event.target.closest("button")?.dataset.action;
        if (action) act(action, action === "quote" ? node.row.replyTo : node.item);
    });
    return node;
}

/** Returns a message in one line: its text, after a word for its photo, or a remark in its place. */
export function lineOf({ code, text, photo }) {
    if (photo && !code && !isVisible(text ?? "")) return say("photo.name");
    const words = replacementFor(code, text);
    const line = words ? say(words) : summary(text);
    return photo ? say("photo.captioned", { text: line }) : line;
}

/** Renders a row. A row that cannot be rendered says so, and the others are not affected.
 *
 *  @param frames the photos of the conversation, a PhotoFrames */
export function fillRow(node, row, contact, frames) {
    node.item = row.item;
    node.row = row;
    node.dataset.key = row.key;
    node.className = `row ${row.isOwn ? "own" : "theirs"} ${row.state} ${row.opensTurn ? "turn" : ""}`;
    node.replaceChildren(...renderSafely(
        () => partsOf(row, contact, frames), () => [bubbleOf(replacement("chat.undrawable"))]));
}

function partsOf(row, contact, frames) {
    const sender = row.isOwn ? say("chat.me") : say("chat.them", { name: contact.username });
    const parts = [bubbleOf(
        element("span", { className: "unseen" }, sender),
        ...row.replyTo && !row.isDeleted ? [quoteOf(row, contact)] : [],
        ...row.photo ? [frames.of(row, contact)] : [], ...textOf(row), metaOf(row))];
    if (row.photo) parts[0].classList.add("has-photo");
    if (row.opensUnread > 0) {
        parts.unshift(element("p", { className: "unread-divider" },
            element("span", {}, say("contacts.unread", { count: row.opensUnread }))));
    }
    if (row.opensDay && row.day !== null) {
        parts.unshift(element("p", { className: "day" },
            element("span", {}, dayLabel(row.timestamp))));
    }
    if (row.state === "failed" || row.state === "rejected") parts.push(troubleOf(row));
    return parts;
}

/** The button that a mouse finds at the message. A keyboard goes by the message itself. */
function menuButton() {
    const button = element("button", {
        type: "button", className: "open-menu", tabIndex: -1, title: say("message.menu"),
    }, icon("more"));
    button.setAttribute("aria-label", say("message.menu"));
    return button;
}

/** The content is clipped at the bubble's edges, however high the marks of a letter are stacked. */
function bubbleOf(...parts) {
    return element("div", { className: "bubble", tabIndex: -1 },
        element("div", { className: "content" }, ...parts), menuButton());
}

/** Returns the line that a reply quotes. It leads to the message. */
function quoteOf({ quote }, contact) {
    const name = !quote ? "" : quote.isOwn ? say("reply.me") : contact.username;
    const button = element("button", { type: "button", className: "quote", tabIndex: -1 },
        element("bdi", { className: "quote-name" }, name),
        element("bdi", { className: "quote-text" }, quoted(quote)));
    button.dataset.action = "quote";
    button.title = say("reply.jump");
    return button;
}

/** Returns the text of a row in one line, as a quote shows it. */
export function quoted(row) {
    if (!row) return say("reply.elsewhere");
    return row.isDeleted ? say("chat.deleted") : lineOf(row);
}

/** Returns a sentence of the client's in the place of a text. */
function replacement(words, ...before) {
    return element("p", { className: "text remark" }, ...before, say(words));
}

/** Returns nothing for a photo without a text. */
function textOf(row) {
    if (row.photo && !row.code && row.text === "") return [];
    const words = row.isDeleted ? "chat.deleted" : replacementFor(row.code, row.text);
    if (words) return [replacement(words, ...row.code ? [icon("failed")] : [])];
    const text = element("p", { className: "text", dir: "auto" });
    text.classList.toggle("large", isFewEmoji(row.text));
    for (const piece of pieces(row.text)) {
        text.append(...piece.href ? [element("a", {
            href: piece.href, dir: "ltr", target: "_blank", rel: "noopener noreferrer nofollow",
        }, ...partsOfText(piece.text, row.found))] : partsOfText(piece.text, row.found));
    }
    return [text];
}

/** @param found the query to mark; "" for none */
function partsOfText(text, found) {
    if (!found) return breakable(text);
    return marked(text, found).flatMap(({ text: piece, isFound }) =>
        isFound ? [element("mark", {}, ...breakable(piece))] : breakable(piece));
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
    if (row.isOwn && row.state === "sent" && !row.isDeleted) meta.append(tickOf(row.isRead));
    if (row.state === "pending") meta.append(icon("pending", say("chat.pending")));
    return meta;
}

/** One tick for a message that is stored, two for one that the friend has read. */
export function tickOf(isRead) {
    return isRead ? icon("read", say("chat.read")) : icon("sent", say("chat.sent"));
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
