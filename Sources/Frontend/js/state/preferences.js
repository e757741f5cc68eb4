import { Store } from "./store.js";

const appearanceKey = "appearance";

/** Choices for this browser, independent of the user. Emits without an event after each change, also
 *  after one made in another tab. */
export class Preferences extends Store {
    #storage;

    constructor(storage) {
        super();
        this.#storage = storage;
        storage.watch(appearanceKey, () => this.emit());
    }

    /** "dark" or "light". Dark unless light was chosen here: a browser without a setting of its own
     *  reports a preference for light, so `prefers-color-scheme` decides nothing. */
    get appearance() {
        return this.#storage.read(appearanceKey) === "light" ? "light" : "dark";
    }

    get otherAppearance() {
        return this.appearance === "light" ? "dark" : "light";
    }

    chooseAppearance(appearance) {
        this.#storage.write(appearanceKey, appearance);
        this.emit();
    }
}
