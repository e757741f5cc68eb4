import { Observable } from "./observable.js";
import { newId } from "./random.js";

const beat = 4_000;
const silenceMax = 12_000;

/** The tabs of one person in one browser. One leads: it polls and sends for all, and is the one
 *  that was looked at last. Listeners hear `{kind: "led"}` when that changes, and what others post. */
export class Tabs extends Observable {
    #me = newId();
    #channel;
    #leads = false;
    #closed = false;
    #lastHeard = performance.now();

    constructor(userId, signal) {
        super();
        this.#channel = openChannel(`whatsapp-kw.${userId}`);
        if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data);
        const timer = setInterval(() => this.#beat(), beat);
        const claim = () => { if (!document.hidden) this.claim(); };
        addEventListener("focus", claim, { signal });
        document.addEventListener("visibilitychange", claim, { signal });
        addEventListener("pagehide", () => this.#resign(), { signal });
        addEventListener("pageshow", claim, { signal });
        signal.addEventListener("abort", () => {
            clearInterval(timer);
            this.#resign();
            this.#closed = true;
            this.#channel?.close();
        });
    }

    get leads() {
        return this.#leads;
    }

    claim() {
        if (this.#leads) return;
        this.#lead(true);
        this.post({ kind: "claim", hidden: document.hidden });
    }

    post(message) {
        if (this.#closed) return;
        try {
            this.#channel?.postMessage({ ...message, from: this.#me });
        } catch {
            // Nobody hears it: each tab then does all of its own work.
        }
    }

    #hear(message) {
        this.#lastHeard = performance.now();
        if (message.kind === "claim" || (message.kind === "beat" && message.from > this.#me)) {
            this.#lead(false);
            if (message.hidden && !document.hidden) this.claim();
        } else if (message.kind === "resigned") {
            setTimeout(() => this.#takeOver(), document.hidden ? 100 + Math.random() * 400 : 0);
        } else if (message.kind !== "beat") {
            this.changed(message);
        }
    }

    #beat() {
        if (this.#leads) this.post({ kind: "beat", hidden: document.hidden });
        else if (performance.now() - this.#lastHeard > silenceMax) this.claim();
    }

    #resign() {
        if (!this.#leads) return;
        this.#lead(false);
        this.#lastHeard = performance.now();
        this.post({ kind: "resigned" });
    }

    #takeOver() {
        if (performance.now() - this.#lastHeard >= 90 || !document.hidden) this.claim();
    }

    #lead(leads) {
        if (this.#leads === leads) return;
        this.#leads = leads;
        this.changed({ kind: "led" });
    }
}

/** Null where the browser has none or refuses it: a tab that hears of no other leads. */
function openChannel(name) {
    try {
        return new BroadcastChannel(name);
    } catch {
        return null;
    }
}
