import { Store } from "./store.js";

const countOf = (value) => Number.isFinite(value) ? Math.max(0, value) : 0;

/** The contact list as the server last told it: whole at first, then what has changed. It also holds
 *  how many messages of each contact this browser has shown. Emits `{arrived}`: the contacts with new
 *  messages since the list before. */
export class Contacts extends Store {
    #userId;
    #rows = new Map();
    #list = [];
    /** The cursor up to which every change is known. */
    #cursor = 0;
    #storage;
    #readCountsKey;
    #readCounts;
    isLoaded = false;

    constructor({ storage, userId, signal }) {
        super();
        this.#storage = storage;
        this.#userId = userId;
        this.#readCountsKey = `seen.${userId}`;
        this.#loadReadCounts();
        storage.watch(this.#readCountsKey, () => {
            this.#loadReadCounts();
            this.emit({ arrived: [] });
        }, signal);
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

    unreadCount({ id, receivedCount }) {
        return Math.max(0, receivedCount - (this.#readCounts[id] ?? 0)) || 0;
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

    /** Counts all messages of this contact as read. */
    markRead(id) {
        const contact = this.find(id);
        if (!contact || this.#readCounts[id] === contact.receivedCount) return;
        this.#storeReadCounts({ [id]: contact.receivedCount });
        this.emit({ arrived: [] });
    }

    /** In a browser that is new to this user, a conversation they answered last counts as read. No
     *  read count may exceed what the server holds. */
    #adjustReadCounts() {
        const changes = {};
        for (const { id, receivedCount, lastMessage } of this.#rows.values()) {
            const count = this.#readCounts[id];
            const isAnswered = lastMessage?.senderId === this.#userId;
            if (count === undefined && isAnswered) changes[id] = receivedCount;
            if (count > receivedCount) changes[id] = receivedCount;
        }
        if (Object.keys(changes).length > 0) this.#storeReadCounts(changes);
    }

    #loadReadCounts() {
        this.#readCounts = this.#storage.read(this.#readCountsKey) ?? {};
    }

    #storeReadCounts(changes) {
        // Read anew: another tab may have stored counts of other contacts meanwhile.
        this.#readCounts = { ...this.#storage.read(this.#readCountsKey), ...changes };
        this.#storage.write(this.#readCountsKey, this.#readCounts);
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
        this.#adjustReadCounts();
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
