import { Observable } from "./observable.js";

const pageLength = 50;
const catchUpLength = 500;

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

/** What this page holds of one conversation: an unbroken stretch that ends at `cursor`, and own
 *  messages that the server has acknowledged beyond it. */
class Conversation {
    messages = [];
    cursor = 0;
    isLoaded = false;
    hasBeginning = false;
    loading = null;
    loadingOlder = null;
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

    /** Fetches what is missing up to now. Rejects with a Fault; what arrived before it stays. */
    catchUp(friendId) {
        const held = this.of(friendId);
        held.loading ??= this.#catchUp(friendId, held).finally(() => { held.loading = null; });
        return held.loading;
    }

    async #catchUp(friendId, held) {
        if (!held.isLoaded) {
            const page = await this.#api.history(friendId, { limit: pageLength });
            held.hasBeginning = page.length < pageLength;
            this.#extend(friendId, held, page);
            return;
        }
        for (;;) {
            const page = await this.#api.history(
                friendId, { after: held.cursor, limit: catchUpLength });
            this.#extend(friendId, held, page);
            if (page.length < catchUpLength) return;
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
        if (!held.isLoaded || held.hasBeginning) return Promise.resolve();
        held.loadingOlder ??= this.#loadOlder(friendId, held)
            .finally(() => { held.loadingOlder = null; });
        return held.loadingOlder;
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
        if (held.isLoaded) {
            held.messages = merge(
                held.messages, [{ id, senderId, receiverId, content, timestamp }]);
        }
        this.changed(friendId);
    }
}
