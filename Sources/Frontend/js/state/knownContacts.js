import { summary } from "../rules/text.js";

const rowsMax = 200;
const gap = 1_000; // milliseconds between two writes

/** The contact list as it was last known, in LocalStorage, so that a page without the network shows it
 *  at once. Texts are kept as far as the list shows them. */
export class KnownContacts {
    #contacts;
    #key;
    #storage;
    #timer = 0;

    constructor({ contacts, storage, userId, signal }) {
        this.#contacts = contacts;
        this.#key = `known.${userId}`;
        this.#storage = storage;
        const rows = storage.read(this.#key);
        if (Array.isArray(rows)) contacts.restore(rows);
        contacts.subscribe(() => this.#keepLater(), signal);
        addEventListener("pagehide", () => { if (this.#timer) this.#keep(); }, { signal });
        signal.addEventListener("abort", () => clearTimeout(this.#timer));
    }

    clear() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#storage.remove(this.#key);
    }

    #keepLater() {
        if (this.#contacts.isLoaded && !this.#timer) this.#timer = setTimeout(() => this.#keep(), gap);
    }

    #keep() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#storage.write(this.#key, this.#contacts.list.slice(0, rowsMax).map(shortened));
    }
}

function shortened(row) {
    const content = row.lastMessage?.content;
    if (typeof content !== "string") return row;
    return { ...row, lastMessage: { ...row.lastMessage, content: summary(content) } };
}
