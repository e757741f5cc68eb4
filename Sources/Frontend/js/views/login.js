import { byId } from "../dom.js";
import { say } from "../words.js";
import { Form } from "./form.js";

export class LoginView {
    #form;

    constructor(api, session) {
        this.#form = new Form("login", {
            busyWord: "login.busy",
            check: ({ username, password }) => ({
                username: !username.trim() && say("field.emptyUsername"),
                password: !password && say("field.emptyPassword"),
            }),
            submit: async ({ username, password }) => {
                this.notice("");
                session.begin(await api.login(username.trim(), password));
                this.#form.reset();
            },
        });
    }

    show() {
        this.#form.field("username").focus();
    }

    /** Why somebody is here who was inside before. */
    notice(text) {
        byId("login-notice").textContent = text;
        byId("login-notice").hidden = !text;
    }
}
