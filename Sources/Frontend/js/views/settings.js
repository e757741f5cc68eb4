import { say } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId, element, showAvatar } from "./dom.js";
import { AccountSection } from "./settingsAccount.js";
import { BlockedSection } from "./settingsBlocked.js";
import { ExportSection } from "./settingsExport.js";
import { LookSection } from "./settingsLook.js";
import { NotificationsSection } from "./settingsNotifications.js";
import { PasswordSection } from "./settingsPassword.js";

const names = ["account", "security", "look", "notifications", "blocked", "about"];

/** The settings: a tab each. A tab has a panel `#settings-NAME` in index.html; what is in it belongs to
 *  a class with `refresh()`, called when the dialog opens. */
export class SettingsDialog {
    #dialog;
    #tabs;

    constructor({ actions, confirm, drafts, me, outbox, preferences, push, signal, toast }) {
        byId("settings-name").textContent = me.username;
        showAvatar(byId("settings-avatar"), me);
        this.#tabs = names.map((name) => this.#newTab(name, signal));
        byId("settings-tabs").replaceChildren(...this.#tabs);
        byId("settings-tabs").addEventListener("keydown", (event) => this.#move(event), { signal });
        const sections = [
            new AccountSection({ actions, confirm, drafts, me, outbox, signal, toast }),
            new ExportSection({ actions, signal }),
            new PasswordSection({ actions, me, signal }),
            new LookSection({ preferences, signal }),
            new NotificationsSection({ push, signal }),
            new BlockedSection({ actions, confirm, signal, toast }),
        ];
        this.#dialog = new Dialog("settings", {
            signal,
            onOpen: () => {
                for (const section of sections) section.refresh();
                this.#select(names[0]);
            },
        });
    }

    open() {
        this.#dialog.open();
    }

    #newTab(name, signal) {
        const tab = element("button", {
            type: "button", id: `settings-tab-${name}`, className: "tab",
        }, say(`settings.${name}`));
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", `settings-${name}`);
        tab.addEventListener("click", () => this.#select(name), { signal });
        return tab;
    }

    #select(name) {
        for (const [index, each] of names.entries()) {
            const isShown = each === name;
            byId(`settings-${each}`).hidden = !isShown;
            this.#tabs[index].setAttribute("aria-selected", String(isShown));
            this.#tabs[index].tabIndex = isShown ? 0 : -1;
        }
    }

    /** Arrow keys move between the tabs, in whichever direction these lie. */
    #move(event) {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const at = this.#tabs.indexOf(document.activeElement);
        const next = (at + step + names.length) % names.length;
        this.#select(names[next]);
        this.#tabs[next].focus();
    }
}
