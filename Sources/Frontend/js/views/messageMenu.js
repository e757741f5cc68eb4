import { say } from "../words.js";
import { byId, element, icon } from "./dom.js";
import { replacementFor } from "./messageRenderer.js";

const pressTime = 500; // milliseconds until a touch is a long press
const moveMax = 10; // pixels; a finger that moves further scrolls
const gap = 4; // pixels between the message and its menu

/** The menu of a message. It opens by the button that a mouse finds at the message, by a long press,
 *  and by Enter, the menu key or Shift+F10 on a message with the focus. */
export class MessageMenu {
    #menu = byId("message-menu");
    #log;
    #opener = null;
    #itemsFor;
    #press = null;
    #isPressed = false; // whether the menu is open by a press that goes on

    /** @param log the element that holds the rows; a row has its data in `node.row`
     *  @param itemsFor given a row, returns what its menu offers: `[{word, symbol, act}]` */
    constructor({ log, itemsFor, signal }) {
        this.#log = log;
        this.#itemsFor = itemsFor;
        log.addEventListener("click", (event) => {
            const button = event.target.closest(".open-menu");
            if (button) this.#open(button.closest(".row"), event.detail === 0);
        }, { signal });
        log.addEventListener("keydown", (event) => this.#openByKey(event), { signal });
        log.addEventListener("scroll", () => this.#close(), { signal, passive: true });
        this.#watchPresses(signal);
        this.#menu.addEventListener("click", (event) => {
            const item = event.target.closest("[role='menuitem']");
            if (item) this.#choose(item);
        }, { signal });
        this.#menu.addEventListener("keydown", (event) => this.#move(event), { signal });
        document.addEventListener("pointerdown", ({ target }) => {
            if (!this.#menu.contains(target)) this.#close();
        }, { signal });
        addEventListener("resize", () => this.#close(), { signal });
        addEventListener("hashchange", () => this.#close(), { signal });
        signal.addEventListener("abort", () => this.#close());
    }

    #watchPresses(signal) {
        const stop = () => {
            clearTimeout(this.#press?.timer);
            this.#press = null;
        };
        // A long press on a photo opens the menu, and not the photo.
        this.#log.addEventListener("click", (event) => {
            if (this.#isPressed) event.stopPropagation();
            this.#isPressed = false;
        }, { capture: true, signal });
        this.#log.addEventListener("pointerdown", (event) => {
            stop();
            this.#isPressed = false;
            const row = event.target.closest(".bubble")?.closest(".row");
            const isElsewhere = !row || event.target.closest("button:not(.photo-open), a");
            if (event.pointerType !== "touch" || isElsewhere) return;
            const { clientX: x, clientY: y } = event;
            const timer = setTimeout(() => {
                stop();
                this.#open(row, false);
                this.#isPressed = true;
            }, pressTime);
            this.#press = { x, y, timer };
        }, { signal });
        this.#log.addEventListener("pointermove", ({ clientX, clientY }) => {
            const press = this.#press;
            if (press && Math.hypot(clientX - press.x, clientY - press.y) > moveMax) stop();
        }, { signal });
        for (const kind of ["pointerup", "pointercancel"]) {
            this.#log.addEventListener(kind, stop, { signal });
        }
        // The browser's own menu of a long press would cover this one.
        this.#log.addEventListener("contextmenu", (event) => {
            if (!this.#menu.hidden || this.#press) event.preventDefault();
        }, { signal });
    }

    #openByKey(event) {
        const { key, shiftKey, target } = event;
        const isMenuKey = key === "ContextMenu" || (key === "F10" && shiftKey);
        const row = target.closest(".row");
        if (!row || !(isMenuKey || (key === "Enter" && target.matches(".bubble")))) return;
        event.preventDefault();
        this.#open(row, true);
    }

    #open(row, isByKey) {
        const items = this.#itemsFor(row.row);
        if (items.length === 0) return;
        this.#opener = row;
        this.#menu.replaceChildren(...items.map((item) => this.#newItem(item)));
        this.#menu.hidden = false;
        row.classList.add("in-menu");
        this.#place(row.querySelector(".bubble").getBoundingClientRect());
        this.#menu.firstElementChild.focus({ preventScroll: true, focusVisible: isByKey });
    }

    #newItem({ word, symbol, act, isDangerous }) {
        const item = element("button", {
            type: "button", className: `row-action ${isDangerous ? "danger-text" : ""}`, tabIndex: -1,
        }, icon(symbol), element("span", {}, say(word)));
        item.setAttribute("role", "menuitem");
        item.act = act;
        return item;
    }

    /** Below the message, or above it where there is no room; always within the window. */
    #place(bubble) {
        const { offsetHeight: height, offsetWidth: width } = this.#menu;
        const isOwn = this.#opener.classList.contains("own");
        const left = isOwn ? bubble.right - width : bubble.left;
        const below = Math.min(bubble.bottom, innerHeight) + gap;
        const top = below + height <= innerHeight ? below : bubble.top - gap - height;
        const clamp = (value, max) => Math.max(gap, Math.min(value, max - gap));
        this.#menu.style.left = `${clamp(left, innerWidth - width)}px`;
        this.#menu.style.top = `${clamp(top, innerHeight - height)}px`;
    }

    #choose(item) {
        const bubble = this.#opener?.querySelector(".bubble");
        this.#close();
        bubble?.focus({ preventScroll: true });
        item.act();
    }

    #move(event) {
        const items = [...this.#menu.children];
        const at = items.indexOf(document.activeElement);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
        if (event.key === "Escape" || event.key === "Tab") {
            event.preventDefault();
            const bubble = this.#opener?.querySelector(".bubble");
            this.#close();
            bubble?.focus({ preventScroll: true });
        } else if (to !== undefined) {
            event.preventDefault();
            items.at(to % items.length).focus();
        }
    }

    #close() {
        if (this.#menu.hidden) return;
        this.#menu.hidden = true;
        this.#menu.replaceChildren();
        this.#opener?.classList.remove("in-menu");
        this.#opener = null;
    }
}

/** Returns the items of a row's menu, of those that these functions do. */
export function itemsOf(row, { copy, open, remove, reply }) {
    const { code, isDeleted, isOwn, isStored, photo, text } = row;
    if (isDeleted) return [];
    const items = [];
    if (photo) items.push({ word: "photo.open", symbol: "photo", act: open });
    if (isStored) items.push({ word: "message.reply", symbol: "reply", act: reply });
    if (!replacementFor(code, text)) {
        items.push({ word: "message.copy", symbol: "copy", act: copy });
    }
    if (isStored && isOwn) {
        items.push({ word: "message.delete", symbol: "delete", act: remove, isDangerous: true });
    }
    return items;
}
