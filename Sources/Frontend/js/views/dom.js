import { initialOf } from "../rules/text.js";

const svgNamespace = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Returns a new element. Children are nodes or texts, never markup. */
export function element(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
}

/** Returns a new element of SVG. */
export function svgElement(name, attributes = {}) {
    const node = document.createElementNS(svgNamespace, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
}

/** Returns a symbol that index.html defines. A label makes it known to screen readers. */
export function icon(name, label = "") {
    const spoken = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
    const svg = svgElement("svg", { class: `symbol ${name}`, ...spoken });
    svg.append(svgElement("use", { href: `#icon-${name}` }));
    return svg;
}

/** Makes `nodes` the children of `parent`, in that order. Nodes already in place are not moved, so
 *  they keep their focus. */
export function arrange(parent, nodes) {
    const wanted = new Set(nodes);
    for (const node of [...parent.children]) {
        if (!wanted.has(node)) node.remove();
    }
    let next = parent.firstElementChild;
    for (const node of nodes) {
        if (node === next) next = next.nextElementSibling;
        else parent.insertBefore(node, next);
    }
}

/** Returns what `render` returns. A fault that it throws is reported and `fallback` is called, so that
 *  one bad datum spoils only its own place. */
export function renderSafely(render, fallback) {
    try {
        return render();
    } catch (fault) {
        reportError(fault);
        return fallback();
    }
}

/** Whether a key belongs to an input method. In Safari the composition ends before its last key; that
 *  key has only the code 229 to tell it by (UI Events). */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Whether the main pointer is a finger, as on phones. A focus then brings up a keyboard. */
export const isTouchScreen = () => matchMedia("(pointer: coarse)").matches;

/** Whether a person can see the page: its window has the focus, and no dialog covers it. */
export const isWatched = () => !document.hidden && document.hasFocus()
    && !document.querySelector("dialog[open]");

const tints = 8;

/** Shows a user's initial on a colour derived from their id. */
export function showAvatar(node, { id, username }) {
    let sum = 0;
    for (const character of String(id)) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
    node.dataset.tint = sum % tints;
    node.textContent = initialOf(String(username ?? ""));
}
