import { byId } from "../dom.js";
import { say } from "../words.js";
import { openable } from "./dialog.js";

/** The way out. It asks first where something would be lost that was written and not sent. */
export class LogOutDialog {
    #parts;
    #open;

    constructor(parts) {
        this.#parts = parts;
        const { logOut, signal } = parts;
        this.#open = openable(byId("leave"), signal, () => this.#count());
        byId("leave-stay").addEventListener("click", () => byId("leave").close(), { signal });
        byId("leave-submit").addEventListener("click", logOut, { signal });
    }

    /** What would be lost, in words; empty where nothing would. */
    get losses() {
        const { drafts, outbox } = this.#parts;
        const messages = outbox.items().length;
        return messages + drafts.count > 0
            ? say("logout.unsent", { messages, drafts: drafts.count }) : "";
    }

    logOut() {
        if (this.losses) this.#open();
        else this.#parts.logOut();
    }

    #count() {
        byId("leave-text").textContent = this.losses;
    }
}
