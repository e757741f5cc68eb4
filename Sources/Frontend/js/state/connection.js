import { Store } from "./store.js";

/** Whether the server answers, and whether the open conversation is up to date. */
export class Connection extends Store {
    #status = "online";
    #historyFault = null;
    #isSealed = false;

    /** "online", "reconnecting" (requests fail), or "offline" (the browser says so). */
    get status() {
        return this.#status;
    }

    get isOnline() {
        return this.#status === "online";
    }

    setStatus(status) {
        if (this.#status === status) return;
        this.#status = status;
        this.emit();
    }

    /** Whether the contact list lacks texts because the vault waits for its owner to unseal it. */
    get isSealed() {
        return this.#isSealed;
    }

    setSealed(isSealed) {
        if (this.#isSealed === isSealed) return;
        this.#isSealed = isSealed;
        this.emit();
    }

    /** The Fault that kept the open conversation from being brought up to date, or null. */
    get historyFault() {
        return this.#historyFault;
    }

    setHistoryFault(fault) {
        if (this.#historyFault?.code === fault?.code) return;
        this.#historyFault = fault;
        this.emit();
    }
}
