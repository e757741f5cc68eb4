import { Store } from "./store.js";

/** Returns the messages of both lists, each id once, oldest first. Both lists are in order already.
 *  Entries without an id are dropped. */
export function merge(held, arrived) {
    const known = new Set(held.map((message) => message.id));
    const fresh = arrived.filter(
        (message) => typeof message?.id === "string" && !known.has(message.id));
    if (fresh.length === 0) return held;
    const last = held.at(-1);
    if (!last || fresh[0].timestamp > last.timestamp) return [...held, ...fresh];
    return [...held, ...fresh].sort((one, other) => one.timestamp - other.timestamp);
}

/** The loaded part of one conversation. It has no gaps up to `cursor`; beyond it there are only own
 *  messages that the server has acknowledged. */
class Conversation {
    messages = [];
    /** `{messages, hasBeginning}` of an earlier time, between which and `messages` some are missing.
     *  It is shown instead of them. Null for none. */
    passage = null;
    /** The timestamp up to which the server's messages are held without a gap. */
    cursor = 0;
    /** The time of the newest deletion that is known here. */
    deletedUpTo = 0;
    isLoaded = false;
    hasBeginning = false;
    /** The ends at which the last request failed: "newest", "oldest". */
    failedEnds = new Set();

    /** The part that is shown: `{messages, hasBeginning}`. */
    get shown() {
        return this.passage ?? this;
    }

    /** Whether that message is held. */
    has(id) {
        return [this, this.shown].some(({ messages }) => messages.some((each) => each.id === id));
    }

    /** Makes one of the passage and the messages, where nothing is missing between them. */
    join() {
        const { passage } = this;
        const end = passage.messages.at(-1)?.timestamp;
        if (!(end >= this.messages[0]?.timestamp)) return;
        this.messages = merge(passage.messages, this.messages);
        this.hasBeginning = passage.hasBeginning;
        this.passage = null;
    }

    /** Whether the server has announced something that is not held here: a message, or a deletion. */
    isBehind(contact) {
        return !this.isLoaded || this.lacksMessages(contact) || this.lacksDeletions(contact);
    }

    lacksMessages({ lastMessage }) {
        return lastMessage?.timestamp > this.cursor;
    }

    lacksDeletions({ lastDeletedAt }) {
        return lastDeletedAt > this.deletedUpTo;
    }
}

/** The conversations opened in this page, by friend. Emits the id of the friend whose changed. */
export class Conversations extends Store {
    #held = new Map();
    /** Emits `{friendId, id}` of each photo whose message is deleted. */
    photosGone = new Store();

    of(friendId) {
        if (!this.#held.has(friendId)) this.#held.set(friendId, new Conversation());
        return this.#held.get(friendId);
    }

    /** Adds a page at the newest end, which moves the cursor. */
    append(friendId, page) {
        const held = this.of(friendId);
        held.isLoaded = true;
        held.messages = merge(held.messages, page);
        held.cursor = page.at(-1)?.timestamp ?? held.cursor;
        this.emit(friendId);
    }

    /** Puts tombstones in the place of the messages that they are of. */
    bury(friendId, tombstones) {
        const held = this.of(friendId);
        const byId = new Map(tombstones.map((message) => [message?.id, message]));
        const gone = new Set();
        for (const part of new Set([held, held.shown])) {
            part.messages = part.messages.map((message) => {
                const tombstone = byId.get(message.id);
                if (tombstone && message.photo) gone.add(message.photo.id);
                return tombstone ?? message;
            });
        }
        for (const { deletedAt } of byId.values()) {
            if (deletedAt > held.deletedUpTo) held.deletedUpTo = deletedAt;
        }
        this.emit(friendId);
        for (const id of gone) this.photosGone.emit({ friendId, id });
    }

    /** Turns a message into a tombstone, before the server's own arrives. */
    delete(friendId, id) {
        const held = this.of(friendId);
        const message = [...held.shown.messages, ...held.messages].find((each) => each.id === id);
        if (message) this.bury(friendId, [{ ...message, content: "", photo: undefined, deleted: true }]);
    }

    /** Adds a page before the oldest message shown. */
    prepend(friendId, page, { isFirst }) {
        const { shown } = this.of(friendId);
        shown.hasBeginning = isFirst;
        shown.messages = merge(page, shown.messages);
        this.emit(friendId);
    }

    /** Shows messages of an earlier time. */
    showPassage(friendId, messages, { hasBeginning }) {
        const held = this.of(friendId);
        held.passage = { messages, hasBeginning };
        held.join();
        this.emit(friendId);
    }

    /** Adds a page after the newest message of the passage. */
    continuePassage(friendId, page) {
        const held = this.of(friendId);
        if (!held.passage) return;
        held.passage.messages = merge(held.passage.messages, page);
        held.join();
        this.emit(friendId);
    }

    /** Shows the newest messages again. */
    leavePassage(friendId) {
        const held = this.of(friendId);
        if (!held.passage) return;
        held.passage = null;
        this.emit(friendId);
    }

    /** Adds an own message that the server has acknowledged. The cursor stays: a message of the
     *  friend may stand between the cursor and this one. */
    acknowledge(friendId, { id, senderId, receiverId, content, timestamp, replyTo, photo }) {
        const held = this.of(friendId);
        if (held.isLoaded) {
            held.messages = merge(
                held.messages, [{ id, senderId, receiverId, content, timestamp, replyTo, photo }]);
        }
        this.emit(friendId);
    }

    /** @param end "newest" or "oldest" */
    setFailed(friendId, end, hasFailed) {
        const { failedEnds } = this.of(friendId);
        if (failedEnds.has(end) === hasFailed) return;
        if (hasFailed) failedEnds.add(end);
        else failedEnds.delete(end);
        this.emit(friendId);
    }
}
