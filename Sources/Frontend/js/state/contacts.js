import { Store } from "./store.js";

/** The contact list as the server last sent it, and how many messages of each contact this browser
 *  has shown. Emits `{arrived}`: the contacts with new messages since the list before. */
export class Contacts extends Store {
    #storage;
    #userId;
    #list = [];
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

    /** Latest conversation first. */
    get list() {
        return this.#list;
    }

    find(id) {
        return this.#list.find((contact) => contact.id === id);
    }

    unreadCount({ id, receivedCount }) {
        return Math.max(0, receivedCount - (this.#readCounts[id] ?? 0)) || 0;
    }

    get unreadTotal() {
        return this.#list.reduce((sum, contact) => sum + this.unreadCount(contact), 0);
    }

    /** Takes over the server's list. Rows without an id are skipped: no view could name them. */
    replace(rows) {
        const list = rows.filter((row) => typeof row?.id === "string");
        const before = new Map(this.#list.map((contact) => [contact.id, contact]));
        const arrived = this.isLoaded
            ? list.filter(({ id, receivedCount }) =>
                receivedCount > (before.get(id)?.receivedCount ?? 0))
            : [];
        this.#list = list;
        this.isLoaded = true;
        this.#adjustReadCounts();
        this.emit({ arrived });
    }

    /** Appends a new contact, until the server's next list has it. */
    add({ id, username }) {
        if (this.find(id)) return;
        this.#list = [...this.#list, { id, username, lastMessage: null, receivedCount: 0 }];
        this.emit({ arrived: [] });
    }

    /** Takes a contact out, until the server's next list says otherwise. */
    remove(id) {
        this.#list = this.#list.filter((contact) => contact.id !== id);
        this.emit({ arrived: [] });
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
        for (const { id, receivedCount, lastMessage } of this.#list) {
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
}
