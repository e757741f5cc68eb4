/** Moves the focus between messages by arrow keys, from the log on. Page keys scroll as ever. */
export class MessageFocus {
    #log;
    #rows;

    /** @param log the element that scrolls
     *  @param rows the element in it that holds the rows
     *  @param entry the text area; the arrow up leads from an empty one to the last message */
    constructor({ log, rows, entry, signal }) {
        this.#log = log;
        this.#rows = rows;
        log.addEventListener("keydown", (event) => this.#move(event, entry), { signal });
        entry.addEventListener("keydown", (event) => {
            if (event.key !== "ArrowUp" || entry.value || event.isComposing) return;
            event.preventDefault();
            this.#focus(this.#visible.at(-1));
        }, { signal });
    }

    /** Focuses a row's message. */
    #focus(row) {
        row?.querySelector(".bubble").focus({ preventScroll: true });
        row?.scrollIntoView({ block: "nearest" });
    }

    #move(event, entry) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        const row = event.target.closest(".row");
        if (!row) return this.#focus(this.#visible.at(-1));
        const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
        if (next) this.#focus(next);
        else if (step > 0) entry.focus({ preventScroll: true });
        else this.#log.scrollTop = 0;
    }

    get #visible() {
        const { top, bottom } = this.#log.getBoundingClientRect();
        return [...this.#rows.children].filter((row) => {
            const box = row.getBoundingClientRect();
            return box.bottom > top && box.top < bottom;
        });
    }
}

/** Focuses a row's message and makes it stand out for a moment. */
export function flash(row) {
    row.classList.remove("is-found");
    row.getBoundingClientRect(); // or the animation would not begin again
    row.classList.add("is-found");
    row.querySelector(".bubble").focus({ preventScroll: true });
}
