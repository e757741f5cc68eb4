import { Store } from "./store.js";

const countOf = (value) => Number.isFinite(value) ? Math.max(0, value) : 0;

/** The contact list as the server last told it: whole at first, then what has changed. It also holds
 *  how far messages were read here, until the server's rows say so too. Emits `{arrived}`: the contacts
 *  with new messages since the list before. */
export class Contacts extends Store {
    #userId;
    #rows = new Map();
    #list = [];
    /** The cursor up to which every change is known. */
    #cursor = 0;
    /** The marks of this page: `{upTo, left, receivedCount}` by the friend's id. */
    #reads = new Map();
    isLoaded = false;

    constructor({ userId }) {
        super();
        this.#userId = userId;
    }

    /** Those who have just added this user come first, then the latest conversation. */
    get list() {
        return this.#list;
    }

    get cursor() {
        return this.#cursor;
    }

    find(id) {
        return this.#rows.get(id);
    }

    /** The time up to which this user has read, here or elsewhere. */
    readUpTo({ id, readUpTo }) {
        return Math.max(countOf(readUpTo), this.#reads.get(id)?.upTo ?? 0);
    }

    unreadCount({ id, readUpTo, receivedCount, unreadCount }) {
        const read = this.#reads.get(id);
        if (!read || countOf(readUpTo) >= read.upTo) return countOf(unreadCount);
        return read.left + Math.max(0, countOf(receivedCount) - read.receivedCount);
    }

    get unreadTotal() {
        return this.#list.reduce((sum, contact) => sum + this.unreadCount(contact), 0);
    }

    /** Whether a last message has come without its text, because the vault was away. */
    get lacksTexts() {
        return this.#list.some(({ lastMessage }) => lastMessage && typeof lastMessage === "object"
            && lastMessage.content === undefined && !lastMessage.deleted);
    }

    /** Whether this friend has added the user, who has not written to them yet. */
    isNewcomer({ addedBy, sentCount }) {
        return typeof addedBy === "string" && addedBy !== this.#userId && sentCount === 0;
    }

    /** Shows rows of an earlier page until the server's list is there. */
    restore(rows) {
        for (const row of rows) if (typeof row?.id === "string") this.#rows.set(row.id, row);
        this.#changed([]);
    }

    /** Takes over the server's whole list. Rows without an id are skipped: no view could name them. */
    replace(rows) {
        const before = this.#rows;
        this.#rows = new Map();
        this.#cursor = 0;
        this.#take(rows, before);
    }

    /** Takes over the rows that have changed since a cursor. The cursor moves only where no change
     *  between the two is missing. */
    apply(rows, since) {
        // Two tabs may poll for a moment: the answer of one must not undo what the other has told.
        const isNews = (row) =>
            countOf(row?.changed) >= countOf(this.#rows.get(row?.id)?.changed);
        this.#take(rows.filter(isNews), this.#rows, since <= this.#cursor);
    }

    /** Adds a new contact, until the server's next answer has it. */
    add({ id, username }) {
        if (this.find(id)) return;
        const order = Number.MAX_SAFE_INTEGER;
        this.#rows.set(id, { id, username, order, lastMessage: null, receivedCount: 0 });
        this.#changed([]);
    }

    /** Takes a contact out, until the server's next answer says otherwise. */
    remove(id) {
        if (this.#rows.delete(id)) this.#changed([]);
    }

    /** Counts messages as read before the server does.
     *
     *  @param upTo the time of the last one
     *  @param left the number of messages that are still unread */
    markRead(id, { upTo, left }) {
        const contact = this.find(id);
        if (!contact || this.readUpTo(contact) >= upTo) return;
        this.#reads.set(id, { upTo, left, receivedCount: countOf(contact.receivedCount) });
        this.emit({ arrived: [] });
    }

    #take(rows, before, hasAll = true) {
        const arrived = [];
        for (const row of rows) {
            if (typeof row?.id !== "string") continue;
            if (hasAll) this.#cursor = Math.max(this.#cursor, countOf(row.changed));
            const known = before.get(row.id);
            if (row.removed) this.#rows.delete(row.id);
            else this.#rows.set(row.id, known ? withWhatIsKnown(row, known) : row);
            const isNew = this.isLoaded
                && countOf(row.receivedCount) > countOf(known?.receivedCount);
            if (isNew) arrived.push(row.id);
        }
        this.isLoaded = true;
        this.#changed(arrived.map((id) => this.find(id)).filter(Boolean));
    }

    #changed(arrived) {
        const rank = (contact) => this.isNewcomer(contact) ? 1 : 0;
        this.#list = [...this.#rows.values()].sort((one, other) =>
            rank(other) - rank(one) || countOf(other.order) - countOf(one.order));
        this.emit({ arrived });
    }
}

/** Returns the server's row with the text of a last message that the vault could not open this time. */
function withWhatIsKnown(row, known) {
    const isSame = row.lastMessage && row.lastMessage.id !== undefined
        && row.lastMessage.id === known.lastMessage?.id;
    const lacksText = isSame && row.lastMessage.content === undefined && !row.lastMessage.deleted;
    return lacksText ? { ...row, lastMessage: known.lastMessage } : row;
}
