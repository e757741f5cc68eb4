import { Store } from "./store.js";

const heldMax = 48; // photos whose pictures the page holds

/** The photos that this page has, and how far each one is: "none", "loadingSmall" (its thumbnail),
 *  "small", "loading", "shown", "failed" (it may load later) or "gone". Those used last are held; an older
 *  one is "none" again. Emits the photo's id. */
export class Photos extends Store {
    #held = new Map(); // `{state, url, smallUrl}` by id, the one used last at the end

    constructor({ signal }) {
        super();
        signal.addEventListener("abort", () => {
            for (const entry of this.#held.values()) revoke(entry);
            this.#held.clear();
        });
    }

    stateOf(id) {
        return this.#held.get(id)?.state ?? "none";
    }

    /** The address of the picture within this page, or "". */
    urlOf(id) {
        return this.#held.get(id)?.url ?? "";
    }

    /** The address of its thumbnail within this page, or "". */
    smallUrlOf(id) {
        return this.#held.get(id)?.smallUrl ?? "";
    }

    /** Holds a photo's picture. */
    hold(id, blob) {
        const url = this.urlOf(id) || URL.createObjectURL(blob);
        this.#put(id, { state: "shown", url });
    }

    /** Holds a photo's thumbnail.
     *
     *  @param blob null where it has none */
    holdSmall(id, blob) {
        if (this.stateOf(id) === "shown" || this.smallUrlOf(id)) return;
        const state = this.stateOf(id) === "loading" ? "loading" : "small"; // all of it may come already
        this.#put(id, { state, smallUrl: blob ? URL.createObjectURL(blob) : "" });
    }

    /** @param state "loadingSmall", "loading", "failed" or "gone" */
    setState(id, state) {
        if (!this.urlOf(id)) this.#put(id, { state });
    }

    /** Notes that a photo is in use. */
    touch(id) {
        const entry = this.#held.get(id);
        if (!entry) return;
        this.#held.delete(id);
        this.#held.set(id, entry);
    }

    /** Lets those that failed load again. */
    forgetFailures() {
        const failed = [...this.#held].filter(([, { state }]) => state === "failed");
        for (const [id] of failed) this.forget(id);
    }

    forget(id) {
        revoke(this.#held.get(id));
        if (this.#held.delete(id)) this.emit(id);
    }

    #put(id, change) {
        const entry = { url: "", smallUrl: "", ...this.#held.get(id), ...change };
        this.#held.delete(id);
        this.#held.set(id, entry);
        this.emit(id);
        const [oldest] = this.#held.keys();
        if (this.#held.size > heldMax && oldest !== id) this.forget(oldest);
    }
}

function revoke(entry) {
    for (const url of [entry?.url, entry?.smallUrl]) if (url) URL.revokeObjectURL(url);
}
