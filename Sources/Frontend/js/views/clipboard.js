import { element } from "./dom.js";

/** Puts a text on the clipboard. Returns whether that worked. Pages over plain http have no
 *  `navigator.clipboard`, and some browsers refuse it. */
export async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return copySelection(text);
    }
}

/** Copies by way of a selected text area, as old browsers do. */
function copySelection(text) {
    const before = document.activeElement;
    const area = element("textarea", { className: "unseen", value: text, readOnly: true });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return isCopied;
}
