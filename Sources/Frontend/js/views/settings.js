import { choose, otherAppearance } from "../appearance.js";
import { byId, showAvatar } from "../dom.js";
import { say, sayFault } from "../words.js";
import { openable } from "./dialog.js";
import { Form, newPasswordProblem } from "./form.js";
import { LogOutDialog } from "./logOut.js";

let form = null;
let current = null; // the form outlives a log-out; whom it serves does not

function passwordForm() {
    return new Form("password", {
        busyWord: "password.busy",
        check: (values) => {
            notice("");
            return {
                current: !values.current && say("password.emptyCurrent"),
                new: values.new ? newPasswordProblem(values.new) : say("password.emptyNew"),
            };
        },
        submit: async (values) => {
            const { api, session, signal } = current;
            const { token } = await api.changePassword(values.current, values.new);
            if (signal.aborted) return;
            session.renew(token);
            form.reset();
            notice(say("password.done"));
        },
        explain: ({ code, ...fault }) => {
            if (code === "bad_credentials") return ["current", say("password.wrongCurrent")];
            return code === "weak_password" && ["new", sayFault({ code, ...fault })];
        },
    });
}

function notice(text) {
    byId("password-notice").textContent = text;
    byId("password-notice").hidden = !text;
}

/** The account: notifications, light or dark, the password, and the way out. */
export class SettingsDialog {
    #parts;
    #exit;

    constructor(parts) {
        this.#parts = parts;
        this.#exit = new LogOutDialog(parts);
        current = parts;
        form ??= passwordForm();
        const { me, notifications, signal } = parts;
        byId("settings-name").textContent = me.username;
        byId("password-username").value = me.username;
        showAvatar(byId("settings-avatar"), me);
        byId("logout").addEventListener("click", () => this.#exit.logOut(), { signal });
        byId("notifications-allow").addEventListener("click", async () => {
            await notifications.ask();
            this.#showNotifications();
        }, { signal });
        byId("appearance").addEventListener("click", () => {
            choose(otherAppearance());
            this.#showAppearance();
        }, { signal });
        this.open = openable(byId("settings"), signal, () => this.#refresh());
        signal.addEventListener("abort", () => { form.reset(); notice(""); });
    }

    #refresh() {
        form.reset();
        byId("password-username").value = this.#parts.me.username;
        notice("");
        this.#showNotifications();
        this.#showAppearance();
        byId("logout-text").textContent = this.#exit.losses || say("logout.text");
    }

    #showNotifications() {
        const { state } = this.#parts.notifications;
        const words = { default: "off", granted: "on", denied: "denied", unsupported: "unsupported" };
        byId("notifications-state").textContent = say(`notifications.${words[state]}`);
        byId("notifications-allow").hidden = state !== "default";
    }

    #showAppearance() {
        byId("appearance").textContent = say(`appearance.${otherAppearance()}`);
    }
}
