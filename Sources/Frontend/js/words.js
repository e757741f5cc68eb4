import { language } from "../config.js";

const { words } = await import(`./words/${language}.js`);

/** The words at a path such as "login.submit", with values put in where they take some. */
export function say(path, values = {}) {
    const found = path.split(".").reduce((branch, name) => branch?.[name], words);
    if (found === undefined) throw new Error(`no words for ${path}`);
    return typeof found === "function" ? found(values) : found;
}

/** A sentence that says what went wrong and what to do: ours where we know more, else the server's. */
export function sayFault(fault) {
    const limit = own(words.limit, fault.code, "function");
    if (limit && fault.retryAfter) return limit(words.duration(fault.retryAfter));
    return own(words.fault, fault.code, "string") ?? (fault.sentence || words.fault.internal);
}

/** What stands in a table by that name, where it is of that type; "constructor" is in none. */
function own(table, name, type) {
    return Object.hasOwn(table, name) && typeof table[name] === type ? table[name] : null;
}

const places = [
    ["data-word", (node, text) => { node.textContent = text; }],
    ["data-word-label", (node, text) => node.setAttribute("aria-label", text)],
    ["data-word-title", (node, text) => { node.title = text; }],
    ["data-word-placeholder", (node, text) => { node.placeholder = text; }],
];

/** Puts the words into the page's elements that name them. */
export function fillPage() {
    document.documentElement.lang = language;
    for (const [attribute, put] of places) {
        for (const node of document.querySelectorAll(`[${attribute}]`)) {
            put(node, say(node.getAttribute(attribute)));
        }
    }
}
