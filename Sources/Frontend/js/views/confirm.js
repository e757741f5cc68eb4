import { say } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId } from "./dom.js";
import { Form } from "./form.js";

/** Asks before something that cannot be undone, or not easily. The safe choice has the focus. */
export class ConfirmDialog {
    #dialog;
    #form;
    #question = null;

    constructor({ me, signal }) {
        this.#form = new Form("confirm", {
            signal,
            busyWord: "person.busy",
            check: ({ current }) => ({
                current: this.#question.needsPassword && !current && say("password.emptyCurrent"),
            }),
            submit: async ({ current }) => {
                await this.#question.act(current);
                if (!signal.aborted) this.#dialog.close();
            },
            explain: (fault) => fault.code === "bad_credentials"
                && ["current", say("password.wrongCurrent")],
        });
        this.#dialog = new Dialog("confirm", { signal, onOpen: () => this.#fill(me) });
        byId("confirm-stay").addEventListener("click", () => this.#dialog.close(), { signal });
        signal.addEventListener("abort", () => {
            for (const place of ["title", "text", "submit"]) byId(`confirm-${place}`).textContent = "";
        });
    }

    /** @param question `{title, text, action, act, needsPassword}`: sentences, and what to do. `act`
     *  may be async and reject with a Fault, which is shown */
    ask(question) {
        this.#question = question;
        this.#dialog.open();
    }

    #fill(me) {
        const { title, text, action, needsPassword = false } = this.#question;
        this.#form.reset();
        byId("confirm-title").textContent = title;
        byId("confirm-text").textContent = text;
        byId("confirm-submit").textContent = action;
        byId("confirm-field").hidden = !needsPassword;
        byId("confirm-username").value = needsPassword ? me.username : "";
    }
}
