import { Backoff, withJitter } from "./backoff.js";

const activeWait = 3_000;
const idleWait = 5_000;
const hiddenWait = 15_000;
const idleAfter = 60_000;
const asleepAfter = 600_000;
const gapMin = 250; // between the starts of two polls, however much there is to tell
const heldMax = 30_000; // a poll held for longer has lost its connection

/** Returns the milliseconds between two polls where the server holds none.
 *
 *  @param quiet milliseconds since a person did something or something arrived */
export function pollInterval({ hidden, quiet }) {
    if (hidden || quiet > asleepAfter) return hiddenWait;
    return quiet > idleAfter ? idleWait : activeWait;
}

/** Calls `poll` repeatedly, one call at a time. A poll that had something to tell, or that the server
 *  held for a while, is followed by another one at once. Otherwise the next one comes after a few
 *  seconds, later when the page is idle or hidden, and with exponential backoff while `poll` fails. */
export class Poller {
    #poll;
    #timer = 0;
    #abort = null; // of the poll under way
    #startedAt = 0;
    #isPollRequested = false;
    #backoff = new Backoff();
    #lastActivity = performance.now();
    #isStarted = false;

    /** @param poll async, given an AbortSignal; returns whether the next one may follow at once;
     *  rejects with a Fault */
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
        this.#abandon();
    }

    noteActivity() {
        this.#lastActivity = performance.now();
    }

    /** Polls at once, or as soon as the server allows. A poll under way is followed by another one:
     *  it may have read the server's state before the change that the caller knows of.
     *
     *  @param afresh whether to give up the poll under way, as after a change of the network */
    pollNow({ afresh = false } = {}) {
        if (!this.#isStarted) return;
        const isStale = performance.now() - this.#startedAt > heldMax;
        if (this.#abort && (afresh || isStale)) this.#abandon();
        if (this.#abort) this.#isPollRequested = true;
        else this.#schedule(this.#backoff.hold);
    }

    #abandon() {
        this.#abort?.abort();
        this.#abort = null;
    }

    #schedule(wait) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#runPoll(), wait);
    }

    async #runPoll() {
        const abort = new AbortController();
        this.#abort = abort;
        this.#startedAt = performance.now();
        this.#isPollRequested = false;
        const wait = await this.#pollOnce(abort.signal);
        if (abort.signal.aborted) return;
        this.#abort = null;
        if (this.#isPollRequested) this.pollNow();
        else this.#schedule(wait);
    }

    /** Returns the milliseconds until the next poll. */
    async #pollOnce(signal) {
        try {
            const mayFollow = await this.#poll(signal);
            this.#backoff.reset();
            const now = performance.now();
            if (mayFollow) return Math.max(0, this.#startedAt + gapMin - now);
            const quiet = now - this.#lastActivity;
            return withJitter(pollInterval({ hidden: document.hidden, quiet }));
        } catch (fault) {
            if (!signal.aborted) this.#backoff.fail(fault);
            return this.#backoff.wait;
        }
    }
}
