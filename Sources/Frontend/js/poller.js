import { backoffWait, calmWait, withJitter } from "./pace.js";

/** Calls `poll` again and again: soon while someone is there, seldom when hidden, slower on faults. */
export class Poller {
    #poll;
    #timer = 0;
    #running = false;
    #again = false;
    #failures = 0;
    #notBefore = 0;
    #lastActivity = performance.now();
    #started = false;

    /** @param poll rejects with a Fault */
    constructor(poll) {
        this.#poll = poll;
    }

    get failures() {
        return this.#failures;
    }

    start() {
        if (this.#started) return;
        this.#started = true;
        this.hurry();
    }

    stop() {
        this.#started = false;
        clearTimeout(this.#timer);
    }

    noteActivity() {
        this.#lastActivity = performance.now();
    }

    /** Polls now, or as soon as the server allows. */
    hurry() {
        if (!this.#started) return;
        if (this.#running) {
            this.#again = true;
        } else {
            this.#wait(Math.max(0, this.#notBefore - performance.now()));
        }
    }

    #wait(milliseconds) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#round(), milliseconds);
    }

    async #round() {
        this.#running = true;
        this.#again = false;
        let wait = 0;
        try {
            await this.#poll();
            this.#failures = 0;
            this.#notBefore = 0;
            const quiet = performance.now() - this.#lastActivity;
            wait = calmWait({ hidden: document.hidden, quiet });
        } catch (fault) {
            this.#failures += 1;
            wait = backoffWait(this.#failures, fault.retryAfter);
            this.#notBefore = performance.now() + (fault.retryAfter ?? 0) * 1000;
        }
        this.#running = false;
        if (!this.#started) return;
        if (this.#again) this.hurry();
        else this.#wait(withJitter(wait));
    }
}
