import { bytesMax, fileBytesMax, scaled, sideMax } from "../rules/photos.js";
import { startBytes, thumbnailBytesMax, thumbnailSide, withThumbnail } from "../rules/thumbnails.js";
import { Fault } from "./fault.js";

const type = "image/jpeg";
const attempts = [
    { side: sideMax, quality: 0.82 }, { side: sideMax, quality: 0.6 }, { side: 1000, quality: 0.5 },
];

/** Returns `{blob, width, height}`: the picture alone, scaled and encoded anew, with a thumbnail at its
 *  beginning. A file's place, camera and time are no part of the picture and never leave the
 *  device. Rejects with a Fault of code "photo_unreadable". */
export async function encodePhoto(file) {
    const image = await decode(file);
    try {
        for (const { side, quality } of attempts) {
            const size = sizeOf(image, side);
            const picture = await draw(image, size, quality);
            const blob = picture && await thumbnailed(image, picture);
            if (blob && blob.size <= bytesMax) return { blob, ...size };
        }
        throw new Fault(400, "photo_unreadable");
    } finally {
        URL.revokeObjectURL(image.src);
    }
}

/** An image element turns the picture as its file says, in every browser. */
async function decode(file) {
    const image = new Image();
    if (file.size <= fileBytesMax) image.src = URL.createObjectURL(file);
    try {
        await image.decode();
    } catch {
        URL.revokeObjectURL(image.src);
        throw new Fault(400, "photo_unreadable");
    }
    return image;
}

const sizeOf = ({ naturalWidth: width, naturalHeight: height }, side) => scaled({ width, height }, side);

/** Returns a picture with its thumbnail, or the picture alone where a thumbnail would save nothing. */
async function thumbnailed(image, picture) {
    if (picture.size <= startBytes) return picture;
    const thumbnail = await draw(image, sizeOf(image, thumbnailSide), 0.6);
    if (!thumbnail || thumbnail.size > thumbnailBytesMax) return picture;
    const bytes = async (blob) => new Uint8Array(await blob.arrayBuffer());
    return new Blob(withThumbnail(await bytes(picture), await bytes(thumbnail)), { type });
}

/** Draws on white: JPEG knows no transparency. */
function draw(image, { width, height }, quality) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0, width, height);
    return new Promise((resolve) => { canvas.toBlob(resolve, type, quality); });
}
