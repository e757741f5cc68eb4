import { language as configured } from "../config.js";
import { languageFor } from "./rules/language.js";
import { BrowserStorage } from "./state/storage.js";
import { words as english } from "./words/en.js";
import { words as indonesian } from "./words/id.js";

/** The language of this page until it is loaded again. */
export const language = languageFor({
    chosen: new BrowserStorage().read("language"), configured,
    preferred: navigator.language,
});
const words = language === "en" ? english : indonesian;

/** Returns the words at a path such as "login.submit". Words with gaps take the values for them. */
export function say(path, values = {}) {
    const found = path.split(".").reduce((branch, name) => branch?.[name], words);
    if (found === undefined) throw new Error(`no words for ${path}`);
    return typeof found === "function" ? found(values) : found;
}

/** Returns a sentence about a Fault and what to do: the client's own for a known code, else the
 *  server's. A fault inside the server comes with the id by which its log knows the request. */
export function sayFault(fault) {
    const limit = own(words.limit, fault.code, "function");
    if (limit && fault.retryAfter) return limit(words.duration(fault.retryAfter));
    const text = own(words.fault, fault.code, "string") ?? (fault.sentence || words.fault.internal);
    return fault.status === 500 && fault.requestId ? words.quotable(text, fault.requestId) : text;
}

/** Returns an entry of a table, if it is of that type. Inherited names, as "constructor", are not. */
function own(table, name, type) {
    return Object.hasOwn(table, name) && typeof table[name] === type ? table[name] : null;
}

const places = [
    ["data-word", (node, text) => { node.textContent = text; }],
    ["data-word-label", (node, text) => node.setAttribute("aria-label", text)],
    ["data-word-title", (node, text) => { node.title = text; }],
    ["data-word-placeholder", (node, text) => { node.placeholder = text; }],
];

/** Puts words into the elements of index.html that name them by a `data-word` attribute. */
export function fillPage() {
    document.documentElement.lang = language;
    for (const [attribute, put] of places) {
        for (const node of document.querySelectorAll(`[${attribute}]`)) {
            put(node, say(node.getAttribute(attribute)));
        }
    }
}
