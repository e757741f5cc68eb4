import { queryOf } from "../rules/search.js";

const pause = 300; // milliseconds without a key before a search begins
const attemptsMax = 6; // while another search of this user is under way

/** Runs a search, one request at a time. A search that is given up ends its request, and with it the
 *  server's work. */
export class Searcher {
    #api;
    #search;
    #abort = new AbortController();
    #timer = 0;

    constructor({ api, search, signal }) {
        this.#api = api;
        this.#search = search;
        signal.addEventListener("abort", () => this.find(""));
    }

    /** Searches anew, once a person has stopped typing.
     *
     *  @param friendId whose conversation to search; null for all of them */
    find(typed, friendId = null) {
        const text = queryOf(typed);
        if (text === this.#search.text && friendId === this.#search.friendId) return;
        this.#stop();
        this.#search.begin(text, friendId);
        if (text) this.#timer = setTimeout(() => this.#load(), pause);
    }

    /** Continues where the last answer ended, or where a request failed. */
    more() {
        if (this.#search.isBusy || !this.#search.text) return;
        this.#search.goOn();
        this.#load();
    }

    #stop() {
        clearTimeout(this.#timer);
        this.#abort.abort();
    }

    async #load() {
        this.#abort = new AbortController();
        const { signal } = this.#abort;
        try {
            const { results, next } = await this.#ask(signal);
            if (!signal.aborted) this.#search.add(results, next);
        } catch (fault) {
            if (!fault.code) throw fault;
            if (!signal.aborted) this.#search.fail(fault);
        }
    }

    /** Waits while the server still works on another search of this user, as in another tab. */
    async #ask(signal) {
        const { friendId, next: before, text } = this.#search;
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await this.#api.search(text, { friendId, before, signal });
            } catch (fault) {
                const isTaken = fault.status === 429 && attempt < attemptsMax;
                if (!isTaken || signal.aborted) throw fault;
                await new Promise((resolve) => {
                    setTimeout(resolve, fault.retryAfter * 1000);
                    signal.addEventListener("abort", resolve);
                });
                if (signal.aborted) throw fault;
            }
        }
    }
}
