/* Reads the answers of the server. */

/** Returns undefined for a body that is no JSON. Rejects when the connection breaks before the end. */
export async function readJSON(answer) {
    const text = await answer.text();
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** Returns a body of any length as a Blob, or undefined for one of another type. Rejects when the
 *  connection breaks before the end.
 *
 *  @param onProgress called with the number of bytes that have come */
export async function readFile(answer, wantedType, onProgress) {
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.startsWith(wantedType)) return undefined;
    const parts = [];
    let byteCount = 0;
    const reader = answer.body.getReader();
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return new Blob(parts, { type });
        parts.push(value);
        byteCount += value.length;
        onProgress(byteCount);
    }
}

/** Returns `Retry-After` in seconds, 0 without one. A date in it is ignored: clocks differ. */
export function retryAfterOf(answer, max) {
    const seconds = Number(answer.headers.get("Retry-After")) || 0;
    return Math.min(Math.max(seconds, 0), max);
}

/** Returns "" for an answer without an id of the server's form. */
export const requestIdOf = (answer) =>
    /^[0-9a-f]{1,8}-\d{1,20}$/u.exec(answer.headers.get("X-Request-ID") ?? "")?.[0] ?? "";
