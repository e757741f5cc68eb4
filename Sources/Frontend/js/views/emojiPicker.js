import { byId, element } from "../dom.js";

const emoji = [
    "😀", "😂", "🤣", "😊", "😍", "😘", "😎", "🤔", "😅", "😢", "😭", "😡",
    "😴", "🤗", "🙄", "😇", "🥳", "🤩", "😱", "🤭", "👍", "👎", "👌", "🙏",
    "👏", "💪", "🤝", "👋", "❤️", "🧡", "💚", "💔", "🔥", "✨", "🎉", "🎂",
    "🌹", "☕", "🍜", "🍚", "⚽", "🎵", "🏠", "🚗", "🌧️", "☀️", "🌙", "✅",
];
const columns = 8;

/** A small board of emoji: arrows walk over it, Escape closes it. With each emoji that is chosen the
 *  focus goes to `entry`, so that Enter sends. A pointer may choose several: the board stays open. */
export class EmojiPicker {
    #board = byId("emoji");
    #opener = byId("open-emoji");
    #entry;

    /** @param choose called with each emoji that is chosen */
    constructor(entry, choose, signal) {
        this.#entry = entry;
        this.#board.replaceChildren(...emoji.map((each) => element(
            "button", { type: "button", tabIndex: -1 }, each)));
        this.#board.firstElementChild.tabIndex = 0;
        this.#opener.addEventListener("click", (event) => this.#toggle(event), { signal });
        this.#board.addEventListener("click", (event) => {
            const button = event.target.closest("button");
            if (!button) return;
            choose(button.textContent);
            if (isByKey(event)) this.#close();
            else this.#focusUnlessTouched();
        }, { signal });
        for (const node of [this.#opener, this.#board]) {
            node.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
        }
        this.#board.addEventListener("keydown", (event) => this.#walk(event), { signal });
        this.#board.parentElement.addEventListener(
            "keydown", (event) => this.#leave(event), { signal });
        document.addEventListener("pointerdown", (event) => {
            const isOurs = this.#board.contains(event.target) || this.#opener.contains(event.target);
            if (!isOurs) this.#show(false);
        }, { signal });
        this.#show(false);
    }

    #toggle(event) {
        this.#show(this.#board.hidden);
        if (this.#board.hidden) return;
        if (isByKey(event)) this.#board.querySelector("[tabindex='0']").focus();
        else this.#focusUnlessTouched();
    }

    #close() {
        this.#show(false);
        this.#entry.focus({ preventScroll: true });
    }

    /** On a touch screen the focus would bring up the keyboard over the board. */
    #focusUnlessTouched() {
        if (!matchMedia("(pointer: coarse)").matches) this.#entry.focus({ preventScroll: true });
    }

    #leave(event) {
        if (event.key !== "Escape" || this.#board.hidden) return;
        event.preventDefault();
        this.#close();
    }

    #show(isOpen) {
        this.#board.hidden = !isOpen;
        this.#opener.setAttribute("aria-expanded", String(isOpen));
    }

    #walk(event) {
        const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
        const buttons = [...this.#board.children];
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
