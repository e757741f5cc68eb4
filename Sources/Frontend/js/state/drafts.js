import { Store } from "./store.js";

/** Texts typed and not yet sent, one for each friend. They are in LocalStorage from the first key
 *  on, so a closed tab or a crash loses none. Emits the friend's id, or undefined where those of any friend
 *  may have changed. */
export class Drafts extends Store {
    #storage;
    #prefix;
    #replyPrefix;

    constructor({ storage, userId, signal }) {
        super();
        this.#storage = storage;
        this.#prefix = `draft.${userId}.`;
        this.#replyPrefix = `reply.${userId}.`;
        for (const prefix of [this.#prefix, this.#replyPrefix]) {
            storage.watch(prefix, () => this.emit(), signal);
        }
    }

    of(friendId) {
        return this.#storage.read(this.#prefix + friendId) ?? "";
    }

    set(friendId, text) {
        if (text) this.#storage.write(this.#prefix + friendId, text);
        else this.#storage.remove(this.#prefix + friendId);
        this.emit(friendId);
    }

    /** The id of the message that the draft answers, or "". */
    replyOf(friendId) {
        const id = this.#storage.read(this.#replyPrefix + friendId);
        return typeof id === "string" ? id : "";
    }

    setReply(friendId, messageId) {
        if (messageId) this.#storage.write(this.#replyPrefix + friendId, messageId);
        else this.#storage.remove(this.#replyPrefix + friendId);
        this.emit(friendId);
    }

    /** The number of drafts with more than blanks in them. */
    get count() {
        const texts = this.#storage.keys(this.#prefix).map((key) => this.#storage.read(key));
        return texts.filter((text) => String(text).trim()).length;
    }

    clear() {
        this.#storage.removeAll(this.#prefix);
        this.#storage.removeAll(this.#replyPrefix);
    }
}
