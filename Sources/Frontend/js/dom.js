import { initialOf } from "./text.js";

const svgNamespace = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** A new element. Children are nodes or texts: never markup. */
export function element(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
}

/** One of the symbols that index.html draws; with words for those who cannot see it. */
export function icon(name, label = "") {
    const svg = document.createElementNS(svgNamespace, "svg");
    const use = document.createElementNS(svgNamespace, "use");
    use.setAttribute("href", `#icon-${name}`);
    svg.classList.add("symbol", name);
    if (label) {
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", label);
    } else {
        svg.setAttribute("aria-hidden", "true");
    }
    svg.append(use);
    return svg;
}

/** Makes `parent` hold exactly `nodes`, in that order, moving as few as possible. */
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

/** What `draw` returns. Where it throws, the fault is reported and `instead` is drawn: one bad datum
 *  costs itself alone. */
export function drawn(draw, instead) {
    try {
        return draw();
    } catch (fault) {
        reportError(fault);
        return instead();
    }
}

/** Whether a key belongs to an input method. Safari ends a composition before the key that ended it;
 *  then the old key code alone tells (UI Events, key code 229). */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

const tints = 8;

/** Shows somebody's initial on a colour of their own. */
export function showAvatar(node, { id, username }) {
    let sum = 0;
    for (const character of String(id)) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
    node.dataset.tint = sum % tints;
    node.textContent = initialOf(String(username ?? ""));
}
