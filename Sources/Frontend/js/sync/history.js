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

    /** Loads what is missing up to now. Rejects with a Fault; pages that arrived before it stay.
     *
     *  @param contact the friend's row, which says what is missing */
    catchUp(contact) {
        return this.#request(contact.id, "newest", () => this.#catchUp(contact));
    }

    /** Loads the page before the oldest message held. Rejects with a Fault. */
    async loadOlder(friendId) {
        const { hasBeginning, isLoaded } = this.#conversations.of(friendId);
        const isTooEarly = this.#end(friendId, "oldest").backoff.wait > 0;
        if (!isLoaded || hasBeginning || isTooEarly) return;
        await this.#request(friendId, "oldest", () => this.#loadOlder(friendId));
    }

    /** Loads older pages until that message is held. Returns whether it is. Rejects with a Fault.
     *
     *  @param timestamp of the message, where it is known: nothing older than it is loaded then */
    async loadBackTo(friendId, messageId, timestamp = 0) {
        const held = this.#conversations.of(friendId);
        const has = () => held.messages.some(({ id }) => id === messageId);
        while (!has() && held.isLoaded && !held.hasBeginning) {
            const oldest = held.messages[0]?.timestamp ?? 0;
            if (oldest < timestamp) break;
            await this.#request(
                friendId, "oldest", () => this.#loadOlder(friendId, catchUpLength));
            if (!(held.messages[0]?.timestamp < oldest)) break;
        }
        return has();
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

    async #catchUp(contact) {
        const { id } = contact;
        const held = this.#conversations.of(id);
        if (!held.isLoaded) return this.#loadFirst(contact, held);
        if (held.lacksMessages(contact)) await this.#loadNewer(id, held);
        if (!held.lacksDeletions(contact)) return;
        const deletedAfter = held.deletedUpTo;
        this.#conversations.bury(id, await this.#api.history(id, { deletedAfter }));
        held.deletedUpTo = Math.max(held.deletedUpTo, contact.lastDeletedAt);
    }

    async #loadFirst({ id, lastDeletedAt }, held) {
        const page = await this.#api.history(id, { limit: pageLength });
        held.hasBeginning = page.length < pageLength;
        held.deletedUpTo = lastDeletedAt ?? 0;
        this.#conversations.append(id, page);
    }

    async #loadNewer(id, held) {
        for (;;) {
            const after = held.cursor;
            const page = await this.#api.history(id, { after, limit: catchUpLength });
            this.#conversations.append(id, page);
            // A cursor that stands still means the answer to another request, as from a cache.
            if (page.length < catchUpLength || held.cursor <= after) return;
        }
    }

    async #loadOlder(friendId, limit = pageLength) {
        const held = this.#conversations.of(friendId);
        const { deletedUpTo } = held;
        const before = held.messages[0]?.timestamp ?? 0;
        const page = await this.#api.history(friendId, { before, limit });
        this.#conversations.prepend(friendId, page, { isFirst: page.length < limit });
        // A deletion that was heard of meanwhile may be missing from this page.
        held.deletedUpTo = Math.min(held.deletedUpTo, deletedUpTo);
    }
}
