/** Something that others watch: a store tells, a view listens, and never the other way round. A
 *  listener that throws is reported; it ends neither the others nor what the store was doing. */
export class Observable {
    #listeners = new Set();

    listen(listener) {
        this.#listeners.add(listener);
    }

    changed(detail) {
        for (const listener of [...this.#listeners]) {
            try {
                listener(detail);
            } catch (fault) {
                reportError(fault);
            }
        }
    }
}
