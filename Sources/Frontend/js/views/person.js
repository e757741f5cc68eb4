import { dateOf } from "../rules/dates.js";
import { say } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId, showAvatar } from "./dom.js";

/** The view of one friend, with the ways to part from them. */
export class PersonDialog {
    #actions;
    #confirm;
    #contact = null;
    #dialog;
    #toast;

    constructor({ actions, confirm, signal, toast }) {
        this.#actions = actions;
        this.#confirm = confirm;
        this.#toast = toast;
        this.#dialog = new Dialog("person", { signal, onOpen: () => this.#fill() });
        byId("person-remove").addEventListener(
            "click", () => this.askToRemove(this.#contact), { signal });
        byId("person-block").addEventListener(
            "click", () => this.askToBlock(this.#contact), { signal });
        signal.addEventListener("abort", () => {
            for (const place of ["avatar", "name", "since"]) byId(`person-${place}`).textContent = "";
        });
    }

    open(contact) {
        this.#contact = contact;
        this.#dialog.open();
    }

    askToRemove({ id, username: name }) {
        this.#confirm.ask({
            title: say("person.askRemove", { name }), text: say("person.removeText", { name }),
            action: say("person.remove"),
            act: () => this.#part(() => this.#actions.removeFriend(id), "person.removed", name),
        });
    }

    askToBlock({ id, username: name }) {
        this.#confirm.ask({
            title: say("person.askBlock", { name }), text: say("person.blockText", { name }),
            action: say("person.block"),
            act: () => this.#part(() => this.#actions.block(id), "person.blocked", name),
        });
    }

    async #part(act, word, name) {
        await act();
        this.#dialog.close();
        this.#toast.show(say(word, { name }));
    }

    #fill() {
        const { addedAt, username } = this.#contact;
        showAvatar(byId("person-avatar"), this.#contact);
        byId("person-name").textContent = username;
        const date = dateOf(addedAt);
        byId("person-since").textContent = date ? say("person.since", { date }) : "";
    }
}
