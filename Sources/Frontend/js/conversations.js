import { Observable } from "./observable.js";
import { backoffWait } from "./pace.js";

const pageLength = 50;
const catchUpLength = 500;
const backoffMax = 15_000;

/** The messages of both, each id once, oldest first. Both are already in order. What has no id is
 *  no message. */
export function merge(held, arrived) {
    const known = new Set(held.map((message) => message.id));
    const fresh = arrived.filter(
        (message) => typeof message?.id === "string" && !known.has(message.id));
    if (fresh.length === 0) return held;
    const last = held.at(-1);
    if (!last || fresh[0].timestamp > last.timestamp) return [...held, ...fresh];
    return [...held, ...fresh].sort((one, other) => one.timestamp - other.timestamp);
}

/** One end of a conversation at which the server is asked for more. */
class End {
    /** What is under way, or null. */
    request = null;
    /** How often in a row it has failed. */
    failures = 0;
    /** When it may be asked again by itself, as `performance.now()` counts. */
    notBefore = 0;

    get hasFailed() {
        return this.failures > 0;
    }

    /** Runs `fetch` unless it is under way. Rejects with its Fault. */
    ask(fetch) {
        this.request ??= this.#ask(fetch).finally(() => { this.request = null; });
        return this.request;
    }

    async #ask(fetch) {
        try {
            await fetch();
            this.forget();
        } catch (fault) {
            this.failures += 1;
            const wait = Math.min(backoffWait(this.failures), backoffMax);
            this.notBefore = performance.now() + Math.max(wait, (fault.retryAfter ?? 0) * 1000);
            throw fault;
        }
    }

    /** As if nothing had failed: somebody asks for it. */
    forget() {
        this.failures = 0;
        this.notBefore = 0;
    }
}

/** What this page holds of one conversation: an unbroken stretch that ends at `cursor`, and own
 *  messages that the server has acknowledged beyond it. */
class Conversation {
    messages = [];
    cursor = 0;
    isLoaded = false;
    hasBeginning = false;
    newest = new End();
    oldest = new End();
}

/** The conversations that were opened. Listeners hear the id of the friend whose changed. */
export class Conversations extends Observable {
    #api;
    #held = new Map();

    constructor(api) {
        super();
        this.#api = api;
    }

    of(friendId) {
        if (!this.#held.has(friendId)) this.#held.set(friendId, new Conversation());
        return this.#held.get(friendId);
    }

    /** Whether the server has told of something newer than what is held. */
    isBehind({ id, lastMessage }) {
        const held = this.of(id);
        return !held.isLoaded || (lastMessage !== null && lastMessage.timestamp > held.cursor);
    }

    /** Whether it is too early to ask again for what could not be fetched. */
    mustWait(friendId) {
        return performance.now() < this.of(friendId).newest.notBefore;
    }

    /** Fetches what is missing up to now. Rejects with a Fault; what arrived before it stays. */
    catchUp(friendId) {
        const held = this.of(friendId);
        return this.#ask(held.newest, friendId, () => this.#catchUp(friendId, held));
    }

    /** Lets what has failed be asked for at once. */
    forgetFailures(friendId) {
        const { newest, oldest } = this.of(friendId);
        if (!newest.hasFailed && !oldest.hasFailed) return;
        newest.forget();
        oldest.forget();
        this.changed(friendId);
    }

    async #ask(end, friendId, fetch) {
        const hadFailed = end.hasFailed;
        try {
            await end.ask(fetch);
        } finally {
            if (end.hasFailed !== hadFailed) this.changed(friendId);
        }
    }

    async #catchUp(friendId, held) {
        if (!held.isLoaded) {
            const page = await this.#api.history(friendId, { limit: pageLength });
            held.hasBeginning = page.length < pageLength;
            this.#extend(friendId, held, page);
            return;
        }
        for (;;) {
            const after = held.cursor;
            const page = await this.#api.history(friendId, { after, limit: catchUpLength });
            this.#extend(friendId, held, page);
            // A cursor that stands still is an answer to another question, as from a proxy's cache.
            if (page.length < catchUpLength || held.cursor <= after) return;
        }
    }

    #extend(friendId, held, page) {
        held.isLoaded = true;
        held.messages = merge(held.messages, page);
        held.cursor = page.at(-1)?.timestamp ?? held.cursor;
        this.changed(friendId);
    }

    /** Fetches the page before the oldest message held. */
    loadOlder(friendId) {
        const held = this.of(friendId);
        const mayAsk = held.isLoaded && !held.hasBeginning
            && performance.now() >= held.oldest.notBefore;
        if (!mayAsk) return Promise.resolve();
        return this.#ask(held.oldest, friendId, () => this.#loadOlder(friendId, held));
    }

    async #loadOlder(friendId, held) {
        const before = held.messages[0]?.timestamp ?? 0;
        const page = await this.#api.history(friendId, { before, limit: pageLength });
        held.hasBeginning = page.length < pageLength;
        held.messages = merge(page, held.messages);
        this.changed(friendId);
    }

    /** An own message that the server has acknowledged. The cursor stays: a message of the friend
     *  may stand between it and this one. */
    accept(friendId, { id, senderId, receiverId, content, timestamp }) {
        const held = this.of(friendId);
        held.newest.forget(); // the server answers again
        if (held.isLoaded) {
            held.messages = merge(
                held.messages, [{ id, senderId, receiverId, content, timestamp }]);
        }
        this.changed(friendId);
    }
}
