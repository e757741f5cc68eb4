import { Store } from "./store.js";

/** A search among messages, and what it has found so far. Emits after each change. */
export class Search extends Store {
    /** The query; "" for none. */
    text = "";
    /** The friend whose conversation is searched; null for all of them. */
    friendId = null;
    /** Messages with their `friendId`, newest first. */
    results = [];
    /** The place at which the server goes on; null at the end. */
    next = null;
    isBusy = false;
    /** The Fault of the last attempt, or null. */
    fault = null;

    begin(text, friendId) {
        Object.assign(this, { text, friendId, results: [], next: null, fault: null });
        this.isBusy = text !== "";
        this.emit();
    }

    goOn() {
        this.isBusy = true;
        this.fault = null;
        this.emit();
    }

    add(results, next) {
        this.results = [...this.results, ...results];
        this.next = next;
        this.isBusy = false;
        this.emit();
    }

    fail(fault) {
        this.fault = fault;
        this.isBusy = false;
        this.emit();
    }
}
