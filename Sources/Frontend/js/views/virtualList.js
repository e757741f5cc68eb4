import { arrange } from "./dom.js";

const spareRows = 8; // beyond each edge of the viewport
const rowsWithoutHeight = 24; // rendered while the list is not laid out

/** A long list with rows of one height. Only the rows around the viewport and the one with the focus
 *  are in the page. Visible rows stay in place when rows come or go above them. The style sheet
 *  places the rows by `--index` and gives the list its height by `--count`. */
export class VirtualList {
    #scroller;
    #list;
    #newRow;
    #fillRow;
    #items = [];
    #indexes = new Map();
    #nodes = new Map();
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
            list.style.removeProperty("--count"); // otherwise the empty list keeps its height
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

    /** @param fromTop whether to begin at the top, as a new search does */
    show(items, { fromTop = false } = {}) {
        const before = fromTop ? null : this.#topmost();
        this.#items = items;
        this.#indexes = new Map(items.map(({ id }, index) => [id, index]));
        this.#list.style.setProperty("--count", items.length);
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
        const height = this.#rowHeight;
        const top = this.#offset + index * height;
        if (top < scroller.scrollTop) scroller.scrollTop = top;
        const below = top + height - scroller.clientHeight;
        if (below > scroller.scrollTop) scroller.scrollTop = below;
        this.#scrolled();
        return this.nodeOf(id);
    }

    get #rowHeight() {
        return this.#items.length > 0 ? this.#list.offsetHeight / this.#items.length : 0;
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
        const height = this.#rowHeight;
        if (scroller.scrollTop <= 0 || height === 0) return null;
        const index = Math.max(0, Math.floor((scroller.scrollTop - this.#offset) / height));
        return { ids: this.#items.slice(index).map(({ id }) => id), index };
    }

    #restore({ ids, index }) {
        const left = ids.findIndex((id) => this.#indexes.has(id));
        if (left < 0) return;
        const moved = this.#indexes.get(ids[left]) - (index + left);
        this.#scroller.scrollTop += moved * this.#rowHeight;
    }

    #scrolled() {
        const [first, last] = [this.#first, this.#last];
        this.#measure();
        if (first !== this.#first || last !== this.#last) this.#render(false);
    }

    #measure() {
        const scroller = this.#scroller;
        const height = this.#rowHeight;
        const isLaidOut = height > 0 && scroller.clientHeight > 0;
        const top = !isLaidOut ? 0 : Math.floor((scroller.scrollTop - this.#offset) / height);
        const count = !isLaidOut ? rowsWithoutHeight : Math.ceil(scroller.clientHeight / height) + 1;
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
