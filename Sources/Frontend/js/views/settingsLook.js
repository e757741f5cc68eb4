import { language, say } from "../words.js";
import { byId, element } from "./dom.js";

/** Theme, language, and when photos load. A language is spoken after the page has been loaded again; drafts and unsent
 *  messages are in LocalStorage by then. */
export class LookSection {
    #preferences;

    constructor({ preferences, signal }) {
        this.#preferences = preferences;
        fillOptions("appearance", ["system", "dark", "light"], signal,
            (chosen) => preferences.chooseAppearance(chosen));
        fillOptions("language", ["system", "id", "en"], signal, (chosen) => {
            if (preferences.chooseLanguage(chosen)) location.reload();
        });
        fillOptions("dataSaver", ["system", "on", "off"], signal,
            (chosen) => preferences.chooseDataSaver(chosen));
        preferences.subscribe(() => this.refresh(), signal);
        this.refresh();
    }

    refresh() {
        check("appearance", this.#preferences.chosenAppearance);
        check("language", this.#preferences.chosenLanguage);
        check("dataSaver", this.#preferences.chosenDataSaver);
    }
}

/** Puts a radio button for each value into the field set with that id. */
function fillOptions(id, values, signal, choose) {
    const place = byId(id);
    const options = values.map((value) => element("label", { className: "option" },
        element("input", { type: "radio", name: id, value }),
        // A language is called by its own name, in its own language.
        element("span", { lang: id === "language" && value !== "system" ? value : language },
            say(`${id}.${value}`))));
    place.replaceChildren(place.firstElementChild, ...options);
    place.addEventListener("change", ({ target }) => choose(target.value), { signal });
}

function check(id, value) {
    byId(id).querySelector(`input[value="${value}"]`).checked = true;
}
