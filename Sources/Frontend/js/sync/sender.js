import { wallClock } from "../rules/dates.js";
import { Backoff, withJitter } from "./backoff.js";

/** Sends the outbox: to each friend one message at a time, in the order of writing. An item leaves
 *  the outbox only when the server has acknowledged it.
 *
 *  A photo goes to the server before the message that names it, and the messages behind it wait.
 *
 *  A failure that may pass is retried with backoff. A limit of the server (429, or 503 `busy`)
 *  holds back all messages until the time it names; they stay pending. Any other refusal marks the
 *  item as rejected, and the ones behind it go on. */
export class Sender {
    #api;
    #outbox;
    #maySend;
    #onSent;
    #photoUploads;
    #friendsInProgress = new Set();
    #backoff = new Backoff();
    /** The end of the server's limit, on the clock that never jumps. */
    #heldUntil = 0;
    #timer = 0;
    #isStopped = false;

    /** @param maySend returns whether this tab sends for all tabs
     *  @param onSent called with the friend's id and the acknowledged message */
    constructor({ api, outbox, maySend, onSent, photoUploads, signal }) {
        this.#api = api;
        this.#photoUploads = photoUploads;
        this.#outbox = outbox;
        this.#maySend = maySend;
        this.#onSent = onSent;
        signal.addEventListener("abort", () => {
            this.#isStopped = true;
            clearTimeout(this.#timer);
        });
    }

    /** Sends all that waits, now or when the server's limit ends. */
    flush() {
        if (this.#isStopped) return;
        if (!this.#maySend()) return this.#outbox.setHold(null); // the sending tab shows its own
        const wait = this.#heldUntil - performance.now();
        if (wait > 0) return this.#flushAfter(wait);
        clearTimeout(this.#timer);
        const friendIds = new Set(this.#outbox.items().map((item) => item.to));
        for (const friendId of friendIds) this.#sendAll(friendId);
    }

    async #sendAll(friendId) {
        if (this.#friendsInProgress.has(friendId)) return;
        this.#friendsInProgress.add(friendId);
        const next = () => this.#outbox.items(friendId).find((item) => item.state !== "rejected");
        try {
            for (let item = next(); item && this.#isOpen; item = next()) {
                if (!await this.#send(item)) break;
            }
        } finally {
            this.#friendsInProgress.delete(friendId);
        }
    }

    get #isOpen() {
        return !this.#isStopped && performance.now() >= this.#heldUntil;
    }

    /** Returns whether the next item may go. */
    async #send(item) {
        let message;
        try {
            if (item.photo) await this.#photoUploads.store(item);
            message = await this.#api.send(item);
        } catch (fault) {
            if (this.#isStopped || fault.code === "unauthorized") return false;
            if (fault.code === "canceled") return true;
            if (!fault.isTransient) this.#photoUploads.forget(item);
            this.#noteFault(item, fault);
            return !fault.isTransient;
        }
        this.#backoff.reset();
        // First into the conversation, then out of the outbox: the bubble never disappears.
        this.#onSent(item.to, { photo: item.photo, ...message });
        this.#outbox.remove(item);
        return true;
    }

    #noteFault(item, fault) {
        const { code, sentence } = fault;
        // It may have been discarded, or found in the history, while the request was under way.
        if (this.#outbox.has(item)) {
            const state = fault.isLimit ? "pending" : fault.isTransient ? "failed" : "rejected";
            this.#outbox.update({ ...item, state, code, sentence });
        }
        if (fault.isLimit) {
            this.#holdBack(fault);
        } else if (fault.isTransient) {
            this.#backoff.fail(fault);
            this.#flushAfter(this.#backoff.wait);
        }
    }

    #holdBack({ code, retryAfter }) {
        const wait = withJitter(retryAfter * 1000);
        this.#heldUntil = performance.now() + wait;
        this.#outbox.setHold({ code, wait, until: wallClock() + wait });
        this.#flushAfter(wait);
    }

    #flushAfter(wait) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.flush(), wait);
    }
}
