import { say, sayFault } from "../words.js";
import { byId } from "./dom.js";
import { Form } from "./form.js";
import { sayPasswordFault } from "./gate.js";

/** Changes the password. Other devices must log in again afterwards. */
export class PasswordSection {
    #form;
    #me;

    constructor({ actions, me, signal }) {
        this.#me = me;
        this.#form = new Form("password", {
            signal,
            busyWord: "password.busy",
            check: (values) => {
                this.#form.showNotice("");
                return {
                    current: !values.current && say("password.emptyCurrent"),
                    new: values.new ? sayPasswordFault(values.new) : say("password.emptyNew"),
                };
            },
            submit: async (values) => {
                await actions.changePassword(values.current, values.new);
                if (signal.aborted) return;
                this.refresh();
                this.#form.showNotice(say("password.done"));
            },
            explain: (fault) => {
                const { code } = fault;
                if (code === "bad_credentials") return ["current", say("password.wrongCurrent")];
                return code === "weak_password" && ["new", sayFault(fault)];
            },
        });
        signal.addEventListener("abort", () => this.#form.showNotice(""));
        this.refresh();
    }

    refresh() {
        this.#form.reset();
        // Not shown; password managers store the new password under this name.
        byId("password-username").value = this.#me.username;
        this.#form.showNotice("");
    }
}
