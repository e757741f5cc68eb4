import { byId } from "./dom.js";

/** A modal dialog of index.html. Its close button, Escape, and a press beside it close it. */
export class Dialog {
    #node;
    #onOpen;

    /** @param onOpen called before the dialog is shown */
    constructor(id, { onOpen = () => {}, signal }) {
        this.#node = byId(id);
        this.#onOpen = onOpen;
        this.#node.querySelector(".close").addEventListener("click", () => this.close(), { signal });
        this.#node.addEventListener("pointerdown", (event) => {
            // The backdrop is part of the dialog's node, and outside of its box.
            if (event.target === this.#node && !this.#contains(event)) this.close();
        }, { signal });
    }

    open() {
        if (this.#node.open) return;
        this.#onOpen();
        this.#node.showModal();
    }

    close() {
        this.#node.close();
    }

    #contains({ clientX, clientY }) {
        const { left, right, top, bottom } = this.#node.getBoundingClientRect();
        return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    }
}
