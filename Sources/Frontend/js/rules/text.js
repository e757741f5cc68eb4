/** Rules for texts: sanitising and counting as the server does, links, emoji. Pure functions. */
export const scalarsMax = 4096;

/** Matches controls except newline and tab, non-characters, and lone surrogates. A CRLF loses its
 *  carriage return. */
const dropped = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{NChar}|\p{Cs}/gu;
const blank = /\p{White_Space}/u;
/** Matches a character with a glyph: neither blank nor Default_Ignorable_Code_Point (Unicode §5.21). */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a reader sees any character of the text. */
export const isVisible = (text) => visible.test(text);

/** Returns the text as the server will store it, so that counts agree. A text without a visible
 *  character becomes empty. */
export function sanitise(text) {
    const kept = trimmed(text.replace(dropped, ""));
    return isVisible(kept) ? kept : "";
}

/** Removes blanks at both ends. Unlike `trim()` it keeps a U+FEFF, as the server does. */
export function trimmed(text) {
    let start = 0;
    let end = text.length;
    while (start < end && blank.test(text[start])) start++;
    while (start < end && blank.test(text[end - 1])) end--;
    return text.slice(start, end);
}

export const scalarCount = (text) => [...text].length;

/** Returns the beginning of a text in one line. It never ends within a surrogate pair. */
export function summary(text, lengthMax = 200) {
    return [...text.slice(0, lengthMax * 2)].slice(0, lengthMax).join("").replace(/\s+/gu, " ");
}

/** The ends of names that are links without "https://" or "www.": a sentence that lacks a blank after
 *  its full stop, such as "ya.nanti", is none. */
const ends = "com|net|org|edu|gov|mil|info|biz|io|dev|app|xyz|online|site|store|tech|cloud|blog|ai"
    + "|id|sg|my|au|jp|nl|de|uk|eu|ch|fr|tv";
const linked = String.raw`[^\s<>"“”\p{Cc}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]`;
/** Matches a link. Invisible characters, and those that change the direction of text, end it. */
const link = new RegExp(String.raw`\b(?:(?:https?:\/\/|www\.)${linked}+`
    + String.raw`|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:${ends})(?![\p{L}\p{N}_@-]|\.[\p{L}\p{N}])`
    + String.raw`(?::\d+)?(?:[/?#]${linked}*)?)`, "giu");
const trailing = /[.,;:!?'’)\]}*_~]/u;
const bare = new RegExp(String.raw`^(?:www\.[^./]+\.[^./]|(?!www\.)[^./]+\.[^/]*[a-z])`, "iu");

/** Returns the candidate without the punctuation of the sentence around it. */
function linkIn(candidate) {
    let open = candidate.split("(").length - candidate.split(")").length;
    let end = candidate.length;
    while (end > 0 && trailing.test(candidate[end - 1])) {
        if (candidate[end - 1] === ")") {
            if (open >= 0) break;
            open += 1;
        }
        end -= 1;
    }
    return candidate.slice(0, end);
}

/** Returns the address of a typed link. Null unless it is http or https and leads to the host that it
 *  shows, or to the ASCII form of an international name. */
function addressOf(shown) {
    const isBare = !shown.includes("://");
    if (isBare && !bare.test(shown)) return null;
    try {
        const url = new URL(isBare ? `https://${shown}` : shown);
        if (!["http:", "https:"].includes(url.protocol)) return null;
        const [, authority] = /^(?:https?:\/\/)?([^/?#\\]*)/iu.exec(shown);
        const host = authority.toLowerCase().replace(/:\d*$/u, "").split(".");
        const labels = url.hostname.split(".");
        const isShown = host.length === labels.length && labels.every(
            (label, index) => label === host[index] || label.startsWith("xn--"));
        return isShown ? url.href : null;
    } catch {
        return null; // no URL at all
    }
}

/** Returns the text in pieces: `{text}`, or `{text, href}` for a link. */
export function pieces(text) {
    const found = [];
    let at = 0;
    for (const { 0: candidate, index } of text.matchAll(link)) {
        const shown = linkIn(candidate);
        const isInside = !shown.includes("://") && /[@./\\\p{L}\p{N}_-]/u.test(text[index - 1] ?? "");
        const href = isInside ? null : addressOf(shown);
        if (!href) continue;
        if (index > at) found.push({ text: text.slice(at, index) });
        found.push({ text: shown, href });
        at = index + shown.length;
    }
    if (at < text.length) found.push({ text: text.slice(at) });
    return found;
}

/** Matches a cluster (Unicode TR 29) longer than any language or emoji needs: marks, joined pictures,
 *  signs before or after a letter, conjuncts, and Hangul's parts of one kind. */
const crowd = new RegExp([
    String.raw`(?:\u200D.|[\p{M}\p{Cf}\p{Grapheme_Extend}\p{Emoji_Modifier}\u0E33\u0EB3\u0D4E`
        + String.raw`\u{111C2}\u{111C3}\u{113D1}\u{1193F}\u{11941}\u{11A3A}\u{11A84}-\u{11A89}`
        + String.raw`\u{11D46}]){12}`,
    String.raw`(?:[\u094D\u09CD\u0ACD\u0B4D\u0C4D\u0D4D\u1039\u17D2\u1A60\u1B44]\p{L}){6}`,
    String.raw`[\u1100-\u115F\uA960-\uA97F]{12}`,
    String.raw`[\u1160-\u11A7\uD7B0-\uD7C6]{12}`,
    String.raw`[\u11A8-\u11FF\uD7CB-\uD7FB]{12}`,
].join("|"), "gsu");

/** Splits the text where a line may be broken. A cluster with hundreds of marks would otherwise be
 *  wider than its bubble. */
export function stretches(text) {
    const found = [];
    let at = 0;
    for (const { 0: marks, index } of text.matchAll(crowd)) {
        found.push(text.slice(at, index + marks.length));
        at = index + marks.length;
    }
    if (at < text.length) found.push(text.slice(at));
    return found;
}

/** Matches one emoji as Unicode TR 51 composes them: a flag, a keycap, or pictures with joiners.
 *  `\p{RGI_Emoji}` needs the `v` flag, and a browser without that flag would not load this file. */
const picture = String.raw`(?:\p{Emoji_Modifier_Base}\p{Emoji_Modifier}`
    + String.raw`|(?!\p{Regional_Indicator}|\p{Emoji_Modifier})\p{Emoji_Presentation}`
    + String.raw`|\p{Extended_Pictographic}\uFE0F)`
    + String.raw`(?:\uFE0F|[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const joined = String.raw`\u200D(?:${picture}|\p{Extended_Pictographic}\p{Emoji_Modifier}?)`;
const emoji = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F\u20E3|${picture}(?:${joined})*)`;
const fewEmoji = new RegExp(
    String.raw`^\p{White_Space}*(?:${emoji}\p{White_Space}*){1,3}$`, "u");

/** Whether the text is one to three emoji and nothing else. Such a text is shown large. */
export function isFewEmoji(text) {
    return text.length <= 60 && fewEmoji.test(text);
}

const cluster = new RegExp(String.raw`^(?:${emoji}|.\p{M}*)`, "su");
const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });
const clusterMax = 40; // in UTF-16; a family of four with skin tones has 19

/** Returns the first visible character of a name in upper case. An emoji of several code points stays
 *  whole. */
export function initialOf(name) {
    const start = name.search(visible);
    if (start < 0) return "?";
    const rest = name.slice(start, start + clusterMax * 2);
    const first = segmenter ? segmenter.segment(rest).containing(0).segment : cluster.exec(rest)[0];
    return (first.length > clusterMax ? [...first][0] : first).toLocaleUpperCase();
}
