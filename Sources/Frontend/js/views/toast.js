import { byId } from "./dom.js";

const shownFor = 4_000;

/** A short sentence about what has just been done. An open dialog covers the page, so that the sentence
 *  goes into the topmost one. */
export class Toast {
    #place = byId("toast");
    #timer = 0;

    constructor({ signal }) {
        document.addEventListener("close", () => this.#settle(), { capture: true, signal });
        signal.addEventListener("abort", () => this.#hide());
    }

    show(text) {
        clearTimeout(this.#timer);
        this.#settle();
        this.#place.textContent = text;
        this.#place.hidden = false;
        this.#timer = setTimeout(() => this.#hide(), shownFor);
    }

    #settle() {
        const open = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
        if (this.#place.parentElement !== open) open.append(this.#place);
    }

    #hide() {
        clearTimeout(this.#timer);
        this.#place.hidden = true;
        this.#place.textContent = "";
    }
}
