/** Rules for searched texts: where a text holds a query, compared as the server does. Pure functions. */

export const queryScalarsMax = 100;

/** Matches a mark that a search passes over, unless its query has one too. */
const accent = new RegExp("[\\u0300-\\u036F\\u0483-\\u0487\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4"
    + "\\u05C5\\u05C7\\u0610-\\u061A\\u064B-\\u065F\\u0670\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF"
    + "\\u20D0-\\u20FF\\uFE20-\\uFE2F]", "u");
const leadMax = 32; // in UTF-16, before the first hit of an excerpt
const excerptMax = 160;

/** Returns a query as it may be sent, from what was typed; "" where there is nothing to look for. */
export const queryOf = (typed) =>
    [...typed.trim().replace(/\s+/gu, " ")].slice(0, queryScalarsMax).join("");

/** Returns the text without case, and without accents unless they count, and the place in the text
 *  that each of its UTF-16 units comes from. */
function fold(text, keepsAccents) {
    let folded = "";
    const [starts, ends] = [[], []];
    let at = 0;
    for (const character of text) {
        const end = at + character.length;
        for (const part of character.toLowerCase().normalize("NFD")) {
            if (!keepsAccents && accent.test(part)) {
                if (ends.length > 0) ends[ends.length - 1] = end;
                continue;
            }
            folded += part === "ς" ? "σ" : part;
            while (starts.length < folded.length) {
                starts.push(at);
                ends.push(end);
            }
        }
        at = end;
    }
    return { folded, starts, ends };
}

/** Returns the text in pieces, `{text, isFound}`. Those that the query stands for are found. */
export function marked(text, query) {
    const keepsAccents = [...query.normalize("NFD")].some((each) => accent.test(each));
    const wanted = fold(query, keepsAccents).folded;
    const { folded, starts, ends } = fold(text, keepsAccents);
    const found = [];
    let done = 0;
    let index = wanted ? folded.indexOf(wanted) : -1;
    while (index >= 0) {
        const [start, end] = [starts[index], ends[index + wanted.length - 1]];
        if (start > done) found.push({ text: text.slice(done, start), isFound: false });
        found.push({ text: text.slice(start, end), isFound: true });
        done = end;
        index = folded.indexOf(wanted, index + wanted.length);
    }
    if (done < text.length) found.push({ text: text.slice(done), isFound: false });
    return found;
}

/** Returns one line of the text around its first hit, in pieces as `marked` has them. */
export function excerpt(text, query) {
    const line = text.replace(/\s+/gu, " ");
    const [first] = marked(line, query);
    const hit = !first || first.isFound ? 0 : first.text.length;
    // An excerpt that begins within a word begins with the word before.
    const start = hit > leadMax && hit < line.length
        ? line.lastIndexOf(" ", hit - leadMax) + 1 || hit - leadMax : 0;
    const whole = [...line.slice(start, start + excerptMax * 2)];
    const shown = whole.slice(0, excerptMax).join("").replace(/^[\uDC00-\uDFFF]/u, "");
    return marked(`${start > 0 ? "…" : ""}${shown}`, query);
}
