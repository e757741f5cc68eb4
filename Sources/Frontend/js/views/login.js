import { byId } from "../dom.js";
import { say } from "../words.js";
import { Form } from "./form.js";

export class LoginView {
    #form;
    #session;

    constructor(api, session) {
        this.#session = session;
        this.#form = new Form("login", {
            busyWord: "login.busy",
            check: ({ username, password }) => ({
                username: !username && say("field.emptyUsername"),
                password: !password && say("field.emptyPassword"),
            }),
            submit: async ({ username, password }) => {
                this.notice("");
                // As it was typed: a name of an earlier system may end with a blank.
                session.begin(await api.login(username, password));
            },
        });
    }

    /** Somebody whose session has ended finds their name there. */
    show() {
        const username = this.#form.field("username");
        username.value ||= this.#session.endedUsername;
        this.#form.field(username.value ? "password" : "username").focus();
    }

    /** Leaves nothing of what was typed in a page that others may come to. */
    clear() {
        this.#form.reset();
        this.notice("");
    }

    /** Why somebody is here who was inside before. */
    notice(text) {
        byId("login-notice").textContent = text;
        byId("login-notice").hidden = !text;
    }
}
