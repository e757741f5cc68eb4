/** A request that has failed. `status` is 0 unless the server itself has answered: nothing arrived,
 *  or something of another origin, such as a proxy's page. `code` and `sentence` are the server's;
 *  `retryAfter` is in seconds; `requestId` is the id that the server's log knows it by, or "". */
export class Fault extends Error {
    constructor(status, code, sentence = "", retryAfter = 0, requestId = "") {
        super(`${status} ${code}`);
        Object.assign(this, { status, code, sentence, retryAfter, requestId });
    }

    /** Whether the same request may succeed later. */
    get isTransient() {
        return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
    }

    /** Whether a limit of this user or of the server was reached: the same request may succeed after
     *  `retryAfter` seconds. */
    get isLimit() {
        return this.retryAfter > 0 && (this.status === 429 || this.code === "busy");
    }

    get isVaultAway() {
        return this.code === "vault_unavailable" || this.isSealed;
    }

    /** Whether the vault waits for its owner to unseal it. */
    get isSealed() {
        return this.code === "sealed";
    }
}
