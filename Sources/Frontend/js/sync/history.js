import { Backoff } from "./backoff.js";

const pageLength = 50;
const catchUpLength = 500;
const waitMax = 15_000;

/** One end of one conversation: the request under way there, and its failures. */
class End {
    request = null;
    backoff = new Backoff({ waitMax });
}

/** Loads histories from the server into the conversations, page by page, at both ends. */
export class HistoryLoader {
    #api;
    #conversations;
    #ends = new Map();

    constructor({ api, conversations }) {
        this.#api = api;
        this.#conversations = conversations;
    }

    /** Whether the last attempt at the newest end has failed too recently for another one. */
    mustWait(friendId) {
        return this.#end(friendId, "newest").backoff.wait > 0;
    }

    /** Loads what is missing up to now. Rejects with a Fault; pages that arrived before it stay. */
    catchUp(friendId) {
        return this.#request(friendId, "newest", () => this.#catchUp(friendId));
    }

    /** Loads the page before the oldest message held. Rejects with a Fault. */
    async loadOlder(friendId) {
        const { hasBeginning, isLoaded } = this.#conversations.of(friendId);
        const isTooEarly = this.#end(friendId, "oldest").backoff.wait > 0;
        if (!isLoaded || hasBeginning || isTooEarly) return;
        await this.#request(friendId, "oldest", () => this.#loadOlder(friendId));
    }

    /** Allows the next attempts at once, as after a person's request to retry. */
    forgetFailures(friendId) {
        this.allowCatchUp(friendId);
        this.#end(friendId, "oldest").backoff.reset();
        this.#conversations.setFailed(friendId, "oldest", false);
    }

    /** Allows the next catch-up at once, as when the server has just answered something else. */
    allowCatchUp(friendId) {
        this.#end(friendId, "newest").backoff.reset();
        this.#conversations.setFailed(friendId, "newest", false);
    }

    #end(friendId, name) {
        const key = `${name} ${friendId}`;
        if (!this.#ends.has(key)) this.#ends.set(key, new End());
        return this.#ends.get(key);
    }

    /** Joins the request under way at that end, or starts `load`. */
    #request(friendId, name, load) {
        const end = this.#end(friendId, name);
        end.request ??= this.#run(friendId, name, end, load).finally(() => { end.request = null; });
        return end.request;
    }

    async #run(friendId, name, { backoff }, load) {
        try {
            await load();
            backoff.reset();
            this.#conversations.setFailed(friendId, name, false);
        } catch (fault) {
            backoff.fail(fault);
            this.#conversations.setFailed(friendId, name, true);
            throw fault;
        }
    }

    async #catchUp(friendId) {
        const held = this.#conversations.of(friendId);
        if (!held.isLoaded) {
            const page = await this.#api.history(friendId, { limit: pageLength });
            held.hasBeginning = page.length < pageLength;
            this.#conversations.append(friendId, page);
            return;
        }
        for (;;) {
            const after = held.cursor;
            const page = await this.#api.history(friendId, { after, limit: catchUpLength });
            this.#conversations.append(friendId, page);
            // A cursor that stands still means the answer to another request, as from a cache.
            if (page.length < catchUpLength || held.cursor <= after) return;
        }
    }

    async #loadOlder(friendId) {
        const before = this.#conversations.of(friendId).messages[0]?.timestamp ?? 0;
        const page = await this.#api.history(friendId, { before, limit: pageLength });
        this.#conversations.prepend(friendId, page, { isFirst: page.length < pageLength });
    }
}
