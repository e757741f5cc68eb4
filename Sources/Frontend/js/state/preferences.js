import { languages } from "../rules/language.js";
import { Store } from "./store.js";

const appearanceKey = "appearance";
const languageKey = "language";
const saverKey = "dataSaver";
const appearances = ["dark", "light"];
const saverChoices = ["on", "off"];

/** Choices for this browser, independent of the user: "system" stands for none. Emits without an event
 *  after each change, also after one made in another tab or in the system. */
export class Preferences extends Store {
    #storage;
    #prefersLight = matchMedia("(prefers-color-scheme: light)");

    constructor(storage) {
        super();
        this.#storage = storage;
        for (const key of [appearanceKey, saverKey]) storage.watch(key, () => this.emit());
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

    /** "system", "on" or "off". */
    get chosenDataSaver() {
        return this.#choice(saverKey, saverChoices);
    }

    /** Whether photos wait until a person asks for them. */
    get savesData() {
        const chosen = this.chosenDataSaver;
        return chosen === "system" ? navigator.connection?.saveData === true : chosen === "on";
    }

    chooseDataSaver(choice) {
        this.#choose(saverKey, choice);
        this.emit();
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
