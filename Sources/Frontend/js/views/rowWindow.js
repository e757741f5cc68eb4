const step = 60; // rows added at once
const rowsMax = 180;

/** The range of a list's rows that is in the page: `rows[start]` up to before `rows[end]`, at most
 *  180 rows. Holds no elements; js/views/messageList.js renders it. */
export class RowWindow {
    #rows = [];
    #start = 0;
    #end = 0;

    get rows() {
        return this.#rows;
    }

    get shown() {
        return this.#rows.slice(this.#start, this.#end);
    }

    get includesFirst() {
        return this.#start === 0;
    }

    get includesLast() {
        return this.#end === this.#rows.length;
    }

    /** Shows the end of a list. */
    showEnd(rows = this.#rows) {
        this.#rows = rows;
        this.#end = rows.length;
        this.#start = Math.max(0, this.#end - step);
    }

    /** Shows a list around one of its rows. */
    showAround(rows, index) {
        this.#rows = rows;
        this.#start = Math.max(0, index - step / 2);
        this.#end = Math.min(rows.length, this.#start + step * 2);
    }

    /** Replaces the rows by those of a later time, and goes on to show the same ones.
     *
     *  @param isNearTop whether to show rows before them too: at the very top a person cannot scroll
     *  up to rows that have just arrived above */
    replaceRows(rows, { isNearTop }) {
        const start = newIndexOf(this.#rows, this.#start, rows);
        const length = this.includesLast ? rowsMax : this.#end - this.#start;
        this.#rows = rows;
        this.#start = isNearTop ? Math.max(0, start - step) : start;
        this.#end = Math.min(rows.length, start + length, this.#start + rowsMax);
    }

    extendUp() {
        this.#start = Math.max(0, this.#start - step);
        this.#end = Math.min(this.#end, this.#start + rowsMax);
    }

    extendDown() {
        this.#end = Math.min(this.#rows.length, this.#end + step);
        this.#start = Math.max(this.#start, this.#end - rowsMax);
    }

    /** Returns the number of rows after the one with that key, 0 where there is none. */
    countAfter(key) {
        const index = this.#rows.findLastIndex((row) => row.key === key);
        return index < 0 ? 0 : this.#rows.length - 1 - index;
    }
}

/** Returns the new index of the first row from `start` on that is still there. */
function newIndexOf(before, start, rows) {
    const first = rows.findIndex((row) => row.key === before[start]?.key);
    if (first >= 0) return first;
    const indexes = new Map(rows.map((row, index) => [row.key, index]));
    const left = before.slice(start).find((row) => indexes.has(row.key));
    return left ? indexes.get(left.key) : Math.max(0, rows.length - rowsMax);
}
