import { say } from "../words.js";

/** Shows a notification of the system for messages that arrive while the page is hidden, if the
 *  person has allowed it. Only the leading tab does, so that there is one. */
export class Notifications {
    #navigation;

    constructor({ contacts, election, navigation, signal }) {
        this.#navigation = navigation;
        contacts.subscribe(({ arrived }) => {
            if (!document.hidden || !election.isLeader) return;
            for (const contact of arrived) this.#show(contact, contacts.unreadCount(contact));
        }, signal);
    }

    /** "default", "granted", "denied", or "unsupported" (plain http, or an old browser). */
    get permission() {
        return "Notification" in window && isSecureContext ? Notification.permission : "unsupported";
    }

    /** To be called from a click: browsers refuse it elsewhere. */
    requestPermission() {
        return Notification.requestPermission();
    }

    /** The text of a message stays in the page: a notification is visible to bystanders. */
    #show(contact, count) {
        if (this.permission !== "granted") return;
        try {
            const shown = new Notification(contact.username, {
                body: say("notifications.message", { count }),
                tag: contact.id, icon: "icons/icon.svg", lang: document.documentElement.lang,
            });
            shown.onclick = () => {
                window.focus();
                this.#navigation.openChat(contact.id);
                shown.close();
            };
        } catch {
            // Some phones allow notifications only to service workers.
        }
    }
}
