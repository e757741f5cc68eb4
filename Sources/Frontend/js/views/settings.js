import { say, sayFault } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId, showAvatar } from "./dom.js";
import { Form } from "./form.js";
import { sayPasswordFault } from "./gate.js";

/** The settings: a section each for notifications, appearance, password and log-out. A section is a
 *  `<section>` of index.html and a class with `refresh()`, called when the dialog opens. */
export class SettingsDialog {
    #dialog;

    constructor({ actions, drafts, me, notifications, outbox, preferences, signal }) {
        byId("settings-name").textContent = me.username;
        showAvatar(byId("settings-avatar"), me);
        const sections = [
            new NotificationsSection({ notifications, signal }),
            new AppearanceSection({ preferences, signal }),
            new PasswordSection({ actions, me, signal }),
            new LogOutSection({ actions, drafts, outbox, signal }),
        ];
        this.#dialog = new Dialog("settings", {
            signal, onOpen: () => { for (const section of sections) section.refresh(); },
        });
    }

    open() {
        this.#dialog.open();
    }
}

const permissionWords = {
    default: "off", granted: "on", denied: "denied", unsupported: "unsupported",
};

class NotificationsSection {
    #notifications;

    constructor({ notifications, signal }) {
        this.#notifications = notifications;
        byId("notifications-allow").addEventListener("click", async () => {
            await notifications.requestPermission();
            this.refresh();
        }, { signal });
    }

    refresh() {
        const { permission } = this.#notifications;
        byId("notifications-state").textContent =
            say(`notifications.${permissionWords[permission]}`);
        byId("notifications-allow").hidden = permission !== "default";
    }
}

class AppearanceSection {
    #preferences;

    constructor({ preferences, signal }) {
        this.#preferences = preferences;
        byId("appearance").addEventListener(
            "click", () => preferences.chooseAppearance(preferences.otherAppearance), { signal });
        preferences.subscribe(() => this.refresh(), signal);
    }

    /** The button names the appearance that it would switch to. */
    refresh() {
        byId("appearance").textContent = say(`appearance.${this.#preferences.otherAppearance}`);
    }
}

class PasswordSection {
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

/** Logs out. It asks first where a log-out would lose a draft or an unsent message. */
class LogOutSection {
    #actions;
    #dialog;
    #drafts;
    #outbox;

    constructor({ actions, drafts, outbox, signal }) {
        this.#actions = actions;
        this.#drafts = drafts;
        this.#outbox = outbox;
        this.#dialog = new Dialog("leave", {
            signal, onOpen: () => { byId("leave-text").textContent = this.#sayLosses(); },
        });
        byId("logout").addEventListener("click", () => this.#logOut(), { signal });
        byId("leave-stay").addEventListener("click", () => this.#dialog.close(), { signal });
        byId("leave-submit").addEventListener("click", () => actions.logOut(), { signal });
    }

    refresh() {
        byId("logout-text").textContent = this.#sayLosses() || say("logout.text");
    }

    #logOut() {
        if (this.#sayLosses()) this.#dialog.open();
        else this.#actions.logOut();
    }

    /** Returns a sentence about what would be lost, or "". */
    #sayLosses() {
        const messages = this.#outbox.items().length;
        const drafts = this.#drafts.count;
        return messages + drafts > 0 ? say("logout.unsent", { messages, drafts }) : "";
    }
}
