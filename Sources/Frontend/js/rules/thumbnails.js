/** A small picture at the beginning of a photo, made by the sender. A reader who saves data asks for the
 *  beginning alone. It is a JPEG within the JPEG: an APP0 segment with JFIF's extension "JFXX", code
 *  0x10 (JFIF 1.02). Programs that do not know it pass over it. Pure functions. */

/** The longest side of a thumbnail, in pixels. */
export const thumbnailSide = 320;
/** The beginning of a photo that holds its thumbnail, in bytes. */
export const startBytes = 32 * 1024;
/** The largest thumbnail in bytes: other segments may come before it. */
export const thumbnailBytesMax = 24 * 1024;

const mark = [0x4a, 0x46, 0x58, 0x58, 0x00, 0x10];
const app0 = 0xe0;
const scan = 0xda; // the picture itself begins here

/** Returns the pieces of a photo with that thumbnail. All are bytes. */
export function withThumbnail(photo, thumbnail) {
    // A thumbnail has no JFIF segment of its own.
    const small = [thumbnail.subarray(0, 2), thumbnail.subarray(endOfHead(thumbnail))];
    const length = 2 + mark.length + small[0].length + small[1].length;
    const end = endOfHead(photo);
    return [
        photo.subarray(0, end), Uint8Array.of(0xff, app0, length >> 8, length & 0xff, ...mark),
        ...small, photo.subarray(end),
    ];
}

/** Returns the bytes of the thumbnail that a photo begins with, or null. */
export function thumbnailIn(photo) {
    for (let at = 2; at + 4 <= photo.length && photo[at] === 0xff && photo[at + 1] !== scan;) {
        const end = endOfSegment(photo, at);
        if (end < at + 4 || end > photo.length) return null;
        const start = at + 4 + mark.length;
        const isThumbnail = photo[at + 1] === app0 && end > start
            && mark.every((byte, index) => photo[at + 4 + index] === byte);
        if (isThumbnail) return photo.subarray(start, end);
        at = end;
    }
    return null;
}

/** The end of the start of a JPEG and of its JFIF segment, if it has one. */
const endOfHead = (jpeg) => jpeg[3] === app0 ? endOfSegment(jpeg, 2) : 2;

const endOfSegment = (jpeg, at) => at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
