import { say } from "../words.js";
import { arrange } from "./dom.js";
import { RowWindow } from "./rowWindow.js";

const nearEdge = 900; // pixels
const endSlack = 48; // pixels
const startOffset = 56; // pixels between the top edge and a row that is gone to

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
    #onNearEnd;
    #onToEnd;
    #onMoved;
    #isWhole = true;
    #window = new RowWindow();
    #nodes = new Map(); // by the row's key
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
     *  @param onNearEnd called when the last row is near and is not the newest
     *  @param onToEnd called before the list goes to its newest row, to have it
     *  @param onMoved called whenever other rows may have come into view */
    constructor({
        scroller, place, toNewest, newRow, fillRow, onNearBeginning, onNearEnd, onToEnd, onMoved,
        signal,
    }) {
        this.#scroller = scroller;
        this.#place = place;
        this.#toNewest = toNewest;
        this.#newRow = newRow;
        this.#fillRow = fillRow;
        this.#onNearBeginning = onNearBeginning;
        this.#onNearEnd = onNearEnd;
        this.#onToEnd = onToEnd;
        this.#onMoved = onMoved;
        scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
        toNewest.addEventListener("click", () => { this.goToEnd(); scroller.focus(); }, { signal });
        const resized = new ResizeObserver(() => this.#resized());
        resized.observe(scroller);
        signal.addEventListener("abort", () => resized.disconnect());
    }

    get isAtEnd() {
        return this.#shownId !== null && this.#followsEnd && this.#window.includesLast;
    }

    /** @param id the list that the rows belong to; each list keeps its own scroll position
     *  @param rows objects with `key`, `mark` and `isOwn`, as of js/views/messageRows.js
     *  @param isWhole whether the last row is the newest */
    show(id, rows, { isWhole = true } = {}) {
        const wasWhole = this.#isWhole;
        this.#isWhole = isWhole;
        if (!isWhole) this.#followsEnd = false;
        if (id !== this.#shownId) this.#change(id, rows);
        else this.#update(rows, wasWhole && isWhole);
    }

    /** Shows the row with that key near the top edge. Returns its node, or undefined where there is no
     *  such row. */
    goTo(key) {
        const index = this.#window.rows.findIndex((row) => row.key === key);
        if (index < 0) return undefined;
        this.#followsEnd = false;
        this.#window.showAround(this.#window.rows, index);
        this.#render({ key, offset: startOffset });
        this.#scrolled();
        return this.#nodes.get(key);
    }

    /** Focuses the message of the row with that key, if the row is in the page. */
    focus(key) {
        const node = this.#nodes.get(key);
        node?.querySelector(".bubble").focus({ preventScroll: true });
        node?.scrollIntoView({ block: "nearest" });
    }

    /** The last row whose lower edge has come into view, or null. */
    get lastSeen() {
        if (this.#shownId === null || this.#scroller.clientHeight === 0) return null;
        const edge = this.#scroller.getBoundingClientRect().bottom + 1;
        return [...this.#window.shown].reverse().find(
            ({ key }) => this.#nodes.get(key)?.getBoundingClientRect().bottom <= edge) ?? null;
    }

    /** Whether the row with that key is above the viewport. */
    isPast(key) {
        const { rows, shown } = this.#window;
        const top = this.#nodes.get(key)?.getBoundingClientRect().top;
        if (top !== undefined) return top < this.#scroller.getBoundingClientRect().top;
        return rows.findIndex((row) => row.key === key) < rows.indexOf(shown[0]);
    }

    goToEnd() {
        this.#onToEnd();
        this.#followsEnd = true;
        this.#window.showEnd();
        this.#render();
    }

    #change(id, rows) {
        if (this.#shownId !== null) this.#keepPlace();
        this.#scroller.setAttribute("aria-live", "off"); // or a screen reader would read all of it
        this.#shownId = id;
        this.#nodes.clear();
        this.#place.replaceChildren();
        this.#newCount = 0;
        const place = this.#places.get(id);
        const index = place ? rows.findIndex((row) => row.key === place.key) : -1;
        this.#followsEnd = index < 0;
        if (this.#followsEnd) this.#window.showEnd(rows);
        else this.#window.showAround(rows, index);
        this.#render(this.#followsEnd ? null : place);
    }

    /** @param mayBeNew whether rows behind the last one have just arrived */
    #update(rows, mayBeNew) {
        const last = this.#window.rows.at(-1);
        const isNearTop = this.#scroller.scrollTop < nearEdge;
        if (this.#followsEnd) this.#window.showEnd(rows);
        else this.#window.replaceRows(rows, { isNearTop });
        const added = last && mayBeNew ? this.#window.countAfter(last.key) : 0;
        this.#scroller.setAttribute("aria-live", added > 0 ? "polite" : "off");
        if (!this.#followsEnd) {
            this.#newCount += rows.slice(rows.length - added).filter((row) => !row.isOwn).length;
        }
        this.#render();
    }

    /** Other rows may have come into view, as after a scroll. */
    #resized() {
        if (this.#shownId === null) return;
        if (!this.#followsEnd) return this.#scrolled();
        this.#scrollToEnd();
        this.#onMoved();
    }

    #scrolled() {
        const scroller = this.#scroller;
        const { scrollTop, scrollHeight, clientHeight } = scroller;
        const below = scrollHeight - clientHeight - scrollTop;
        const isUp = scrollTop < this.#lastTop;
        this.#lastTop = scrollTop;
        this.#followsEnd = below <= endSlack && this.#isWhole && this.#window.includesLast;
        if (scrollTop < nearEdge && !this.#window.includesFirst && isUp) {
            scroller.setAttribute("aria-live", "off"); // rows added by scrolling are not new
            this.#window.extendUp();
            this.#followsEnd = false;
            this.#render();
        } else if (below < nearEdge && !this.#window.includesLast && !isUp) {
            scroller.setAttribute("aria-live", "off");
            this.#window.extendDown();
            this.#render();
        } else {
            this.#renderButton();
        }
        if (scrollTop < nearEdge && this.#window.includesFirst) this.#onNearBeginning();
        if (below < nearEdge && this.#window.includesLast && !this.#isWhole) this.#onNearEnd();
        if (this.isAtEnd) this.#reachedEnd();
        this.#onMoved();
    }

    #render(place = this.#followsEnd ? null : this.#topmost()) {
        const { shown } = this.#window;
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
        this.#onMoved();
        if (this.#window.includesFirst && this.#fitsWhole) this.#onNearBeginning();
    }

    get #fitsWhole() {
        const scroller = this.#scroller;
        return this.#window.rows.length > 0 && scroller.scrollHeight <= scroller.clientHeight;
    }

    #reachedEnd() {
        this.#newCount = 0;
        this.#places.delete(this.#shownId);
    }

    #scrollToEnd() {
        const scroller = this.#scroller;
        scroller.scrollTop = scroller.scrollHeight;
        this.#lastTop = scroller.scrollTop;
    }

    /** Returns the first visible row and its distance from the top edge. */
    #topmost() {
        const edge = this.#scroller.getBoundingClientRect().top;
        for (const row of this.#window.shown) {
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
        toNewest.hidden = this.#followsEnd || this.#window.rows.length === 0;
        toNewest.firstElementChild.textContent = count > 0 ? say("chat.newMessages", { count }) : "";
        toNewest.setAttribute(
            "aria-label", count > 0 ? say("chat.newMessages", { count }) : say("chat.toNewest"));
    }
}
