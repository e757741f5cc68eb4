import { byId, element, isTouchScreen } from "./dom.js";

const emoji = [
    "😀", "😂", "🤣", "😊", "😍", "😘", "😎", "🤔", "😅", "😢", "😭", "😡",
    "😴", "🤗", "🙄", "😇", "🥳", "🤩", "😱", "🤭", "👍", "👎", "👌", "🙏",
    "👏", "💪", "🤝", "👋", "❤️", "🧡", "💚", "💔", "🔥", "✨", "🎉", "🎂",
    "🌹", "☕", "🍜", "🍚", "⚽", "🎵", "🏠", "🚗", "🌧️", "☀️", "🌙", "✅",
];
const columns = 8;

/** A panel of emoji. Arrow keys move within it, Escape closes it. A choice by pointer leaves it open
 *  for more; after each choice the focus goes to the entry, so that Enter sends. */
export class EmojiPicker {
    #panel = byId("emoji");
    #opener = byId("open-emoji");
    #entry;

    /** @param entry the text area that gets the focus
     *  @param onChoose called with each emoji chosen */
    constructor({ entry, onChoose, signal }) {
        this.#entry = entry;
        this.#panel.replaceChildren(...emoji.map((each) => element(
            "button", { type: "button", tabIndex: -1 }, each)));
        this.#panel.firstElementChild.tabIndex = 0;
        this.#opener.addEventListener("click", (event) => this.#toggle(event), { signal });
        this.#panel.addEventListener("click", (event) => {
            const button = event.target.closest("button");
            if (!button) return;
            onChoose(button.textContent);
            if (isByKey(event)) this.#close();
            else this.#focusUnlessTouched();
        }, { signal });
        for (const node of [this.#opener, this.#panel]) {
            node.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
        }
        this.#panel.addEventListener("keydown", (event) => this.#moveFocus(event), { signal });
        this.#panel.parentElement.addEventListener(
            "keydown", (event) => this.#closeOnEscape(event), { signal });
        document.addEventListener("pointerdown", (event) => {
            const isOurs = this.#panel.contains(event.target) || this.#opener.contains(event.target);
            if (!isOurs) this.#show(false);
        }, { signal });
        this.#show(false);
    }

    #toggle(event) {
        this.#show(this.#panel.hidden);
        if (this.#panel.hidden) return;
        if (isByKey(event)) this.#panel.querySelector("[tabindex='0']").focus();
        else this.#focusUnlessTouched();
    }

    #close() {
        this.#show(false);
        this.#entry.focus({ preventScroll: true });
    }

    /** On a touch screen the focus would bring up a keyboard over the panel. */
    #focusUnlessTouched() {
        if (!isTouchScreen()) this.#entry.focus({ preventScroll: true });
    }

    #closeOnEscape(event) {
        if (event.key !== "Escape" || this.#panel.hidden) return;
        event.preventDefault();
        this.#close();
    }

    #show(isOpen) {
        this.#panel.hidden = !isOpen;
        this.#opener.setAttribute("aria-expanded", String(isOpen));
    }

    #moveFocus(event) {
        const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
        const buttons = [...this.#panel.children];
        const next = buttons[buttons.indexOf(document.activeElement) + (steps[event.key] ?? NaN)];
        if (!next) return;
        event.preventDefault();
        document.activeElement.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
    }
}

/** Whether a click comes from Enter or the space bar. */
function isByKey(event) {
    return event.detail === 0;
}
