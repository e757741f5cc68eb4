import { say, sayFault } from "../words.js";
import { byId, element, showAvatar } from "./dom.js";

/** The people whom this user has blocked, and a way to unblock each. */
export class BlockedSection {
    #actions;
    #confirm;
    #list = byId("blocked-list");
    #signal;
    #toast;

    constructor({ actions, confirm, signal, toast }) {
        this.#actions = actions;
        this.#confirm = confirm;
        this.#signal = signal;
        this.#toast = toast;
        signal.addEventListener("abort", () => this.#list.replaceChildren());
    }

    async refresh() {
        if (this.#list.childElementCount === 0) showState(say("blocked.loading"));
        try {
            const people = await this.#actions.blockedPeople();
            if (this.#signal.aborted) return;
            this.#list.replaceChildren(...people.map((person) => this.#rowOf(person)));
            showState(people.length === 0 ? say("blocked.none") : "");
        } catch (fault) {
            if (!fault.code) throw fault;
            if (!this.#signal.aborted) showState(sayFault(fault));
        }
    }

    #rowOf(person) {
        const avatar = element("span", { className: "avatar", ariaHidden: "true" });
        showAvatar(avatar, person);
        const button = element(
            "button", { type: "button", className: "secondary small" }, say("blocked.unblock"));
        const { username: name } = person;
        button.setAttribute("aria-label", say("blocked.unblockName", { name }));
        button.addEventListener("click", () => this.#ask(person), { signal: this.#signal });
        return element("li", {}, avatar, element("bdi", { className: "name" }, name), button);
    }

    #ask({ id, username: name }) {
        this.#confirm.ask({
            title: say("blocked.ask", { name }), text: say("blocked.askText", { name }),
            action: say("blocked.unblock"),
            act: async () => {
                await this.#actions.unblock(id);
                if (this.#signal.aborted) return;
                this.#toast.show(say("blocked.done", { name }));
                await this.refresh();
            },
        });
    }
}

function showState(text) {
    byId("blocked-state").textContent = text;
    byId("blocked-state").hidden = !text;
}
