import { byId, element } from "../dom.js";

const emoji = [
    "😀", "😂", "🤣", "😊", "😍", "😘", "😎", "🤔", "😅", "😢", "😭", "😡",
    "😴", "🤗", "🙄", "😇", "🥳", "🤩", "😱", "🤭", "👍", "👎", "👌", "🙏",
    "👏", "💪", "🤝", "👋", "❤️", "🧡", "💚", "💔", "🔥", "✨", "🎉", "🎂",
    "🌹", "☕", "🍜", "🍚", "⚽", "🎵", "🏠", "🚗", "🌧️", "☀️", "🌙", "✅",
];
const columns = 8;

/** A small board of emoji: arrows walk over it, Escape closes it. */
export class EmojiPicker {
    #board = byId("emoji");
    #opener = byId("open-emoji");

    constructor(choose, signal) {
        this.#board.replaceChildren(...emoji.map((each) => element(
            "button", { type: "button", tabIndex: -1 }, each)));
        this.#board.firstElementChild.tabIndex = 0;
        this.#opener.addEventListener("click", () => this.#toggle(), { signal });
        this.#board.addEventListener("click", (event) => {
            const button = event.target.closest("button");
            if (button) choose(button.textContent);
        }, { signal });
        this.#board.addEventListener("keydown", (event) => this.#walk(event), { signal });
        document.addEventListener("pointerdown", (event) => {
            const isOurs = this.#board.contains(event.target) || this.#opener.contains(event.target);
            if (!isOurs && !this.#board.hidden) this.#toggle();
        }, { signal });
        this.#show(false);
    }

    #toggle() {
        this.#show(this.#board.hidden);
        if (!this.#board.hidden) this.#board.querySelector("[tabindex='0']").focus();
    }

    #show(isOpen) {
        this.#board.hidden = !isOpen;
        this.#opener.setAttribute("aria-expanded", String(isOpen));
    }

    #walk(event) {
        if (event.key === "Escape") {
            event.preventDefault();
            this.#show(false);
            this.#opener.focus();
            return;
        }
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
