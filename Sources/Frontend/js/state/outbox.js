import { wallClock } from "../rules/dates.js";
import { Store } from "./store.js";

/** Messages that the server has not acknowledged. They are in LocalStorage, so they outlive the
 *  page, and they keep the id chosen here, so the server stores each at most once.
 *
 *  An item is `{id, to, text, replyTo, photo, order, at, state, code, sentence}`. `order` grows from one
 *  item to the next, in all tabs. `at` is a time of day to show. The state is "pending", "failed"
 *  (retried automatically) or "rejected" (retried only on request). `code` and `sentence` are the
 *  server's. `photo` is `{id, width, height}`; its bytes are in PhotoBytes until the item goes.
 *
 *  Emits the friend's id, or undefined where items of any friend may have changed. */
export class Outbox extends Store {
    #storage;
    #prefix;
    #lastOrder = 0;
    #hold = null;
    #photoBytes;

    constructor({ photoBytes, storage, userId, signal }) {
        super();
        this.#photoBytes = photoBytes;
        this.#storage = storage;
        this.#prefix = `outbox.${userId}.`;
        storage.watch(this.#prefix, () => this.emit(), signal);
    }

    /** Returns the items to one friend, or all of them, oldest first. */
    items(friendId) {
        return this.#storage.keys(this.#prefix).map((key) => this.#storage.read(key))
            .filter((item) => isItem(item) && (friendId === undefined || item.to === friendId))
            .sort((one, other) => orderOf(one) - orderOf(other) || (one.id < other.id ? -1 : 1));
    }

    get isEmpty() {
        return this.items().length === 0;
    }

    has(item) {
        return this.#storage.read(this.#prefix + item.id) !== null;
    }

    /** Whether a message here has that photo. */
    hasPhoto(id) {
        return this.items().some(({ photo }) => photo?.id === id);
    }

    /** Whether messages wait because the vault does not answer. */
    get isVaultAway() {
        return this.#waitsWith("vault_unavailable") || this.isSealed;
    }

    /** Whether messages wait for the vault's owner to unseal it. */
    get isSealed() {
        return this.#waitsWith("sealed");
    }

    #waitsWith(code) {
        return this.items().some((item) => item.state !== "rejected" && item.code === code);
    }

    /** `{code, wait, until}` while the server takes no more messages, else null. `wait` is the time
     *  in milliseconds that it asked for; `until` is a time of day to show. */
    get hold() {
        return this.#hold;
    }

    setHold(hold) {
        if (this.#hold === hold) return;
        this.#hold = hold;
        this.emit();
    }

    /** Whether the browser could not store an item: closing the page would lose it. */
    get isVolatile() {
        return this.#storage.isVolatile(this.#prefix)
            || (this.#photoBytes.isVolatile && this.items().some(({ photo }) => photo));
    }

    /** @param replyTo the id of the message that this one answers, or ""
     *  @param photo `{id, width, height}`, or null */
    add(friendId, text, replyTo = "", photo = null) {
        this.#lastOrder = 1 + this.items().reduce(
            (most, item) => Math.max(most, orderOf(item)), this.#lastOrder);
        this.update({
            id: newId(), to: friendId, text, order: this.#lastOrder, at: wallClock(),
            state: "pending", ...replyTo && { replyTo }, ...photo && { photo },
        });
    }

    update(item) {
        this.#storage.write(this.#prefix + item.id, item);
        this.emit(item.to);
    }

    remove(item) {
        this.#storage.remove(this.#prefix + item.id);
        if (item.photo) this.#photoBytes.remove(item.photo.id);
        if (this.isEmpty) this.setHold(null);
        this.emit(item.to);
    }

    /** Makes this item pending, even a rejected one, and all failed items to the same friend. */
    requeue(item) {
        for (const each of this.items(item.to)) {
            if (each.id === item.id || each.state === "failed") {
                this.update({ ...each, state: "pending" });
            }
        }
    }

    /** Removes items that a history shows to be stored although no response said so. Such an item
     *  would hold up the ones behind it. */
    removeStored(friendId, messages) {
        const waiting = this.items(friendId);
        if (waiting.length === 0) return;
        const stored = new Set(messages.map(({ id }) => id));
        for (const item of waiting) if (stored.has(item.id)) this.remove(item);
    }

    clear() {
        this.#storage.removeAll(this.#prefix);
    }
}

/** Damaged entries of LocalStorage are ignored. */
const isItem = (item) => typeof item?.id === "string" && typeof item.to === "string";

/** Items of an earlier version have only a time; newer orders continue from it. */
const orderOf = ({ order, at }) => order ?? at;

/** Returns a UUID v4 (RFC 9562). Pages over plain http have no `crypto.randomUUID`. */
export function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
