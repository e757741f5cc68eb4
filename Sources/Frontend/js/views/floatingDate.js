import { dayLabel } from "../rules/dates.js";
import { byId } from "./dom.js";

const shownFor = 1_500; // milliseconds after the last movement

/** The day of the topmost message, shown over the messages while a person scrolls. */
export class FloatingDate {
    #log;
    #rows;
    #place = byId("floating-date");
    #timer = 0;

    constructor({ log, rows, signal }) {
        this.#log = log;
        this.#rows = rows;
        log.addEventListener("scroll", () => this.#show(), { signal, passive: true });
        signal.addEventListener("abort", () => this.#hide());
    }

    #show() {
        clearTimeout(this.#timer);
        const row = this.#topmost();
        // At the very top the first day has its own line.
        if (!row || this.#log.scrollTop <= 0) return this.#hide();
        this.#place.firstElementChild.textContent = dayLabel(row.row.timestamp);
        this.#place.hidden = !this.#place.textContent;
        this.#timer = setTimeout(() => this.#hide(), shownFor);
    }

    #topmost() {
        const edge = this.#log.getBoundingClientRect().top;
        return [...this.#rows.children].find((row) => row.getBoundingClientRect().bottom > edge);
    }

    #hide() {
        clearTimeout(this.#timer);
        this.#place.hidden = true;
    }
}
