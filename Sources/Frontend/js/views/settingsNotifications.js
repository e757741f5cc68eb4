import { say } from "../words.js";
import { byId } from "./dom.js";

const permissionWords = {
    default: "off", granted: "on", denied: "denied", unsupported: "unsupported",
};

/** Asks the browser for notifications of messages that arrive while the page is hidden. */
export class NotificationsSection {
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
