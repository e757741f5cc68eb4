import { say } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId } from "./dom.js";

/** Logs out. It asks first where a log-out would lose a draft or an unsent message. */
export class LogOutDialog {
    #actions;
    #dialog;
    #drafts;
    #outbox;

    constructor({ actions, drafts, outbox, signal }) {
        this.#actions = actions;
        this.#drafts = drafts;
        this.#outbox = outbox;
        this.#dialog = new Dialog("leave", {
            signal, onOpen: () => { byId("leave-text").textContent = this.sayLosses(); },
        });
        byId("leave-stay").addEventListener("click", () => this.#dialog.close(), { signal });
        byId("leave-submit").addEventListener("click", () => actions.logOut(), { signal });
    }

    /** Returns a sentence about what would be lost, or "". */
    sayLosses() {
        const messages = this.#outbox.items().length;
        const drafts = this.#drafts.count;
        return messages + drafts > 0 ? say("logout.unsent", { messages, drafts }) : "";
    }

    logOut() {
        if (this.sayLosses()) this.#dialog.open();
        else this.#actions.logOut();
    }
}
