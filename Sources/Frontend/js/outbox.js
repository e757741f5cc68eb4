import { wallClock } from "./dates.js";
import { Observable } from "./observable.js";
import { newId } from "./random.js";
import { backoffWait, withJitter } from "./pace.js";
import * as storage from "./storage.js";

/** Messages that the server has not acknowledged. They outlive the page, and go out once each, in
 *  the order in which they were written to a friend, always under the id chosen at first.
 *
 *  An item is `{id, to, text, order, at, state, code, sentence}`. `order` grows from one to the
 *  next, in all tabs; `at` is a time to show. Its state is "pending", "failed" (it is tried again
 *  by itself) or "rejected" (the server will not have it). Listeners hear the friend's id, or
 *  nothing where it may be any.
 *
 *  Where the server says that it takes no more for now, all that waits stays pending until the time
 *  that it names. */
export class Outbox extends Observable {
    #api;
    #prefix;
    #maySend;
    #sent;
    #sending = new Set();
    #failures = 0;
    #timer = 0;
    #stopped = false;
    #lastOrder = 0;
    /** Until when the server wants nothing, on the clock that never jumps. */
    #notBefore = 0;
    #limit = null;

    /** @param maySend whether this tab sends for all; `sent(friendId, message)` hears each success */
    constructor({ api, me, maySend, sent, signal }) {
        super();
        this.#api = api;
        this.#prefix = `outbox.${me}.`;
        this.#maySend = maySend;
        this.#sent = sent;
        storage.watch(this.#prefix, () => this.changed(), signal);
        signal.addEventListener("abort", () => {
            this.#stopped = true;
            clearTimeout(this.#timer);
        });
    }

    /** Oldest first; those to one friend, or all. */
    items(friendId) {
        return storage.names(this.#prefix).map(storage.read)
            .filter((item) => isItem(item) && (friendId === undefined || item.to === friendId))
            .sort((one, other) => orderOf(one) - orderOf(other) || (one.id < other.id ? -1 : 1));
    }

    /** Whether messages wait because the vault does not answer. */
    get vaultIsAway() {
        return this.items().some(
            (item) => item.state !== "rejected" && item.code === "vault_unavailable");
    }

    /** `{code, wait, until}` while messages wait because the server takes no more for now, else
     *  null. `wait` was the time in milliseconds, `until` is a time of day to be shown. */
    get limit() {
        return this.#limit;
    }

    /** Whether something waits that the browser could not keep. */
    get isFleeting() {
        return storage.isFleeting(this.#prefix);
    }

    add(friendId, text) {
        this.#lastOrder = 1 + this.items().reduce(
            (most, item) => Math.max(most, orderOf(item)), this.#lastOrder);
        this.#keep({
            id: newId(), to: friendId, text, order: this.#lastOrder, at: wallClock(),
            state: "pending",
        });
        this.flush();
    }

    /** Tries again what waits for this friend, and this item even if it was rejected. */
    retry(item) {
        for (const each of this.items(item.to)) {
            if (each.id === item.id || each.state === "failed") {
                this.#keep({ ...each, state: "pending" });
            }
        }
        this.flush();
    }

    /** Drops what the conversation shows to have arrived, although no answer said so: it would hold
     *  up what was written after it. */
    settle(friendId, messages) {
        const waiting = this.items(friendId);
        if (waiting.length === 0) return;
        const known = new Set(messages.map(({ id }) => id));
        for (const item of waiting) if (known.has(item.id)) this.discard(item);
    }

    discard(item) {
        storage.remove(this.#prefix + item.id);
        if (this.items().length === 0) this.#setLimit(null);
        this.changed(item.to);
    }

    clear() {
        for (const name of storage.names(this.#prefix)) storage.remove(name);
    }

    /** Sends all that waits, one after another to each friend. */
    flush() {
        if (this.#stopped) return;
        if (!this.#maySend()) return this.#setLimit(null);
        const wait = this.#notBefore - performance.now();
        if (wait > 0) return this.#flushIn(wait);
        clearTimeout(this.#timer);
        for (const friendId of new Set(this.items().map((item) => item.to))) this.#sendAll(friendId);
    }

    async #sendAll(friendId) {
        if (this.#sending.has(friendId)) return;
        this.#sending.add(friendId);
        const next = () => this.items(friendId).find((item) => item.state !== "rejected");
        try {
            for (let item = next(); item && this.#isOpen; item = next()) {
                if (!await this.#send(item)) break;
            }
        } finally {
            this.#sending.delete(friendId);
        }
    }

    get #isOpen() {
        return !this.#stopped && performance.now() >= this.#notBefore;
    }

    /** Whether the next one may go. */
    async #send(item) {
        try {
            const message = await this.#api.send(item);
            this.#failures = 0;
            storage.remove(this.#prefix + item.id);
            if (this.items().length === 0) this.#setLimit(null);
            this.#sent(item.to, message);
            this.changed(item.to);
            return true;
        } catch (fault) {
            if (this.#stopped || fault.code === "unauthorized") return false;
            const { code, sentence } = fault;
            const isStillWanted = storage.read(this.#prefix + item.id) !== null;
            if (isStillWanted) {
                const state = fault.isLimit ? "pending" : fault.isTransient ? "failed" : "rejected";
                this.#keep({ ...item, state, code, sentence });
            }
            if (fault.isLimit) this.#holdBack(fault);
            else if (fault.isTransient) this.#tryLater(fault);
            return !fault.isTransient;
        }
    }

    #holdBack({ code, retryAfter }) {
        const wait = withJitter(retryAfter * 1000);
        this.#notBefore = performance.now() + wait;
        this.#setLimit({ code, wait, until: wallClock() + wait });
        this.#flushIn(wait);
    }

    #setLimit(limit) {
        if (this.#limit === limit) return;
        this.#limit = limit;
        this.changed();
    }

    #tryLater(fault) {
        this.#failures += 1;
        this.#flushIn(withJitter(backoffWait(this.#failures, fault.retryAfter)));
    }

    #flushIn(wait) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.flush(), wait);
    }

    #keep(item) {
        storage.write(this.#prefix + item.id, item);
        this.changed(item.to);
    }
}

/** What is damaged in the browser's storage is nobody's message. */
const isItem = (item) => typeof item?.id === "string" && typeof item.to === "string";

/** Items of an earlier version have a time alone: newer ones are counted on from it. */
const orderOf = ({ order, at }) => order ?? at;
