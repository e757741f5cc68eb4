import { say, sayFault } from "../words.js";
import { Form, newPasswordProblem } from "./form.js";

const usernamePattern = /^[A-Za-z0-9._-]{3,32}$/;
const fieldOfCode = {
    invalid_username: "username", username_taken: "username", weak_password: "password",
};

export class RegisterView {
    #form;

    constructor(api, session) {
        this.#form = new Form("register", {
            busyWord: "register.busy",
            check: ({ username, password }) => ({
                username: !usernamePattern.test(username.trim()) && say("field.badUsername"),
                password: newPasswordProblem(password),
            }),
            submit: async ({ username, password }) => {
                await api.register(username.trim(), password);
                session.begin(await api.login(username.trim(), password));
                this.#form.reset();
            },
            explain: (fault) => fieldOfCode[fault.code] && [fieldOfCode[fault.code], sayFault(fault)],
        });
    }

    show() {
        this.#form.field("username").focus();
    }
}
