import { arrange } from "../dom.js";

const spare = 8; // rows beyond each edge of the viewport
const rowsUnseen = 24; // as many as are drawn while the list has no height

/** A long list of items, a row of one height each, of which only those around the viewport and the
 *  one with the focus are in the page. What is in sight stays where it is when rows come or go
 *  above it. The rows' places and the list's height are the style sheet's, from `--index` and
 *  `--count`. */
export class RowWindow {
    #parts;
    #items = [];
    #indexes = new Map();
    #nodes = new Map();
    #first = 0;
    #last = 0;

    /** @param parts `scroller`, the `list` in it, `signal`, `newRow(item)` for an item with an `id`,
     *  and `fillRow(node, item)` */
    constructor(parts) {
        this.#parts = parts;
        const { list, scroller, signal } = parts;
        list.replaceChildren();
        scroller.addEventListener("scroll", () => this.#follow(), { signal, passive: true });
        const resized = new ResizeObserver(() => this.#follow());
        resized.observe(scroller);
        signal.addEventListener("abort", () => {
            resized.disconnect();
            list.replaceChildren();
            list.style.removeProperty("--count"); // else the empty list keeps its height
        });
    }

    get items() {
        return this.#items;
    }

    indexOf(id) {
        return this.#indexes.get(id) ?? -1;
    }

    /** The row of that item, where it is in the page. */
    nodeOf(id) {
        return this.#nodes.get(id);
    }

    /** @param fromTop whether to begin at the top, as a new search does */
    show(items, { fromTop = false } = {}) {
        const { list, scroller } = this.#parts;
        const before = fromTop ? null : this.#topmost();
        this.#items = items;
        this.#indexes = new Map(items.map(({ id }, index) => [id, index]));
        list.style.setProperty("--count", items.length);
        if (fromTop) scroller.scrollTop = 0;
        else if (before) this.#restore(before);
        this.#measure();
        this.#render(true);
    }

    /** Draws an item anew, where it is in the page. */
    update(item) {
        const index = this.indexOf(item.id);
        if (index < 0) return;
        this.#items[index] = item;
        const node = this.#nodes.get(item.id);
        if (node) this.#parts.fillRow(node, item);
    }

    /** The row of that item, in the page and in sight. */
    reveal(id) {
        const index = this.indexOf(id);
        if (index < 0) return undefined;
        const { scroller } = this.#parts;
        const height = this.#rowHeight;
        const top = this.#offset + index * height;
        if (top < scroller.scrollTop) scroller.scrollTop = top;
        const below = top + height - scroller.clientHeight;
        if (below > scroller.scrollTop) scroller.scrollTop = below;
        this.#follow();
        return this.nodeOf(id);
    }

    get #rowHeight() {
        const { list } = this.#parts;
        return this.#items.length > 0 ? list.offsetHeight / this.#items.length : 0;
    }

    /** Where the list begins within what scrolls. */
    get #offset() {
        const { list, scroller } = this.#parts;
        return list.getBoundingClientRect().top - scroller.getBoundingClientRect().top
            + scroller.scrollTop;
    }

    /** The items from the first one in sight on; null at the very top, which stays the top. */
    #topmost() {
        const { scroller } = this.#parts;
        const height = this.#rowHeight;
        if (scroller.scrollTop <= 0 || height === 0) return null;
        const index = Math.max(0, Math.floor((scroller.scrollTop - this.#offset) / height));
        return { ids: this.#items.slice(index).map(({ id }) => id), index };
    }

    #restore({ ids, index }) {
        const left = ids.findIndex((id) => this.#indexes.has(id));
        if (left < 0) return;
        const moved = this.#indexes.get(ids[left]) - (index + left);
        this.#parts.scroller.scrollTop += moved * this.#rowHeight;
    }

    #follow() {
        const [first, last] = [this.#first, this.#last];
        this.#measure();
        if (first !== this.#first || last !== this.#last) this.#render(false);
    }

    #measure() {
        const { scroller } = this.#parts;
        const height = this.#rowHeight;
        const isUnseen = height === 0 || scroller.clientHeight === 0;
        const top = isUnseen ? 0 : Math.floor((scroller.scrollTop - this.#offset) / height);
        const count = isUnseen ? rowsUnseen : Math.ceil(scroller.clientHeight / height) + 1;
        this.#first = Math.max(0, Math.min(top, this.#items.length - count) - spare);
        this.#last = Math.min(this.#items.length, Math.max(0, top) + count + spare);
    }

    #render(isNew) {
        const shown = this.#items.slice(this.#first, this.#last);
        const focused = this.#indexes.get(this.#focusedId);
        if (focused < this.#first) shown.unshift(this.#items[focused]);
        if (focused >= this.#last) shown.push(this.#items[focused]);
        const wanted = new Set(shown.map(({ id }) => id));
        for (const id of this.#nodes.keys()) if (!wanted.has(id)) this.#nodes.delete(id);
        for (const item of shown) this.#draw(item, isNew);
        arrange(this.#parts.list, shown.map(({ id }) => this.#nodes.get(id)));
    }

    #draw(item, isNew) {
        const { fillRow, newRow } = this.#parts;
        const isMissing = !this.#nodes.has(item.id);
        if (isMissing) this.#nodes.set(item.id, newRow(item));
        const node = this.#nodes.get(item.id);
        if (isMissing || isNew) fillRow(node, item);
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
