import { say } from "../words.js";
import { arrange } from "./dom.js";

const step = 60; // rows added at once
const rowsMax = 180; // in the page
const nearEdge = 900; // pixels
const endSlack = 48; // pixels

/** A long list with rows of any height, of which only those around the viewport are in the page.
 *  Visible rows stay in place when rows come or go around them. At the end the list follows: new
 *  rows scroll into view. */
export class MessageList {
    #scroller;
    #place;
    #toNewest;
    #newRow;
    #fillRow;
    #onNearBeginning;
    #onEnd;
    #rows = [];
    #nodes = new Map();
    #start = 0;
    #end = 0;
    #shownId = null;
    #followsEnd = true;
    #places = new Map();
    #newCount = 0;
    #lastTop = 0;

    /** @param scroller the element that scrolls
     *  @param place the element in it that holds the rows
     *  @param toNewest the button that leads to the end
     *  @param newRow returns an empty row
     *  @param fillRow called with a node and its row
     *  @param onNearBeginning called when the first row is near
     *  @param onEnd called when the last row is visible */
    constructor({
        scroller, place, toNewest, newRow, fillRow, onNearBeginning, onEnd, signal,
    }) {
        this.#scroller = scroller;
        this.#place = place;
        this.#toNewest = toNewest;
        this.#newRow = newRow;
        this.#fillRow = fillRow;
        this.#onNearBeginning = onNearBeginning;
        this.#onEnd = onEnd;
        scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
        toNewest.addEventListener("click", () => { this.goToEnd(); scroller.focus(); }, { signal });
        const resized = new ResizeObserver(() => { if (this.#followsEnd) this.#scrollToEnd(); });
        resized.observe(scroller);
        signal.addEventListener("abort", () => resized.disconnect());
    }

    get isAtEnd() {
        return this.#shownId !== null && this.#followsEnd && this.#end === this.#rows.length;
    }

    /** @param id the list that the rows belong to; each list keeps its own scroll position
     *  @param rows objects with `key`, `mark` and `isOwn`, as of js/views/messageRows.js */
    show(id, rows) {
        if (id !== this.#shownId) this.#change(id, rows);
        else this.#grow(rows);
    }

    goToEnd() {
        this.#followsEnd = true;
        this.#end = this.#rows.length;
        this.#start = Math.max(0, this.#end - step);
        this.#render();
    }

    #change(id, rows) {
        if (this.#shownId !== null) this.#keepPlace();
        this.#scroller.setAttribute("aria-live", "off"); // or a screen reader would read all of it
        this.#shownId = id;
        this.#rows = rows;
        this.#nodes.clear();
        this.#place.replaceChildren();
        this.#newCount = 0;
        const place = this.#places.get(id);
        const index = place ? rows.findIndex((row) => row.key === place.key) : -1;
        this.#followsEnd = index < 0;
        if (this.#followsEnd) {
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
        this.#scroller.setAttribute("aria-live", isLive ? "polite" : "off");
        const start = newIndexOf(before, this.#start, rows);
        const wasWhole = this.#end === before.length;
        const length = wasWhole ? rowsMax : this.#end - this.#start;
        this.#rows = rows;
        if (this.#followsEnd) return this.goToEnd();
        // At the very top a person cannot scroll up to the rows that have just arrived above.
        const isNearTop = this.#scroller.scrollTop < nearEdge;
        this.#start = isNearTop ? Math.max(0, start - step) : start;
        this.#end = Math.min(rows.length, start + length, this.#start + rowsMax);
        this.#newCount += rows.slice(rows.length - added).filter((row) => !row.isOwn).length;
        this.#render();
    }

    #scrolled() {
        const scroller = this.#scroller;
        const { scrollTop, scrollHeight, clientHeight } = scroller;
        const below = scrollHeight - clientHeight - scrollTop;
        const isUp = scrollTop < this.#lastTop;
        this.#lastTop = scrollTop;
        this.#followsEnd = below <= endSlack && this.#end === this.#rows.length;
        if (scrollTop < nearEdge && this.#start > 0 && isUp) {
            scroller.setAttribute("aria-live", "off"); // rows added by scrolling are not new
            this.#start = Math.max(0, this.#start - step);
            this.#end = Math.min(this.#end, this.#start + rowsMax);
            this.#followsEnd = false;
            this.#render();
        } else if (below < nearEdge && this.#end < this.#rows.length && !isUp) {
            scroller.setAttribute("aria-live", "off");
            this.#end = Math.min(this.#rows.length, this.#end + step);
            this.#start = Math.max(this.#start, this.#end - rowsMax);
            this.#render();
        } else {
            this.#renderButton();
        }
        if (scrollTop < nearEdge && this.#start === 0) this.#onNearBeginning();
        if (this.isAtEnd) this.#reachedEnd();
    }

    #render(place = this.#followsEnd ? null : this.#topmost()) {
        const shown = this.#rows.slice(this.#start, this.#end);
        const keys = new Set(shown.map((row) => row.key));
        for (const key of this.#nodes.keys()) if (!keys.has(key)) this.#nodes.delete(key);
        for (const row of shown) {
            const node = this.#nodes.get(row.key) ?? this.#newRow();
            if (node.mark !== row.mark) this.#fillRow(node, row);
            node.mark = row.mark;
            this.#nodes.set(row.key, node);
        }
        arrange(this.#place, shown.map((row) => this.#nodes.get(row.key)));
        if (this.#followsEnd) this.#scrollToEnd();
        else if (place) this.#restore(place);
        this.#renderButton();
        if (this.isAtEnd) this.#reachedEnd();
        if (this.#start === 0 && this.#fitsWhole) this.#onNearBeginning();
    }

    get #fitsWhole() {
        const scroller = this.#scroller;
        return this.#rows.length > 0 && scroller.scrollHeight <= scroller.clientHeight;
    }

    #reachedEnd() {
        this.#newCount = 0;
        this.#places.delete(this.#shownId);
        this.#onEnd();
    }

    #scrollToEnd() {
        const scroller = this.#scroller;
        scroller.scrollTop = scroller.scrollHeight;
        this.#lastTop = scroller.scrollTop;
    }

    /** Returns the first visible row and its distance from the top edge. */
    #topmost() {
        const edge = this.#scroller.getBoundingClientRect().top;
        for (const row of this.#rows.slice(this.#start, this.#end)) {
            const box = this.#nodes.get(row.key)?.getBoundingClientRect();
            if (box && box.bottom > edge) return { key: row.key, offset: box.top - edge };
        }
        return null;
    }

    #restore({ key, offset }) {
        const scroller = this.#scroller;
        const node = this.#nodes.get(key);
        if (!node) return;
        const edge = scroller.getBoundingClientRect().top;
        scroller.scrollTop += node.getBoundingClientRect().top - edge - offset;
        this.#lastTop = scroller.scrollTop;
    }

    #keepPlace() {
        const place = this.#followsEnd ? null : this.#topmost();
        if (place) this.#places.set(this.#shownId, place);
        else this.#places.delete(this.#shownId);
    }

    #renderButton() {
        const toNewest = this.#toNewest;
        const count = this.#newCount;
        toNewest.hidden = this.#followsEnd || this.#rows.length === 0;
        toNewest.firstElementChild.textContent = count > 0 ? say("chat.newMessages", { count }) : "";
        toNewest.setAttribute(
            "aria-label", count > 0 ? say("chat.newMessages", { count }) : say("chat.toNewest"));
    }
}

/** Returns the new index of the first row from `start` on that is still there. */
function newIndexOf(before, start, rows) {
    const first = rows.findIndex((row) => row.key === before[start]?.key);
    if (first >= 0) return first;
    const places = new Map(rows.map((row, index) => [row.key, index]));
    const left = before.slice(start).find((row) => places.has(row.key));
    return left ? places.get(left.key) : Math.max(0, rows.length - rowsMax);
}

/** Returns the number of rows after the one with that key. */
function countAfter(rows, key) {
    const index = rows.findLastIndex((row) => row.key === key);
    return index < 0 ? 0 : rows.length - 1 - index;
}
