import { byId } from "../dom.js";
import { say, sayFault } from "../words.js";
import { Form, newPasswordProblem } from "./form.js";

const usernamePattern = /^[A-Za-z0-9._][A-Za-z0-9._-]{2,31}$/;
const fieldOfCode = {
    invalid_username: "username", username_taken: "username", weak_password: "password",
    invite_needed: "invite", invite_invalid: "invite",
};
/** Asked for once the server has said that it wants one. */
const inviteField = byId("register-invite-field");

export class RegisterView {
    #form;

    constructor(api, session) {
        this.#form = new Form("register", {
            busyWord: "register.busy",
            check: ({ username, password, invite }) => ({
                username: !usernamePattern.test(username.trim()) && say("field.badUsername"),
                password: newPasswordProblem(password),
                invite: !inviteField.hidden && !invite.trim() && say("field.emptyInvite"),
            }),
            submit: async ({ username, password, invite }) => {
                await api.register(username.trim(), password, invite.trim());
                session.begin(await api.login(username.trim(), password));
            },
            explain: (fault) => {
                const field = fieldOfCode[fault.code];
                if (field === "invite") inviteField.hidden = false;
                return field && [field, sayFault(fault)];
            },
        });
    }

    show() {
        this.#form.field("username").focus();
    }

    clear() {
        this.#form.reset();
    }
}
