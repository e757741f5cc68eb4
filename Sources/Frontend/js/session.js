import { Observable } from "./observable.js";
import * as storage from "./storage.js";

const name = "session";
const members = ["id", "username", "token"];

/** Who is logged in as this browser keeps it; null where that is damaged. */
function kept() {
    const user = storage.read(name);
    return members.every((member) => typeof user?.[member] === "string") ? user : null;
}

/** Who is logged in, in all tabs of this browser. Listeners hear why it changed. */
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

    begin({ id, username, token }) {
        this.#user = { id, username, token };
        storage.write(name, this.#user);
        this.changed("begun");
    }

    /** The same person with a new token. */
    renew(token) {
        this.#user = { ...this.#user, token };
        storage.write(name, this.#user);
    }

    /** @param why "loggedOut", or "sessionEnded" when the server no longer knows the token. */
    end(why) {
        if (!this.#user) return;
        this.#user = null;
        storage.remove(name);
        this.changed(why);
    }

    #follow() {
        const before = this.#user;
        this.#user = kept();
        if (before?.id === this.#user?.id) return;
        this.changed(this.#user ? "begun" : "loggedOut");
    }
}
