import { receiveClicks, workerRegistration } from "../sync/worker.js";
import { say } from "../words.js";
import { isWatched } from "./dom.js";

/** Shows a notification of the system for messages that arrive while nobody looks at the page, if the
 *  person wants them. Only the leading tab does, so that there is one. */
export class Notifications {
    #navigation;
    #push;

    constructor({ contacts, election, navigation, push, signal }) {
        this.#navigation = navigation;
        this.#push = push;
        contacts.subscribe(({ arrived }) => {
            if (!document.hidden || !election.isLeader) return;
            for (const contact of arrived) this.#show(contact, contacts.unreadCount(contact));
        }, signal);
        const clear = () => {
            if (navigation.chatId !== null && isWatched()) push.clear(navigation.chatId);
        };
        navigation.subscribe(clear, signal);
        addEventListener("focus", clear, { signal });
        document.addEventListener("visibilitychange", clear, { signal });
        receiveClicks((friendId) => navigation.openChat(friendId), signal);
    }

    /** The text of a message stays in the page: a notification is visible to bystanders. One that a
     *  push message has shown gets its count without another alert. */
    async #show(contact, count) {
        if (!this.#push.isOn || count === 0) return;
        const registration = await workerRegistration();
        const shown = await registration?.getNotifications?.({ tag: contact.id }) ?? [];
        const isPushed = shown.some(({ data }) => data?.isPushed);
        const options = {
            body: count === 1 && contact.lastMessage?.photo ? say("photo.name")
                : say("notifications.message", { count }),
            data: { friendId: contact.id, isPushed },
            tag: contact.id, renotify: !isPushed, icon: "icons/icon-192.png",
            lang: document.documentElement.lang,
        };
        if (registration?.active && registration.showNotification) {
            // Some phones allow notifications only to service workers.
            await registration.showNotification(contact.username, options).catch(() => {});
            return;
        }
        try {
            const shown = new Notification(contact.username, options);
            shown.onclick = () => {
                window.focus();
                this.#navigation.openChat(contact.id);
                shown.close();
            };
        } catch {
            // The browser has changed its mind about notifications.
        }
    }
}
