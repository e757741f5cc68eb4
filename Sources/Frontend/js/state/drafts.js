/** Texts typed and not yet sent, one for each friend. They are in LocalStorage from the first key
 *  on, so a closed tab or a crash loses none. */
export class Drafts {
    #storage;
    #prefix;

    constructor({ storage, userId }) {
        this.#storage = storage;
        this.#prefix = `draft.${userId}.`;
    }

    of(friendId) {
        return this.#storage.read(this.#prefix + friendId) ?? "";
    }

    set(friendId, text) {
        if (text) this.#storage.write(this.#prefix + friendId, text);
        else this.#storage.remove(this.#prefix + friendId);
    }

    /** The number of drafts with more than blanks in them. */
    get count() {
        const texts = this.#storage.keys(this.#prefix).map((key) => this.#storage.read(key));
        return texts.filter((text) => String(text).trim()).length;
    }

    /** Calls back when another tab has changed a draft. */
    watch(listener, signal) {
        this.#storage.watch(this.#prefix, listener, signal);
    }

    clear() {
        this.#storage.removeAll(this.#prefix);
    }
}
