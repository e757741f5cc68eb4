import { Store } from "./store.js";

const key = "session";
const endedKey = "ended";
const members = ["id", "username", "token"];

/** The user who is logged in, in all tabs of this browser. Emits the reason of each change: "begun",
 *  "loggedOut", "accountDeleted", or "sessionEnded" when the server no longer accepts the token. */
export class Session extends Store {
    #storage;
    #user;

    constructor(storage) {
        super();
        this.#storage = storage;
        this.#user = this.#storedUser();
        storage.watch(key, () => this.#followOtherTab());
    }

    /** `{id, username, token}`, or null. */
    get user() {
        return this.#user;
    }

    /** The name of the user whose session the server has ended; empty after a log-out. */
    get endedUsername() {
        return this.#storage.read(endedKey)?.username ?? "";
    }

    begin({ id, username, token }) {
        this.#user = { id, username, token };
        this.#storage.remove(endedKey);
        this.#storage.write(key, this.#user);
        this.emit("begun");
    }

    /** Gives the same user a new token. */
    renew(token) {
        this.#user = { ...this.#user, token };
        this.#storage.write(key, this.#user);
    }

    /** @param reason "loggedOut", "accountDeleted" or "sessionEnded" */
    end(reason) {
        if (!this.#user) return;
        // Written before the session goes, so that other tabs can tell why it went.
        if (reason === "sessionEnded") {
            this.#storage.write(endedKey, { username: this.#user.username });
        }
        this.#user = null;
        this.#storage.remove(key);
        this.emit(reason);
    }

    #followOtherTab() {
        const before = this.#user;
        this.#user = this.#storedUser();
        if (before?.id === this.#user?.id) return;
        this.emit(this.#user ? "begun" : this.endedUsername ? "sessionEnded" : "loggedOut");
    }

    /** Returns null where nothing is stored, or something damaged. */
    #storedUser() {
        const user = this.#storage.read(key);
        return members.every((member) => typeof user?.[member] === "string") ? user : null;
    }
}
