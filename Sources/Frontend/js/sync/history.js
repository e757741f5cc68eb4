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

    /** Loads the page before the oldest message shown. Rejects with a Fault. */
    async loadOlder(friendId) {
        const { isLoaded, shown } = this.#conversations.of(friendId);
        const isTooEarly = this.#end(friendId, "oldest").backoff.wait > 0;
        if (!isLoaded || shown.hasBeginning || isTooEarly) return;
        await this.#request(friendId, "oldest", () => this.#loadOlder(friendId));
    }

    /** Loads the page after the newest message of the passage. A page that arrives after the passage
     *  was left is dropped: elsewhere it would hide a hole. Rejects with a Fault. */
    async loadNewer(friendId) {
        const { passage } = this.#conversations.of(friendId);
        if (!passage || this.#end(friendId, "passage").backoff.wait > 0) return;
        await this.#request(friendId, "passage", async () => {
            const after = passage.messages.at(-1)?.timestamp ?? 0;
            const page = await this.#load(friendId, { after, limit: pageLength });
            const isShown = this.#conversations.of(friendId).passage === passage;
            if (isShown) this.#conversations.continuePassage(friendId, page);
        });
    }

    /** Shows the part of the conversation with that message. Without a timestamp, older pages are
     *  loaded until the message is there. Returns whether it is. Rejects with a Fault.
     *
     *  @param timestamp of the message, where it is known */
    async loadBackTo(friendId, messageId, timestamp = 0) {
        const held = this.#conversations.of(friendId);
        const has = () => held.shown.messages.some(({ id }) => id === messageId);
        if (!has() && held.has(messageId)) this.#conversations.leavePassage(friendId);
        if (!has() && timestamp > 0) await this.loadAround(friendId, timestamp);
        while (!has() && timestamp === 0 && held.isLoaded && !held.shown.hasBeginning) {
            const oldest = held.shown.messages[0]?.timestamp ?? 0;
            await this.#request(
                friendId, "oldest", () => this.#loadOlder(friendId, catchUpLength));
            if (!(held.shown.messages[0]?.timestamp < oldest)) break;
        }
        return has();
    }

    /** Loads the messages before and after that time, however far back it is. */
    async loadAround(friendId, timestamp) {
        await this.#end(friendId, "oldest").request?.catch(() => {});
        await this.#request(friendId, "oldest", async () => {
            const [older, newer] = await Promise.all([
                this.#load(friendId, { before: timestamp + 1, limit: pageLength }),
                this.#load(friendId, { after: timestamp, limit: pageLength }),
            ]);
            this.#conversations.showPassage(
                friendId, [...older, ...newer], { hasBeginning: older.length < pageLength });
        });
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

    /** A page that arrives after another part came into view is dropped, as in `loadNewer`. */
    async #loadOlder(friendId, limit = pageLength) {
        const held = this.#conversations.of(friendId);
        const { shown } = held;
        const before = shown.messages[0]?.timestamp ?? 0;
        const page = await this.#load(friendId, { before, limit });
        if (held.shown !== shown) return;
        this.#conversations.prepend(friendId, page, { isFirst: page.length < limit });
    }

    /** Returns a page. A deletion that was heard of meanwhile may be missing from it, and is asked for
     *  again. */
    async #load(friendId, range) {
        const held = this.#conversations.of(friendId);
        const { deletedUpTo } = held;
        const page = await this.#api.history(friendId, range);
        held.deletedUpTo = Math.min(held.deletedUpTo, deletedUpTo);
        return page;
    }
}
