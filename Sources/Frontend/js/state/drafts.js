import { photoOf } from "../rules/photos.js";
import { Store } from "./store.js";

/** Texts typed and photos chosen, and not yet sent, for each friend. They are in LocalStorage from the
 *  first key on, so a closed tab or a crash loses none. The bytes of photos are in PhotoBytes. Emits the friend's id, or undefined where those of any friend
 *  may have changed. */
export class Drafts extends Store {
    #storage;
    #prefix;
    #replyPrefix;
    #photosPrefix;

    constructor({ storage, userId, signal }) {
        super();
        this.#storage = storage;
        this.#prefix = `draft.${userId}.`;
        this.#replyPrefix = `reply.${userId}.`;
        this.#photosPrefix = `photos.${userId}.`;
        for (const prefix of this.#prefixes) {
            storage.watch(prefix, () => this.emit(), signal);
        }
    }

    of(friendId) {
        return this.#storage.read(this.#prefix + friendId) ?? "";
    }

    set(friendId, text) {
        if (text) this.#storage.write(this.#prefix + friendId, text);
        else this.#storage.remove(this.#prefix + friendId);
        this.emit(friendId);
    }

    /** The id of the message that the draft answers, or "". */
    replyOf(friendId) {
        const id = this.#storage.read(this.#replyPrefix + friendId);
        return typeof id === "string" ? id : "";
    }

    setReply(friendId, messageId) {
        if (messageId) this.#storage.write(this.#replyPrefix + friendId, messageId);
        else this.#storage.remove(this.#replyPrefix + friendId);
        this.emit(friendId);
    }

    /** The photos of the draft, each `{id, width, height}`. */
    photosOf(friendId) {
        const photos = this.#storage.read(this.#photosPrefix + friendId);
        return Array.isArray(photos) ? photos.map(photoOf).filter(Boolean) : [];
    }

    setPhotos(friendId, photos) {
        if (photos.length > 0) this.#storage.write(this.#photosPrefix + friendId, photos);
        else this.#storage.remove(this.#photosPrefix + friendId);
        this.emit(friendId);
    }

    /** Whether a draft has that photo. */
    hasPhoto(id) {
        return this.#friendsIn(this.#photosPrefix).some(
            (friendId) => this.photosOf(friendId).some((photo) => photo.id === id));
    }

    /** The number of drafts with a photo, or with more than blanks in their text. */
    get count() {
        const withText = this.#friendsIn(this.#prefix).filter((id) => String(this.of(id)).trim());
        return new Set([...withText, ...this.#friendsIn(this.#photosPrefix)]).size;
    }

    clear() {
        for (const prefix of this.#prefixes) this.#storage.removeAll(prefix);
    }

    get #prefixes() {
        return [this.#prefix, this.#replyPrefix, this.#photosPrefix];
    }

    #friendsIn(prefix) {
        return this.#storage.keys(prefix).map((key) => key.slice(prefix.length));
    }
}
