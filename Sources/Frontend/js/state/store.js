/** State that others render from. A subclass changes its own state, then emits an event; a
 *  subscriber reads the new state. A store knows no view, and no view changes a store.
 *
 *  A subscriber that throws is reported. It stops neither the other subscribers nor the store. */
export class Store {
    #subscribers = new Set();

    /** Calls `subscriber(event)` after each change, until `signal` aborts. */
    subscribe(subscriber, signal) {
        this.#subscribers.add(subscriber);
        signal?.addEventListener("abort", () => this.#subscribers.delete(subscriber));
    }

    emit(event) {
        for (const subscriber of [...this.#subscribers]) {
            try {
                subscriber(event);
            } catch (fault) {
                reportError(fault);
            }
        }
    }
}
