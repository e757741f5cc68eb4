import { dayOf, daysAgo, today } from "../rules/dates.js";
import { photoOf } from "../rules/photos.js";

/** Makes the rows of a conversation from its messages and the outbox: what a row shows, not how.
 *
 *  A row's `key` is the message's id; it stays the same when the server acknowledges the message.
 *  Its `mark` changes with anything that the row shows. A renderer skips rows with the same mark. */
export class MessageRows {
    #userId;
    #cache = new WeakMap(); // by message; a message that changes is another object

    constructor(userId) {
        this.#userId = userId;
    }

    /** @param friendReadUpTo the time up to which the friend has read
     *  @param divider `{upTo, count}`: the first message received after that time opens the unread
     *  ones; null for none
     *  @param found `{key, text}`: the message that a search led to, and its query; null for none */
    of(messages, outboxItems, { friendReadUpTo = 0, divider = null, found = null } = {}) {
        const rows = messages.map((message) => this.#rowOf(message));
        for (const row of rows) {
            row.isRead = row.isOwn && row.timestamp <= friendReadUpTo;
            row.found = row.key === found?.key ? found.text : "";
        }
        if (outboxItems.length > 0) {
            const acknowledged = new Set(rows.map(({ key }) => key));
            const waiting = outboxItems.filter(({ id }) => !acknowledged.has(id));
            rows.push(...waiting.map(rowOfItem));
        }
        quoteRows(rows);
        markRows(rows, divider);
        return rows;
    }

    #rowOf(message) {
        let row = this.#cache.get(message);
        if (!row) {
            const { id: key, code, content: text, deleted, replyTo, senderId, timestamp } = message;
            row = {
                key, code, text, timestamp, replyTo, isOwn: senderId === this.#userId, isStored: true,
                photo: deleted ? null : photoOf(message.photo), isDeleted: deleted === true,
                day: dayOf(timestamp), state: "sent", appearance: deleted ? "deleted" : "sent",
            };
            this.#cache.set(message, row);
        }
        return row;
    }
}

function rowOfItem(item) {
    const { id: key, text, at: timestamp, replyTo, state, code = "" } = item;
    return {
        key, text, timestamp, replyTo, photo: photoOf(item.photo), isOwn: true, isRead: false,
        day: dayOf(timestamp), state, item, appearance: `${state} ${code}`,
    };
}

/** Sets the row that a reply quotes: null where it is not held. */
function quoteRows(rows) {
    const replies = rows.filter(({ replyTo }) => typeof replyTo === "string" && replyTo);
    if (replies.length === 0) return;
    const byKey = new Map(rows.map((row) => [row.key, row]));
    for (const row of replies) row.quote = byKey.get(row.replyTo) ?? null;
}

/** Whether a row was received after that time and is not deleted. */
export const isUnread = (row, upTo) =>
    row.isStored && !row.isOwn && !row.isDeleted && row.timestamp > upTo;

/** The first such row, or undefined. */
export const firstUnread = (rows, upTo) => rows.find((row) => isUnread(row, upTo));

/** Sets what depends on the row before: the first of a day has a date, the first of a turn a gap. */
function markRows(rows, divider) {
    const now = today();
    const unread = divider && firstUnread(rows, divider.upTo);
    let before = null;
    for (const row of rows) {
        row.opensDay = !before || before.day !== row.day;
        row.opensUnread = row === unread ? divider.count : 0;
        row.opensTurn = row.opensDay || row.opensUnread > 0 || before.isOwn !== row.isOwn;
        const ago = row.opensDay ? daysAgo(row.day, now) : "";
        row.mark = `${row.appearance} ${row.isRead} ${row.opensDay} ${row.opensUnread} `
            + `${row.opensTurn} ${ago} ${row.quote && `${row.quote.isDeleted}`} ${row.found}`;
        before = row;
    }
}
