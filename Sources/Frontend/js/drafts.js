import * as storage from "./storage.js";

/** What was typed and not sent, a text for each friend. */
export class Drafts {
    #prefix;

    constructor(me) {
        this.#prefix = `draft.${me}.`;
    }

    of(friendId) {
        return storage.read(this.#prefix + friendId) ?? "";
    }

    keep(friendId, text) {
        if (text) storage.write(this.#prefix + friendId, text);
        else storage.remove(this.#prefix + friendId);
    }

    /** How many there are that say something. */
    get count() {
        return storage.names(this.#prefix).filter((name) => String(storage.read(name)).trim()).length;
    }

    /** Calls back when another tab changed one. */
    watch(listener, signal) {
        storage.watch(this.#prefix, listener, signal);
    }

    clear() {
        for (const name of storage.names(this.#prefix)) storage.remove(name);
    }
}
