import { Store } from "./store.js";

const key = "adding";

/** The username that a link asked to add (`#tambah=USERNAME`), until it is dealt with. It outlives a
 *  log-in and a registration. Emits after a new one has come. */
export class Invitation extends Store {
    #storage;

    constructor(storage) {
        super();
        this.#storage = storage;
    }

    /** The username, or "". */
    get username() {
        const stored = this.#storage.read(key);
        return typeof stored === "string" ? stored : "";
    }

    keep(username) {
        this.#storage.write(key, username);
        this.emit();
    }

    /** Returns the username, or "", and forgets it. */
    take() {
        const { username } = this;
        this.#storage.remove(key);
        return username;
    }
}
