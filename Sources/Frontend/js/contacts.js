import { Observable } from "./observable.js";
import * as storage from "./storage.js";

/** The contact list as the server last told it, and how much of it this browser has seen. */
export class Contacts extends Observable {
    #me;
    #list = [];
    #seenName;
    #seen;
    isLoaded = false;

    constructor(me, signal) {
        super();
        this.#me = me;
        this.#seenName = `seen.${me}`;
        this.#seen = storage.read(this.#seenName) ?? {};
        storage.watch(this.#seenName, () => this.#followOtherTab(), signal);
    }

    /** Latest conversation first. */
    get list() {
        return this.#list;
    }

    find(id) {
        return this.#list.find((contact) => contact.id === id);
    }

    unread({ id, receivedCount }) {
        return Math.max(0, receivedCount - (this.#seen[id] ?? 0)) || 0;
    }

    get unreadTotal() {
        return this.#list.reduce((sum, contact) => sum + this.unread(contact), 0);
    }

    /** Listeners hear `{arrived}`: the contacts who have written since the last list. A row without
     *  an id is nobody's. */
    replace(rows) {
        const list = rows.filter((row) => typeof row?.id === "string");
        const before = new Map(this.#list.map((contact) => [contact.id, contact]));
        const arrived = this.isLoaded
            ? list.filter(({ id, receivedCount }) =>
                receivedCount > (before.get(id)?.receivedCount ?? 0))
            : [];
        this.#list = list;
        this.isLoaded = true;
        this.#settleSeen();
        this.changed({ arrived });
    }

    /** Somebody who has just been added, until the next list tells more. */
    add({ id, username }) {
        if (this.find(id)) return;
        this.#list = [...this.#list, { id, username, lastMessage: null, receivedCount: 0 }];
        this.changed({ arrived: [] });
    }

    see(id) {
        const contact = this.find(id);
        if (!contact || this.#seen[id] === contact.receivedCount) return;
        this.#note({ [id]: contact.receivedCount });
        this.changed({ arrived: [] });
    }

    /** On a browser that is new to somebody, what they have answered counts as seen; and nothing is
     *  seen that is no longer there. */
    #settleSeen() {
        const changes = {};
        for (const { id, receivedCount, lastMessage } of this.#list) {
            const seen = this.#seen[id];
            if (seen === undefined && lastMessage?.senderId === this.#me) changes[id] = receivedCount;
            if (seen > receivedCount) changes[id] = receivedCount;
        }
        if (Object.keys(changes).length > 0) this.#note(changes);
    }

    #note(changes) {
        this.#seen = { ...storage.read(this.#seenName), ...changes };
        storage.write(this.#seenName, this.#seen);
    }

    #followOtherTab() {
        this.#seen = storage.read(this.#seenName) ?? {};
        this.changed({ arrived: [] });
    }
}
