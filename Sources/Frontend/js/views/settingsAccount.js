import { say } from "../words.js";
import { byId } from "./dom.js";
import { showOwnLink } from "./ownLink.js";

/** One's own link, log-out and deletion of the account. A log-out that would lose a draft or an unsent
 *  message asks first; a deletion always does, and wants the password. */
export class AccountSection {
    #actions;
    #confirm;
    #drafts;
    #outbox;

    constructor({ actions, confirm, drafts, me, outbox, signal, toast }) {
        this.#actions = actions;
        this.#confirm = confirm;
        this.#drafts = drafts;
        this.#outbox = outbox;
        showOwnLink(byId("settings-link"), { me, signal, toast });
        byId("logout").addEventListener("click", () => this.#logOut(), { signal });
        byId("open-deletion").addEventListener("click", () => this.#delete(), { signal });
    }

    refresh() {
        byId("logout-text").textContent = this.#sayLosses() || say("logout.text");
    }

    #logOut() {
        const text = this.#sayLosses();
        if (!text) return this.#actions.logOut();
        this.#confirm.ask({
            title: say("logout.ask"), text, action: say("logout.lose"),
            act: () => this.#actions.logOut(),
        });
    }

    #delete() {
        this.#confirm.ask({
            title: say("deletion.ask"), text: say("deletion.text"), action: say("deletion.submit"),
            needsPassword: true, act: (password) => this.#actions.deleteAccount(password),
        });
    }

    /** Returns a sentence about what would be lost, or "". */
    #sayLosses() {
        const messages = this.#outbox.items().length;
        const drafts = this.#drafts.count;
        return messages + drafts > 0 ? say("logout.unsent", { messages, drafts }) : "";
    }
}
