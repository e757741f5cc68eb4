import { currentRoute } from "../navigation.js";
import { isUsername, newPasswordFault } from "../rules/accounts.js";
import { say, sayFault } from "../words.js";
import { byId } from "./dom.js";
import { Form } from "./form.js";

const fieldOfCode = {
    invalid_username: "username", username_taken: "username", weak_password: "password",
    invite_needed: "invite", invite_invalid: "invite",
};

/** The screens before a session: log in and register. The address says which one is shown. */
export class Gate {
    #api;
    #invitation;
    #session;
    #loginForm;
    #registerForm;

    constructor({ api, invitation, session }) {
        this.#api = api;
        this.#invitation = invitation;
        this.#session = session;
        this.#loginForm = this.#newLoginForm();
        this.#registerForm = this.#newRegisterForm();
    }

    show() {
        const isRegister = currentRoute().place === "register";
        byId("login").hidden = isRegister;
        byId("register").hidden = !isRegister;
        document.title = say("title", { unread: 0 });
        const name = this.#invitation.username;
        const notice = name ? say("login.invited", { name }) : "";
        this.#registerForm.showNotice(notice);
        if (notice) this.#loginForm.showNotice(notice);
        if (isRegister) this.#registerForm.field("username").focus();
        else this.#focusLogin();
    }

    hide() {
        byId("login").hidden = true;
        byId("register").hidden = true;
        this.clear();
        this.#registerForm.reset();
    }

    /** Removes what was typed at log-in: others may use the same page next. */
    clear() {
        this.#loginForm.reset();
        this.#loginForm.showNotice("");
    }

    /** Says why a person is back here.
     *
     *  @param reason "loggedOut", "accountDeleted" or "sessionEnded" */
    showNotice(reason) {
        this.#loginForm.showNotice(say(`login.${reason}`));
    }

    /** After the end of a session the user finds their name filled in. */
    #focusLogin() {
        const username = this.#loginForm.field("username");
        username.value ||= this.#session.endedUsername;
        this.#loginForm.field(username.value ? "password" : "username").focus();
    }

    #newLoginForm() {
        const form = new Form("login", {
            busyWord: "login.busy",
            check: ({ username, password }) => ({
                username: !username && say("field.emptyUsername"),
                password: !password && say("field.emptyPassword"),
            }),
            submit: async ({ username, password }) => {
                form.showNotice("");
                // Sent as typed: a name of an earlier system may end with a blank.
                this.#session.begin(await this.#api.login(username, password));
            },
        });
        return form;
    }

    #newRegisterForm() {
        // Shown once the server has asked for an invitation.
        const inviteField = byId("register-invite-field");
        return new Form("register", {
            busyWord: "register.busy",
            check: ({ username, password, invite }) => ({
                username: !isUsername(username.trim()) && say("field.badUsername"),
                password: sayPasswordFault(password),
                invite: !inviteField.hidden && !invite.trim() && say("field.emptyInvite"),
            }),
            submit: async ({ username, password, invite }) => {
                await this.#api.register(username.trim(), password, invite.trim());
                this.#session.begin(await this.#api.login(username.trim(), password));
            },
            explain: (fault) => {
                const field = fieldOfCode[fault.code];
                if (field === "invite") inviteField.hidden = false;
                return field && [field, sayFault(fault)];
            },
        });
    }
}

/** Returns a sentence for a password that is too short or too long, else null. */
export function sayPasswordFault(password) {
    const fault = newPasswordFault(password);
    return fault && say(`field.${fault}`);
}
