import { say } from "./words.js";

/** Tells of messages that arrive while the page is hidden, if its person asked for that. */
export class Notifications {
    /** "default", "granted", "denied", or "unsupported" (plain http, or a browser without it). */
    get state() {
        return "Notification" in window && isSecureContext ? Notification.permission : "unsupported";
    }

    /** To be called on a click only. */
    ask() {
        return Notification.requestPermission();
    }

    /** The text of a message stays on the page: a notification is shown to whoever passes by. */
    show(contact, count, open) {
        if (this.state !== "granted") return;
        try {
            const shown = new Notification(contact.username, {
                body: say("notifications.message", { count }),
                tag: contact.id, icon: "icons/icon.svg", lang: document.documentElement.lang,
            });
            shown.onclick = () => { window.focus(); open(contact.id); shown.close(); };
        } catch {
            // Some phones allow notifications to service workers only.
        }
    }
}
