import { Backoff, withJitter } from "./backoff.js";

const activeWait = 3_000;
const idleWait = 5_000;
const hiddenWait = 15_000;
const idleAfter = 60_000;
const asleepAfter = 600_000;

/** Returns the milliseconds between two polls while the server answers.
 *
 *  @param quiet milliseconds since a person did something or something arrived */
export function pollInterval({ hidden, quiet }) {
    if (hidden || quiet > asleepAfter) return hiddenWait;
    return quiet > idleAfter ? idleWait : activeWait;
}

/** Calls `poll` repeatedly, one call at a time: every few seconds while the page is in use, less
 *  often when it is idle or hidden, and with exponential backoff while `poll` fails. */
export class Poller {
    #poll;
    #timer = 0;
    #isPolling = false;
    #isPollRequested = false;
    #backoff = new Backoff();
    #lastActivity = performance.now();
    #isStarted = false;

    /** @param poll async; rejects with a Fault */
    constructor(poll) {
        this.#poll = poll;
    }

    start() {
        if (this.#isStarted) return;
        this.#isStarted = true;
        this.pollNow();
    }

    stop() {
        this.#isStarted = false;
        clearTimeout(this.#timer);
    }

    noteActivity() {
        this.#lastActivity = performance.now();
    }

    /** Polls at once, or as soon as the server allows. A poll under way is followed by another one:
     *  it may have read the server's state before the change that the caller knows of. */
    pollNow() {
        if (!this.#isStarted) return;
        if (this.#isPolling) this.#isPollRequested = true;
        else this.#schedule(this.#backoff.hold);
    }

    #schedule(wait) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#runPoll(), wait);
    }

    async #runPoll() {
        this.#isPolling = true;
        this.#isPollRequested = false;
        const wait = await this.#pollOnce();
        this.#isPolling = false;
        if (!this.#isStarted) return;
        if (this.#isPollRequested) this.pollNow();
        else this.#schedule(wait);
    }

    /** Returns the milliseconds until the next poll. */
    async #pollOnce() {
        try {
            await this.#poll();
            this.#backoff.reset();
            const quiet = performance.now() - this.#lastActivity;
            return withJitter(pollInterval({ hidden: document.hidden, quiet }));
        } catch (fault) {
            this.#backoff.fail(fault);
            return this.#backoff.wait;
        }
    }
}
