/** How long to wait until the next poll: pure functions, in milliseconds. */
const activeWait = 3_000;
const idleWait = 5_000;
const hiddenWait = 15_000;
const idleAfter = 60_000;
const asleepAfter = 600_000;
const firstBackoff = 2_000;
const backoffMax = 60_000;

/** @param quiet how long nobody did anything and nothing arrived */
export function calmWait({ hidden, quiet }) {
    if (hidden || quiet > asleepAfter) return hiddenWait;
    return quiet > idleAfter ? idleWait : activeWait;
}

/** @param failures in a row, from 1; `retryAfter` is the server's wish in seconds */
export function backoffWait(failures, retryAfter = 0) {
    const doubled = Math.min(firstBackoff * 2 ** (failures - 1), backoffMax);
    return Math.max(doubled, retryAfter * 1000);
}

/** Up to a tenth longer, never shorter, so that many clients do not come at once. */
export const withJitter = (wait) => wait * (1 + Math.random() * 0.1);
