/** Rules for photos: what is one, and how large it is shown. Pure functions. */

/** The number of photos that one draft holds. */
export const photosMax = 10;
/** The longest side of a photo that is sent, in pixels. */
export const sideMax = 1600;
/** The largest photo that the server takes, in bytes. */
export const bytesMax = 2 * 1024 * 1024;
/** The largest file that is opened, in bytes: phones make photos of 20 MB. */
export const fileBytesMax = 64 * 1024 * 1024;

const shownMax = 330; // pixels, of either side
const shownMin = 160;
const flattest = 2.4; // width to height; beyond it the frame shows the middle of the photo
const tallest = 0.5;

const isSide = (side) => Number.isInteger(side) && side >= 1 && side <= 10_000;

/** Returns `{id, width, height}` of a message or an item, or null where it has no photo. */
export function photoOf(photo) {
    const { id, width, height } = photo ?? {};
    return typeof id === "string" && id && isSide(width) && isSide(height) ? { id, width, height } : null;
}

/** Returns the size within `max` that keeps the shape. A small photo is not made larger. */
export function scaled({ width, height }, max = sideMax) {
    const scale = Math.min(1, max / Math.max(width, height));
    const side = (length) => Math.max(1, Math.round(length * scale));
    return { width: side(width), height: side(height) };
}

/** Returns the size of the frame that shows a photo in a conversation, in pixels. It depends on nothing
 *  that is known only when the photo has come. */
export function frameOf({ width, height }) {
    const shape = Math.min(Math.max(width / height, tallest), flattest);
    const widest = shape >= 1 ? shownMax : Math.max(shownMin, shownMax * shape);
    const frameWidth = Math.round(Math.min(widest, Math.max(width, shownMin)));
    return { width: frameWidth, height: Math.round(frameWidth / shape) };
}
