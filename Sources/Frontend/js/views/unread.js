import { firstUnread, isUnread } from "./messageRows.js";

/** The divider above the first unread message of the open conversation, and the message up to which
 *  a person has really seen it. */
export class Unread {
    #contacts;
    /** `{upTo, count}`: the messages after that time were unread when the divider was set. */
    #divider = null;

    constructor({ contacts }) {
        this.#contacts = contacts;
    }

    get divider() {
        return this.#divider;
    }

    /** Sets the divider by what is unread now.
     *
     *  @param contact the friend's row; null for none
     *  @param rows those held, which may be more than the row knows of yet */
    set(contact, rows = []) {
        const count = contact ? this.#contacts.unreadCount(contact) : 0;
        const upTo = contact ? this.#contacts.readUpTo(contact) : 0;
        const held = rows.filter((row) => isUnread(row, upTo)).length;
        this.#divider = count > 0 ? { upTo, count: Math.max(count, held) } : null;
    }

    /** Sets it anew where messages have come while nobody was looking. */
    note(contact) {
        if (this.#contacts.unreadCount(contact) > 0) this.set(contact);
    }

    /** The first unread message among the rows, or undefined. */
    first(rows) {
        return this.#divider ? firstUnread(rows, this.#divider.upTo) : undefined;
    }

    /** The first message that is unread now, whatever the divider says, or undefined. */
    firstNow(contact, rows) {
        if (this.#contacts.unreadCount(contact) === 0) return undefined;
        return firstUnread(rows, this.#contacts.readUpTo(contact));
    }

    /** Returns `{upTo, left}` where that row leads further than the messages read before: the time
     *  read up to, and the number of messages still unread. Null where it does not.
     *
     *  @param hasNewest whether the rows go up to the newest message */
    readAt(lastSeen, { contact, rows, hasNewest }) {
        const isReceived = (row) => row.isStored && !row.isOwn;
        const readUpTo = this.#contacts.readUpTo(contact);
        let upTo = 0;
        for (let at = rows.indexOf(lastSeen); at >= 0 && upTo === 0; at -= 1) {
            if (isReceived(rows[at])) upTo = rows[at].timestamp;
        }
        if (!(upTo > readUpTo)) return null;
        const unread = rows.filter((row) => isReceived(row) && !row.isDeleted);
        if (hasNewest) return { upTo, left: unread.filter((row) => row.timestamp > upTo).length };
        const read = unread.filter(
            ({ timestamp }) => timestamp > readUpTo && timestamp <= upTo).length;
        return { upTo, left: Math.max(0, this.#contacts.unreadCount(contact) - read) };
    }
}
