const countMax = 24;

/** The emoji that this user chose last in this browser, newest first. */
export class RecentEmoji {
    #storage;
    #key;

    constructor({ storage, userId }) {
        this.#storage = storage;
        this.#key = `emoji.${userId}`;
    }

    get list() {
        const stored = this.#storage.read(this.#key);
        return Array.isArray(stored) ? stored.filter((each) => typeof each === "string") : [];
    }

    note(emoji) {
        const others = this.list.filter((each) => each !== emoji);
        this.#storage.write(this.#key, [emoji, ...others].slice(0, countMax));
    }

    clear() {
        this.#storage.remove(this.#key);
    }
}
