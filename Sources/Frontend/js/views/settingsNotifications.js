import { say } from "../words.js";
import { byId } from "./dom.js";

/** Turns notifications on and off, or says why there are none. */
export class NotificationsSection {
    #push;

    constructor({ push, signal }) {
        this.#push = push;
        byId("notifications-allow").addEventListener("click", () => push.turnOn(), { signal });
        byId("notifications-stop").addEventListener("click", () => push.turnOff(), { signal });
        push.subscribe(() => this.refresh(), signal);
    }

    refresh() {
        const { state } = this.#push;
        byId("notifications-state").textContent = say(`notifications.${state}`);
        byId("notifications-allow").hidden = state !== "off";
        byId("notifications-stop").hidden = state !== "on";
    }
}
