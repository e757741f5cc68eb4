import { arrange } from "../dom.js";
import { say } from "../words.js";

const step = 60;
const rowsMax = 180;
const nearEdge = 900;
const endSlack = 48;

/** A long list of rows of which only those around the viewport are in the page. It stays where it
 *  is when rows come before or after what is shown; at the end it follows. */
export class MessageList {
    #parts;
    #rows = [];
    #nodes = new Map();
    #start = 0;
    #end = 0;
    #shownId = null;
    #follows = true;
    #places = new Map();
    #unseenCount = 0;
    #lastTop = 0;

    /** @param parts `scroller`, `place` for the rows, the `toNewest` button, `newRow()`,
     *  `fillRow(node, row)`, and whom to tell: `nearBeginning()`, `atEnd()` */
    constructor(parts) {
        this.#parts = parts;
        const { scroller, signal, toNewest } = parts;
        scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
        toNewest.addEventListener("click", () => { this.goToEnd(); scroller.focus(); }, { signal });
        const resized = new ResizeObserver(() => { if (this.#follows) this.#stickToEnd(); });
        resized.observe(scroller);
        signal?.addEventListener("abort", () => resized.disconnect());
    }

    get isAtEnd() {
        return this.#shownId !== null && this.#follows && this.#end === this.#rows.length;
    }

    /** @param id whose list it is: each keeps its own place. @param rows with `key` and `mark` */
    show(id, rows) {
        if (id !== this.#shownId) this.#change(id, rows);
        else this.#grow(rows);
    }

    goToEnd() {
        this.#follows = true;
        this.#end = this.#rows.length;
        this.#start = Math.max(0, this.#end - step);
        this.#render();
    }

    #change(id, rows) {
        if (this.#shownId !== null) this.#keepPlace();
        this.#parts.scroller.setAttribute("aria-live", "off"); // nobody wants to hear all of it
        this.#shownId = id;
        this.#rows = rows;
        this.#nodes.clear();
        this.#parts.place.replaceChildren();
        this.#unseenCount = 0;
        const place = this.#places.get(id);
        const index = place ? rows.findIndex((row) => row.key === place.key) : -1;
        this.#follows = index < 0;
        if (this.#follows) {
            this.goToEnd();
        } else {
            this.#start = Math.max(0, index - step / 2);
            this.#end = Math.min(rows.length, this.#start + step * 2);
            this.#render(place);
        }
    }

    #grow(rows) {
        const before = this.#rows;
        const added = before.length === 0 ? 0 : countAfter(rows, before.at(-1).key);
        const isLive = before.length > 0 && added > 0;
        this.#parts.scroller.setAttribute("aria-live", isLive ? "polite" : "off");
        const start = placeOf(before, this.#start, rows);
        const wasWhole = this.#end === before.length;
        const length = wasWhole ? rowsMax : this.#end - this.#start;
        this.#rows = rows;
        if (this.#follows) return this.goToEnd();
        // At the very top no more scrolling would ask for what has just arrived above.
        const isNearTop = this.#parts.scroller.scrollTop < nearEdge;
        this.#start = isNearTop ? Math.max(0, start - step) : start;
        this.#end = Math.min(rows.length, start + length, this.#start + rowsMax);
        this.#unseenCount += rows.slice(rows.length - added).filter((row) => !row.isOwn).length;
        this.#render();
    }

    #scrolled() {
        const { scroller } = this.#parts;
        const { scrollTop, scrollHeight, clientHeight } = scroller;
        const below = scrollHeight - clientHeight - scrollTop;
        const isUp = scrollTop < this.#lastTop;
        this.#lastTop = scrollTop;
        this.#follows = below <= endSlack && this.#end === this.#rows.length;
        if (scrollTop < nearEdge && this.#start > 0 && isUp) {
            scroller.setAttribute("aria-live", "off"); // rows that scrolling draws are no news
            this.#start = Math.max(0, this.#start - step);
            this.#end = Math.min(this.#end, this.#start + rowsMax);
            this.#follows = false;
            this.#render();
        } else if (below < nearEdge && this.#end < this.#rows.length && !isUp) {
            scroller.setAttribute("aria-live", "off");
            this.#end = Math.min(this.#rows.length, this.#end + step);
            this.#start = Math.max(this.#start, this.#end - rowsMax);
            this.#render();
        } else {
            this.#showButton();
        }
        if (scrollTop < nearEdge && this.#start === 0) this.#parts.nearBeginning();
        if (this.isAtEnd) this.#arrived();
    }

    #render(place = this.#follows ? null : this.#topmost()) {
        const shown = this.#rows.slice(this.#start, this.#end);
        const keys = new Set(shown.map((row) => row.key));
        for (const key of this.#nodes.keys()) if (!keys.has(key)) this.#nodes.delete(key);
        for (const row of shown) {
            const node = this.#nodes.get(row.key) ?? this.#parts.newRow();
            if (node.mark !== row.mark) this.#parts.fillRow(node, row);
            node.mark = row.mark;
            this.#nodes.set(row.key, node);
        }
        arrange(this.#parts.place, shown.map((row) => this.#nodes.get(row.key)));
        if (this.#follows) this.#stickToEnd();
        else if (place) this.#restore(place);
        this.#showButton();
        if (this.isAtEnd) this.#arrived();
        if (this.#start === 0 && this.#fitsWhole) this.#parts.nearBeginning();
    }

    get #fitsWhole() {
        const { scroller } = this.#parts;
        return this.#rows.length > 0 && scroller.scrollHeight <= scroller.clientHeight;
    }

    #arrived() {
        this.#unseenCount = 0;
        this.#places.delete(this.#shownId);
        this.#parts.atEnd();
    }

    #stickToEnd() {
        const { scroller } = this.#parts;
        scroller.scrollTop = scroller.scrollHeight;
        this.#lastTop = scroller.scrollTop;
    }

    /** The first row in sight and how far it is from the top edge. */
    #topmost() {
        const edge = this.#parts.scroller.getBoundingClientRect().top;
        for (const row of this.#rows.slice(this.#start, this.#end)) {
            const box = this.#nodes.get(row.key)?.getBoundingClientRect();
            if (box && box.bottom > edge) return { key: row.key, offset: box.top - edge };
        }
        return null;
    }

    #restore({ key, offset }) {
        const { scroller } = this.#parts;
        const node = this.#nodes.get(key);
        if (!node) return;
        const edge = scroller.getBoundingClientRect().top;
        scroller.scrollTop += node.getBoundingClientRect().top - edge - offset;
        this.#lastTop = scroller.scrollTop;
    }

    #keepPlace() {
        const place = this.#follows ? null : this.#topmost();
        if (place) this.#places.set(this.#shownId, place);
        else this.#places.delete(this.#shownId);
    }

    #showButton() {
        const { toNewest } = this.#parts;
        const count = this.#unseenCount;
        toNewest.hidden = this.#follows || this.#rows.length === 0;
        toNewest.firstElementChild.textContent = count > 0 ? say("chat.newMessages", { count }) : "";
        toNewest.setAttribute(
            "aria-label", count > 0 ? say("chat.newMessages", { count }) : say("chat.toNewest"));
    }
}

/** Where the first row from `start` on that is still there stands now. */
function placeOf(before, start, rows) {
    const first = rows.findIndex((row) => row.key === before[start]?.key);
    if (first >= 0) return first;
    const places = new Map(rows.map((row, index) => [row.key, index]));
    const left = before.slice(start).find((row) => places.has(row.key));
    return left ? places.get(left.key) : Math.max(0, rows.length - rowsMax);
}

/** How many rows stand after the one with that key. */
function countAfter(rows, key) {
    const index = rows.findLastIndex((row) => row.key === key);
    return index < 0 ? 0 : rows.length - 1 - index;
}
