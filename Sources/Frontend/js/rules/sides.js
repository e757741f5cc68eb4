/** The sides of a picture, read from its first segments: a small file may unfold to gigabytes, so this is
 *  known before a browser unfolds it. Pure functions. */

const pixelsMax = 25_000_000;

/** Returns whether a picture may be shown. Its sides must be known. */
export function mayUnfold(bytes) {
    const sides = jpegSides(bytes) ?? pngSides(bytes) ?? webpSides(bytes);
    return sides !== null && sides[0] * sides[1] <= pixelsMax;
}

const begins = (bytes, text, at = 0) =>
    [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
const number = (bytes, at, count) =>
    bytes.subarray(at, at + count).reduce((sum, byte) => sum * 256 + byte, 0);
const backward = (bytes, at, count) => number(bytes.slice(at, at + count).reverse(), 0, count);

function jpegSides(bytes) {
    if (!begins(bytes, "\xff\xd8\xff")) return null;
    for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
        const marker = bytes[at + 1];
        const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
        if (isFrame) return [number(bytes, at + 7, 2), number(bytes, at + 5, 2)];
        // Fill bytes may stand before a marker.
        at += marker === 0xff ? 1 : 2 + Math.max(2, number(bytes, at + 2, 2));
    }
    return null;
}

function pngSides(bytes) {
    const isPNG = begins(bytes, "\x89PNG\r\n\x1a\n") && begins(bytes, "IHDR", 12);
    return isPNG && bytes.length >= 24 ? [number(bytes, 16, 4), number(bytes, 20, 4)] : null;
}

function webpSides(bytes) {
    if (!begins(bytes, "RIFF") || !begins(bytes, "WEBP", 8) || bytes.length < 30) return null;
    if (begins(bytes, "VP8X", 12)) return [backward(bytes, 24, 3) + 1, backward(bytes, 27, 3) + 1];
    if (begins(bytes, "VP8 ", 12)) {
        return [backward(bytes, 26, 2) & 0x3fff, backward(bytes, 28, 2) & 0x3fff];
    }
    if (!begins(bytes, "VP8L", 12)) return null;
    const bits = backward(bytes, 21, 4);
    return [(bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1];
}
