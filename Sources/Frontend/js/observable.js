/** Something that others watch: a store tells, a view listens, and never the other way round. */
export class Observable {
    #listeners = new Set();

    listen(listener) {
        this.#listeners.add(listener);
    }

    changed(detail) {
        for (const listener of [...this.#listeners]) listener(detail);
    }
}
