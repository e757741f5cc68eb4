import { Backoff } from "./backoff.js";

const gap = 1_000; // milliseconds between two requests

/** Tells the server how far the user has read. Marks are gathered: of each conversation only the
 *  latest one goes out, and at most one round of requests a second. */
export class ReadMarks {
    #api;
    #backoff = new Backoff({ waitMax: 60_000 });
    #isSending = false;
    #lastAt = -gap;
    #signal;
    #timer = 0;
    #waiting = new Map(); // the time read up to, by the friend's id

    constructor({ api, signal }) {
        this.#api = api;
        this.#signal = signal;
        addEventListener("pagehide", () => this.#send(), { signal });
        signal.addEventListener("abort", () => clearTimeout(this.#timer));
    }

    /** @param upTo the timestamp of the last message that was read */
    note(friendId, upTo) {
        this.#waiting.set(friendId, Math.max(upTo, this.#waiting.get(friendId) ?? 0));
        this.#schedule();
    }

    #schedule() {
        clearTimeout(this.#timer);
        if (this.#isSending || this.#waiting.size === 0 || this.#signal.aborted) return;
        const rest = Math.max(this.#lastAt + gap - performance.now(), this.#backoff.wait);
        if (rest > 0) this.#timer = setTimeout(() => this.#send(), rest);
        else this.#send();
    }

    async #send() {
        const marks = this.#waiting;
        this.#waiting = new Map();
        this.#isSending = true;
        this.#lastAt = performance.now();
        await Promise.all([...marks].map(([friendId, upTo]) => this.#sendOne(friendId, upTo)));
        this.#isSending = false;
        this.#schedule();
    }

    /** A mark that fails goes out again later, unless the server has refused it for good. */
    async #sendOne(friendId, upTo) {
        try {
            await this.#api.markRead(friendId, upTo);
            this.#backoff.reset();
        } catch (fault) {
            if (!fault.code) throw fault;
            this.#backoff.fail(fault);
            if (!fault.isTransient) return;
            this.note(friendId, upTo);
        }
    }
}
