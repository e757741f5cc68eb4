import { dayOf, daysAgo, today } from "../rules/dates.js";

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

    of(messages, outboxItems) {
        const rows = messages.map((message) => this.#rowOf(message));
        if (outboxItems.length > 0) {
            const acknowledged = new Set(rows.map(({ key }) => key));
            const waiting = outboxItems.filter(({ id }) => !acknowledged.has(id));
            rows.push(...waiting.map(rowOfItem));
        }
        markRows(rows);
        return rows;
    }

    #rowOf(message) {
        let row = this.#cache.get(message);
        if (!row) {
            const { id: key, code, content: text, senderId, timestamp } = message;
            row = {
                key, code, text, timestamp, isOwn: senderId === this.#userId,
                day: dayOf(timestamp), state: "sent", appearance: "sent",
            };
            this.#cache.set(message, row);
        }
        return row;
    }
}

function rowOfItem(item) {
    const { id: key, text, at: timestamp, state, code = "" } = item;
    return {
        key, text, timestamp, isOwn: true, day: dayOf(timestamp), state, item,
        appearance: `${state} ${code}`,
    };
}

/** Sets what depends on the row before: the first of a day has a date, the first of a turn a gap. */
function markRows(rows) {
    const now = today();
    let before = null;
    for (const row of rows) {
        row.opensDay = !before || before.day !== row.day;
        row.opensTurn = row.opensDay || before.isOwn !== row.isOwn;
        const ago = row.opensDay ? daysAgo(row.day, now) : "";
        row.mark = `${row.appearance} ${row.opensDay} ${row.opensTurn} ${ago}`;
        before = row;
    }
}
