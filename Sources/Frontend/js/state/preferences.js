import { languages } from "../rules/language.js";
import { Store } from "./store.js";

const appearanceKey = "appearance";
const languageKey = "language";
const appearances = ["dark", "light"];

/** Choices for this browser, independent of the user: "system" stands for none. Emits without an event
 *  after each change, also after one made in another tab or in the system. */
export class Preferences extends Store {
    #storage;
    #prefersLight = matchMedia("(prefers-color-scheme: light)");

    constructor(storage) {
        super();
        this.#storage = storage;
        storage.watch(appearanceKey, () => this.emit());
        this.#prefersLight.addEventListener("change", () => this.emit());
    }

    /** "system", "dark" or "light". */
    get chosenAppearance() {
        return this.#choice(appearanceKey, appearances);
    }

    /** "dark" or "light", as js/look.js has it too. */
    get appearance() {
        const chosen = this.chosenAppearance;
        if (chosen !== "system") return chosen;
        return this.#prefersLight.matches ? "light" : "dark";
    }

    chooseAppearance(appearance) {
        this.#choose(appearanceKey, appearance);
        this.emit();
    }

    /** "system", "id" or "en". A page speaks one language until it is loaded again. */
    get chosenLanguage() {
        return this.#choice(languageKey, languages);
    }

    /** Returns whether the choice outlives the page. */
    chooseLanguage(language) {
        this.#choose(languageKey, language);
        return !this.#storage.isVolatile(languageKey);
    }

    #choice(key, known) {
        const chosen = this.#storage.read(key);
        return known.includes(chosen) ? chosen : "system";
    }

    #choose(key, value) {
        if (value === "system") this.#storage.remove(key);
        else this.#storage.write(key, value);
    }
}
