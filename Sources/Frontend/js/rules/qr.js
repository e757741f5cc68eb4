/** QR codes (ISO/IEC 18004) of texts, in bytes and at error correction level M. Pure functions. */

const versionMax = 40;
// By version from 1 on: the error correction bytes of a block, and the number of blocks (table 9).
const correctionOf = [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];
const blocksOf = [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];
const masks = [
    (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
    (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => x * y % 2 + x * y % 3,
    (x, y) => (x * y % 2 + x * y % 3) % 2, (x, y) => ((x + y) % 2 + x * y % 3) % 2,
];

/** Returns the modules of the smallest code that holds the text, row by row: true is dark. Null
 *  where no code is large enough. */
export function qrCode(text) {
    const bytes = new TextEncoder().encode(text);
    for (let version = 1; version <= versionMax; version += 1) {
        if (bytes.length + (version < 10 ? 2 : 3) <= dataLength(version)) return draw(bytes, version);
    }
    return null;
}

const sizeOf = (version) => version * 4 + 17;

/** The positions of the alignment patterns' centres, in both directions (annex E). */
function centresOf(version) {
    if (version === 1) return [];
    const count = Math.floor(version / 7) + 2;
    const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
    const last = sizeOf(version) - 7;
    return [6, ...Array.from({ length: count - 1 }, (_, at) => last - step * (count - 2 - at))];
}

/** The bytes in a code, data and error correction together. */
function byteCount(version) {
    const count = centresOf(version).length;
    const alignment = count === 0 ? 0 : (count * count - 3) * 25 - Math.max(0, count - 2) * 10;
    const versions = version >= 7 ? 36 : 0;
    const size = sizeOf(version);
    const timing = (size - 16) * 2;
    return Math.floor((size * size - 192 - timing - 31 - alignment - versions) / 8);
}

const dataLength = (version) =>
    byteCount(version) - correctionOf[version - 1] * blocksOf[version - 1];

/** Returns the data bytes: mode, length, text, end, padding. */
function dataOf(text, version) {
    const bits = [];
    const put = (value, length) => {
        for (let at = length - 1; at >= 0; at -= 1) bits.push(value >> at & 1);
    };
    put(4, 4);
    put(text.length, version < 10 ? 8 : 16);
    for (const byte of text) put(byte, 8);
    const length = dataLength(version);
    put(0, Math.min(4, length * 8 - bits.length));
    while (bits.length % 8) bits.push(0);
    const data = [];
    for (let at = 0; at < bits.length; at += 8) data.push(parseInt(bits.slice(at, at + 8).join(""), 2));
    for (let pad = 0xec; data.length < length; pad ^= 0xfd) data.push(pad);
    return data;
}

/** Multiplies in the field of 256 elements with the polynomial 0x11d. */
function product(one, other) {
    let found = 0;
    for (let bit = 7; bit >= 0; bit -= 1) {
        found = found << 1 ^ (found >> 7) * 0x11d;
        if (other >> bit & 1) found ^= one;
    }
    return found;
}

/** Returns the Reed-Solomon remainder of a block. */
function correction(block, degree) {
    let divisor = [1];
    for (let root = 1, power = 0; power < degree; power += 1, root = product(root, 2)) {
        const shifted = [...divisor, 0];
        divisor = shifted.map((each, at) => each ^ (at > 0 ? product(divisor[at - 1], root) : 0));
    }
    const rest = Array(degree).fill(0);
    for (const byte of block) {
        const factor = byte ^ rest.shift();
        rest.push(0);
        divisor.slice(1).forEach((each, at) => { rest[at] ^= product(each, factor); });
    }
    return rest;
}

/** Splits the data into blocks with their correction, and takes from each in turn. */
function interleaved(data, version) {
    const count = blocksOf[version - 1];
    const degree = correctionOf[version - 1];
    const short = Math.floor(data.length / count);
    const longFrom = count - data.length % count;
    const blocks = [];
    for (let index = 0, at = 0; index < count; index += 1) {
        const length = short + (index >= longFrom ? 1 : 0);
        blocks.push(data.slice(at, at + length));
        at += length;
    }
    const corrections = blocks.map((block) => correction(block, degree));
    const found = [];
    for (let at = 0; at <= short; at += 1) {
        for (const block of blocks) if (at < block.length) found.push(block[at]);
    }
    for (let at = 0; at < degree; at += 1) for (const each of corrections) found.push(each[at]);
    return found;
}

function draw(text, version) {
    const size = sizeOf(version);
    const modules = Array.from({ length: size }, () => Array(size).fill(false));
    const fixed = Array.from({ length: size }, () => Array(size).fill(false));
    const set = (x, y, isDark) => {
        if (x < 0 || y < 0 || x >= size || y >= size) return;
        modules[y][x] = Boolean(isDark);
        fixed[y][x] = true;
    };
    drawPatterns(set, version);
    drawFormat(set, size, 0);
    drawData(modules, fixed, interleaved(dataOf(text, version), version));
    let best = null;
    for (let mask = 0; mask < masks.length; mask += 1) {
        drawFormat(set, size, mask);
        const masked = modules.map((row, y) => row.map((isDark, x) =>
            fixed[y][x] ? isDark : isDark !== (masks[mask](x, y) === 0)));
        const penalty = penaltyOf(masked);
        if (!best || penalty < best.penalty) best = { masked, penalty };
    }
    return best.masked;
}

/** Draws timing, finder and alignment patterns, and the version. */
function drawPatterns(set, version) {
    const size = sizeOf(version);
    for (let at = 0; at < size; at += 1) {
        set(at, 6, at % 2 === 0);
        set(6, at, at % 2 === 0);
    }
    const square = (x, y, reach, light) => {
        for (let dy = -reach; dy <= reach; dy += 1) {
            for (let dx = -reach; dx <= reach; dx += 1) {
                set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
            }
        }
    };
    for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [2, 4]);
    const centres = centresOf(version);
    for (const x of centres) {
        for (const y of centres) {
            const isFinder = (x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6);
            if (!isFinder) square(x, y, 2, [1]);
        }
    }
    if (version < 7) return;
    const bits = version << 12 | remainder(version, 12, 0x1f25);
    for (let at = 0; at < 18; at += 1) {
        const [near, far] = [Math.floor(at / 3), size - 11 + at % 3];
        set(near, far, bits >> at & 1);
        set(far, near, bits >> at & 1);
    }
}

/** Returns the remainder of a value with `degree` zero bits behind it. */
function remainder(value, degree, generator) {
    let rest = value;
    for (let at = 0; at < degree; at += 1) rest = rest << 1 ^ (rest >> degree - 1) * generator;
    return rest;
}

/** Draws the level (M is 0) and the mask, both of them twice. */
function drawFormat(set, size, mask) {
    const bits = (mask << 10 | remainder(mask, 10, 0x537)) ^ 0x5412;
    for (let at = 0; at < 15; at += 1) {
        const bit = bits >> at & 1;
        if (at < 8) set(size - 1 - at, 8, bit);
        else set(8, size - 15 + at, bit);
        if (at < 6) set(8, at, bit);
        else if (at < 8) set(8, at + 1, bit);
        else if (at === 8) set(7, 8, bit);
        else set(14 - at, 8, bit);
    }
    set(8, size - 8, true);
}

/** Fills the bits in, in columns of two from the right, up and down in turn. */
function drawData(modules, fixed, bytes) {
    const size = modules.length;
    let at = 0;
    for (let right = size - 1; right >= 1; right -= 2) {
        if (right === 6) right = 5;
        for (let step = 0; step < size; step += 1) {
            const isUp = (right + 1 & 2) === 0;
            const y = isUp ? size - 1 - step : step;
            for (const x of [right, right - 1]) {
                if (fixed[y][x] || at >= bytes.length * 8) continue;
                modules[y][x] = Boolean(bytes[at >> 3] >> 7 - (at & 7) & 1);
                at += 1;
            }
        }
    }
}

/** Returns the penalty of a code: long runs, blocks, false finders, imbalance (§7.8.3). */
function penaltyOf(modules) {
    const size = modules.length;
    const columns = modules.map((_, x) => modules.map((row) => row[x]));
    let penalty = 0;
    for (const line of [...modules, ...columns]) {
        const text = line.map(Number).join("");
        for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
        for (let at = 0; at < size; at += 1) {
            const here = text.slice(at, at + 11);
            if (here === "10111010000" || here === "00001011101") penalty += 40;
        }
    }
    let dark = 0;
    for (let y = 0; y < size; y += 1) {
        for (let x = 0; x < size; x += 1) {
            if (modules[y][x]) dark += 1;
            if (y === 0 || x === 0) continue;
            const [one, two, three, four] = [
                modules[y][x], modules[y - 1][x], modules[y][x - 1], modules[y - 1][x - 1]];
            if (one === two && one === three && one === four) penalty += 3;
        }
    }
    return penalty + Math.floor(Math.abs(dark * 20 - size * size * 10) / (size * size)) * 10;
}
