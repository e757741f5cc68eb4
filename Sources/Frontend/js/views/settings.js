import { say, sayFault } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId, showAvatar } from "./dom.js";
import { Form } from "./form.js";
import { sayPasswordFault } from "./gate.js";
import { LogOutDialog } from "./logOut.js";

/** The settings: a section each for notifications, appearance, password and log-out. A section is a
 *  `<section>` of index.html and a class with `refresh()`, called when the dialog opens. */
export class SettingsDialog {
    #dialog;

    constructor({ actions, drafts, me, notifications, outbox, preferences, signal }) {
        byId("settings-name").textContent = me.username;
        showAvatar(byId("settings-avatar"), me);
        const logOutDialog = new LogOutDialog({ actions, drafts, outbox, signal });
        const sections = [
            new NotificationsSection({ notifications, signal }),
            new AppearanceSection({ preferences, signal }),
            new PasswordSection({ actions, me, signal }),
            new LogOutSection({ logOutDialog, signal }),
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

class LogOutSection {
    #logOutDialog;

    constructor({ logOutDialog, signal }) {
        this.#logOutDialog = logOutDialog;
        byId("logout").addEventListener("click", () => logOutDialog.logOut(), { signal });
    }

    refresh() {
        byId("logout-text").textContent = this.#logOutDialog.sayLosses() || say("logout.text");
    }
}
