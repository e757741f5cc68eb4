import { Store } from "./store.js";

/** The share of each photo that has gone to the server, while it goes. Emits the message's id. */
export class Uploads extends Store {
    #shares = new Map();

    /** From 0 to 1; null while nothing goes. */
    shareOf(id) {
        return this.#shares.get(id) ?? null;
    }

    setShare(id, share) {
        this.#shares.set(id, share);
        this.emit(id);
    }

    end(id) {
        this.#shares.delete(id);
        this.emit(id);
    }
}
