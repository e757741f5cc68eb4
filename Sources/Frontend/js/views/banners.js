import { timeOf } from "../rules/dates.js";
import { say } from "../words.js";
import { byId } from "./dom.js";

const soonMax = 60_000;
const limitsOfUser = ["too_many_messages", "too_much_data"];

/** The lines above the panes that say why something waits: no connection, no vault, a limit. */
export class Banners {
    #connection;
    #outbox;

    constructor({ connection, outbox, signal }) {
        this.#connection = connection;
        this.#outbox = outbox;
        connection.subscribe(() => this.#render(), signal);
        outbox.subscribe(() => this.#render(), signal);
        this.#render();
    }

    /** Without a connection nothing else can be known, so only that is shown. */
    #render() {
        const { isOnline, status, historyFault } = this.#connection;
        const { hold, isVaultAway } = this.#outbox;
        const isSealed = this.#connection.isSealed || historyFault?.isSealed || this.#outbox.isSealed;
        const fault = isOnline ? historyFault : null;
        const isAway = isOnline && (fault?.isVaultAway || isVaultAway);
        const whole = isSealed ? say("banner.sealed") : "";
        showBanner("connection", isOnline ? whole : say(`banner.${status}`));
        const trouble = isAway ? say("banner.vault") : fault ? say("banner.history") : "";
        showBanner("vault-banner", isSealed ? "" : trouble);
        showBanner("limit-banner", isOnline && hold ? sayHold(hold) : "");
    }
}

function sayHold({ code, until, wait }) {
    const time = wait < soonMax ? say("banner.soon") : say("banner.at", { clock: timeOf(until) });
    return say(`banner.limit.${limitsOfUser.includes(code) ? code : "busy"}`, { time });
}

/** The same text is not set again: a screen reader would repeat it. */
function showBanner(id, text) {
    const place = byId(id);
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !text;
}
