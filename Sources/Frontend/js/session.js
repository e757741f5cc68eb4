import { Observable } from "./observable.js";
import * as storage from "./storage.js";

const name = "session";
const endedName = "ended";
const members = ["id", "username", "token"];

/** Who is logged in as this browser keeps it; null where that is damaged. */
function kept() {
    const user = storage.read(name);
    return members.every((member) => typeof user?.[member] === "string") ? user : null;
}

/** Who is logged in, in all tabs of this browser. Listeners hear why it changed: "begun",
 *  "loggedOut", or "sessionEnded" when the server no longer knows the token. */
export class Session extends Observable {
    #user = kept();

    constructor() {
        super();
        storage.watch(name, () => this.#follow());
    }

    /** `{id, username, token}`, or null. */
    get user() {
        return this.#user;
    }

    /** Whose session the server has ended: they want to come back. Empty after a log-out. */
    get endedUsername() {
        return storage.read(endedName)?.username ?? "";
    }

    begin({ id, username, token }) {
        this.#user = { id, username, token };
        storage.remove(endedName);
        storage.write(name, this.#user);
        this.changed("begun");
    }

    /** The same person with a new token. */
    renew(token) {
        this.#user = { ...this.#user, token };
        storage.write(name, this.#user);
    }

    /** @param why "loggedOut" or "sessionEnded" */
    end(why) {
        if (!this.#user) return;
        // Before the session goes, so that other tabs find out why it went.
        if (why === "sessionEnded") storage.write(endedName, { username: this.#user.username });
        this.#user = null;
        storage.remove(name);
        this.changed(why);
    }

    #follow() {
        const before = this.#user;
        this.#user = kept();
        if (before?.id === this.#user?.id) return;
        this.changed(this.#user ? "begun" : this.endedUsername ? "sessionEnded" : "loggedOut");
    }
}
