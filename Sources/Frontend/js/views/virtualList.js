import { arrange } from "./dom.js";

const spareRows = 8; // beyond each edge of the viewport
const rowsWithoutHeight = 24; // rendered while the list is not laid out

const rowRems = 4.5;
const tallRems = 6.5;

/** A long list with rows of one height, but for some taller ones at its beginning. Only the rows around the viewport and the one with the focus
 *  are in the page. Visible rows stay in place when rows come or go above them. The style sheet
 *  places the rows by `--index` and gives the list its height by `--count` and `--tall`. */
export class VirtualList {
    #scroller;
    #list;
    #newRow;
    #fillRow;
    #items = [];
    #indexes = new Map();
    #nodes = new Map();
    #tallCount = 0;
    #first = 0;
    #last = 0;

    /** @param scroller the element that scrolls
     *  @param list the element in it that holds the rows
     *  @param newRow returns an empty row
     *  @param fillRow called with a row and its item, an object with an `id` */
    constructor({ scroller, list, newRow, fillRow, signal }) {
        this.#scroller = scroller;
        this.#list = list;
        this.#newRow = newRow;
        this.#fillRow = fillRow;
        list.replaceChildren();
        scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
        const resized = new ResizeObserver(() => this.#scrolled());
        resized.observe(scroller);
        signal.addEventListener("abort", () => {
            resized.disconnect();
            list.replaceChildren();
            // Otherwise the empty list keeps its height.
            for (const name of ["--count", "--tall"]) list.style.removeProperty(name);
        });
    }

    get items() {
        return this.#items;
    }

    indexOf(id) {
        return this.#indexes.get(id) ?? -1;
    }

    /** The item's row, or undefined where it is not in the page. */
    nodeOf(id) {
        return this.#nodes.get(id);
    }

    /** @param fromTop whether to begin at the top, as a new search does
     *  @param tallCount the number of taller rows at the beginning */
    show(items, { fromTop = false, tallCount = 0 } = {}) {
        const before = fromTop ? null : this.#topmost();
        this.#tallCount = tallCount;
        this.#items = items;
        this.#indexes = new Map(items.map(({ id }, index) => [id, index]));
        this.#list.style.setProperty("--count", items.length);
        this.#list.style.setProperty("--tall", tallCount);
        if (fromTop) this.#scroller.scrollTop = 0;
        else if (before) this.#restore(before);
        this.#measure();
        this.#render(true);
    }

    /** Renders an item again, if it is in the page. */
    update(item) {
        const index = this.indexOf(item.id);
        if (index < 0) return;
        this.#items[index] = item;
        const node = this.#nodes.get(item.id);
        if (node) this.#fillRow(node, item);
    }

    /** Scrolls the item into view and returns its row, or undefined where there is none. */
    reveal(id) {
        const index = this.indexOf(id);
        if (index < 0) return undefined;
        const scroller = this.#scroller;
        const top = this.#offset + this.#topOf(index);
        if (top < scroller.scrollTop) scroller.scrollTop = top;
        const below = this.#offset + this.#topOf(index + 1) - scroller.clientHeight;
        if (below > scroller.scrollTop) scroller.scrollTop = below;
        this.#scrolled();
        return this.nodeOf(id);
    }

    get #isLaidOut() {
        return this.#items.length > 0 && this.#list.offsetHeight > 0
            && this.#scroller.clientHeight > 0;
    }

    get #rem() {
        return parseFloat(getComputedStyle(document.documentElement).fontSize);
    }

    /** The distance of a row from the list's top. */
    #topOf(index) {
        const tall = Math.min(index, this.#tallCount);
        return this.#rem * (tall * tallRems + (index - tall) * rowRems);
    }

    /** The index of the row at that distance from the list's top. */
    #indexAt(distance) {
        const tall = Math.floor(distance / (this.#rem * tallRems));
        if (tall < this.#tallCount) return tall;
        const rest = distance - this.#topOf(this.#tallCount);
        return this.#tallCount + Math.floor(rest / (this.#rem * rowRems));
    }

    /** The distance of the list's top from the top of the scrolled content. */
    get #offset() {
        const [list, scroller] = [this.#list, this.#scroller];
        return list.getBoundingClientRect().top - scroller.getBoundingClientRect().top
            + scroller.scrollTop;
    }

    /** The items from the first visible one on; null at the very top, which stays the top. */
    #topmost() {
        const scroller = this.#scroller;
        if (scroller.scrollTop <= 0 || !this.#isLaidOut) return null;
        const index = Math.max(0, this.#indexAt(scroller.scrollTop - this.#offset));
        return { ids: this.#items.slice(index).map(({ id }) => id), index, top: this.#topOf(index) };
    }

    #restore({ ids, index, top }) {
        const left = ids.findIndex((id) => this.#indexes.has(id));
        if (left < 0) return;
        const moved = this.#topOf(this.#indexes.get(ids[left])) - top;
        this.#scroller.scrollTop += moved - (left > 0 ? this.#topOf(index + left) - top : 0);
    }

    #scrolled() {
        const [first, last] = [this.#first, this.#last];
        this.#measure();
        if (first !== this.#first || last !== this.#last) this.#render(false);
    }

    #measure() {
        const scroller = this.#scroller;
        const top = this.#isLaidOut ? this.#indexAt(scroller.scrollTop - this.#offset) : 0;
        const count = this.#isLaidOut
            ? Math.ceil(scroller.clientHeight / (this.#rem * rowRems)) + 1 : rowsWithoutHeight;
        this.#first = Math.max(0, Math.min(top, this.#items.length - count) - spareRows);
        this.#last = Math.min(this.#items.length, Math.max(0, top) + count + spareRows);
    }

    #render(isNew) {
        const shown = this.#items.slice(this.#first, this.#last);
        const focused = this.#indexes.get(this.#focusedId);
        if (focused < this.#first) shown.unshift(this.#items[focused]);
        if (focused >= this.#last) shown.push(this.#items[focused]);
        const wanted = new Set(shown.map(({ id }) => id));
        for (const id of this.#nodes.keys()) if (!wanted.has(id)) this.#nodes.delete(id);
        for (const item of shown) this.#renderRow(item, isNew);
        arrange(this.#list, shown.map(({ id }) => this.#nodes.get(id)));
    }

    #renderRow(item, isNew) {
        const isMissing = !this.#nodes.has(item.id);
        if (isMissing) this.#nodes.set(item.id, this.#newRow());
        const node = this.#nodes.get(item.id);
        if (isMissing || isNew) this.#fillRow(node, item);
        const index = this.#indexes.get(item.id);
        node.style.setProperty("--index", index);
        node.setAttribute("aria-posinset", index + 1);
        node.setAttribute("aria-setsize", this.#items.length);
    }

    get #focusedId() {
        for (const [id, node] of this.#nodes) {
            if (node.contains(document.activeElement)) return id;
        }
        return undefined;
    }
}
