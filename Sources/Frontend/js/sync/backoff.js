const firstWait = 2_000;
const defaultWaitMax = 60_000;

/** Returns the milliseconds to wait after that many failures in a row, from 1 on. `retryAfter` is
 *  the server's wish in seconds. */
export function backoffWait(failures, retryAfter = 0, waitMax = defaultWaitMax) {
    const doubled = Math.min(firstWait * 2 ** (failures - 1), waitMax);
    return Math.max(doubled, retryAfter * 1000);
}

/** Returns up to a tenth more, never less, so that many clients do not come back at once. */
export const withJitter = (wait) => wait * (1 + Math.random() * 0.1);

/** The failures in a row of one kind of request, and the time of its next attempt. Counts on
 *  `performance.now()`, which never jumps. */
export class Backoff {
    #waitMax;
    #failures = 0;
    #retryAt = 0;
    #heldUntil = 0;

    /** @param waitMax the longest wait in milliseconds, unless the server asks for more */
    constructor({ waitMax = defaultWaitMax } = {}) {
        this.#waitMax = waitMax;
    }

    /** Milliseconds until an automatic retry; 0 when one may start now. */
    get wait() {
        return Math.max(0, this.#retryAt - performance.now());
    }

    /** Milliseconds for which the server wants no request at all, not even a person's. */
    get hold() {
        return Math.max(0, this.#heldUntil - performance.now());
    }

    fail({ retryAfter = 0 }) {
        this.#failures += 1;
        const now = performance.now();
        this.#retryAt = now + withJitter(backoffWait(this.#failures, retryAfter, this.#waitMax));
        this.#heldUntil = now + retryAfter * 1000;
    }

    reset() {
        this.#failures = 0;
        this.#retryAt = 0;
        this.#heldUntil = 0;
    }
}
