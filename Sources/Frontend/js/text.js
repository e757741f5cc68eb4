/** Text rules, without a page: what the server counts, what a link is, what is only emoji. */
export const scalarsMax = 4096;

/** Controls but newline and tab (a CRLF loses its carriage return), non-characters, lone halves. */
const dropped = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{NChar}|\p{Cs}/gu;
const blank = /\p{White_Space}/u;

/** What the server will make of a message: the same sanitising, so that counts agree. */
export function sanitise(text) {
    return trimmed(text.replace(dropped, ""));
}

/** Unlike `trim()` it leaves a U+FEFF alone, as the server does. */
function trimmed(text) {
    let start = 0;
    let end = text.length;
    while (start < end && blank.test(text[start])) start++;
    while (start < end && blank.test(text[end - 1])) end--;
    return text.slice(start, end);
}

export const scalarCount = (text) => [...text].length;

const link = /\bhttps?:\/\/[^\s<>"“”]+/giu;
const trailing = /[.,;:!?'’)\]}*_~]$/u;

/** Where a link that was typed ends: a sentence's punctuation is not part of it. */
function linkEnd(candidate) {
    let end = candidate;
    while (trailing.test(end)) {
        const isPaired = end.endsWith(")") && end.split("(").length >= end.split(")").length;
        if (isPaired) break;
        end = end.slice(0, -1);
    }
    return end;
}

/** The text in pieces: `{text}`, or `{text, href}` for http and https links. */
export function pieces(text) {
    const found = [];
    let at = 0;
    for (const match of text.matchAll(link)) {
        const shown = linkEnd(match[0]);
        if (!URL.canParse(shown)) continue;
        const { href, protocol, hostname } = new URL(shown);
        if (!hostname || !["http:", "https:"].includes(protocol)) continue;
        if (match.index > at) found.push({ text: text.slice(at, match.index) });
        found.push({ text: shown, href });
        at = match.index + shown.length;
    }
    if (at < text.length) found.push({ text: text.slice(at) });
    return found;
}

const emojiOnly = /^(?:\p{RGI_Emoji}|\s)+$/v;
const oneEmoji = /\p{RGI_Emoji}/gv;

/** Whether the text is at most three emoji and nothing else: then they are shown large. */
export function isFewEmoji(text) {
    return text.length <= 60 && emojiOnly.test(text) && text.match(oneEmoji).length <= 3;
}
