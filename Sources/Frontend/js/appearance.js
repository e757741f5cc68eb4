import * as storage from "./storage.js";

const name = "appearance";

/** "dark", or "light" for whoever chose that in this browser. Browsers that were told nothing say
 *  that their person prefers light: so nobody asks them. */
export const appearance = () => storage.read(name) === "light" ? "light" : "dark";

/** The one that is not shown. */
export const otherAppearance = () => appearance() === "light" ? "dark" : "light";

export function choose(wanted) {
    storage.write(name, wanted);
    show();
}

/** Shows the page in what was chosen, also in another tab. */
export function followAppearance() {
    show();
    storage.watch(name, show);
}

function show() {
    document.documentElement.dataset.appearance = appearance();
}
