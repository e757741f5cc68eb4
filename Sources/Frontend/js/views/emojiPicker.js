import { emoji as englishEmoji } from "../words/emojiEn.js";
import { emoji as indonesianEmoji } from "../words/emojiId.js";
import { language, say } from "../words.js";
import { byId, element, isTouchScreen } from "./dom.js";

/** Returns `[group, [[emoji, words], …]]` for each group of a table in js/words/. */
function groupsOf(table) {
    return table.map(([group, text]) => [group, text.replace(/\s+/g, " ").split(",").map((each) => {
        const [emoji, ...words] = each.trim().split(" ");
        return [emoji, words.join(" ")];
    })]);
}

/** A panel of emoji with a search and those used last. Arrow keys move within it, Escape closes it. A
 *  choice by pointer leaves it open for more; after each choice the focus goes to the entry, so that
 *  Enter sends. The entry keeps its caret meanwhile. */
export class EmojiPicker {
    #panel = byId("emoji");
    #opener = byId("open-emoji");
    #search = byId("emoji-search");
    #grid = byId("emoji-grid");
    #entry;
    #recent;
    #groups = [];

    /** @param entry the text area that gets the focus
     *  @param onChoose called with each emoji chosen
     *  @param recent the emoji used last, a RecentEmoji */
    constructor({ entry, onChoose, recent, signal }) {
        this.#entry = entry;
        this.#recent = recent;
        this.#opener.addEventListener("click", (event) => this.#toggle(event), { signal });
        this.#grid.addEventListener("click", (event) => {
            const emoji = event.target.closest("button")?.textContent;
            if (!emoji) return;
            recent.note(emoji);
            onChoose(emoji);
            if (isByKey(event)) this.#close();
            else this.#focusUnlessTouched();
        }, { signal });
        for (const node of [this.#opener, this.#grid]) {
            node.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
        }
        this.#search.addEventListener("input", () => this.#fill(), { signal });
        this.#panel.addEventListener("keydown", (event) => this.#moveFocus(event), { signal });
        this.#panel.parentElement.addEventListener(
            "keydown", (event) => this.#closeOnEscape(event), { signal });
        document.addEventListener("pointerdown", (event) => {
            const isOurs = this.#panel.contains(event.target) || this.#opener.contains(event.target);
            if (!isOurs) this.#show(false);
        }, { signal });
        signal.addEventListener("abort", () => this.#grid.replaceChildren());
        this.#show(false);
    }

    #toggle(event) {
        this.#show(this.#panel.hidden);
        if (this.#panel.hidden) return;
        this.#search.value = "";
        this.#fill();
        if (isByKey(event)) this.#search.focus();
        else this.#focusUnlessTouched();
    }

    /** Shows the emoji whose words hold each word searched for. */
    #fill() {
        if (this.#groups.length === 0) {
            this.#groups = groupsOf(language === "en" ? englishEmoji : indonesianEmoji);
        }
        const wanted = this.#search.value.trim().toLocaleLowerCase().split(/\s+/);
        const isFound = ([, words]) => wanted.every((word) => words.includes(word));
        const found = this.#groups.map(([name, rows]) => [name, rows.filter(isFound)]);
        const recent = this.#recent.list.map((emoji) => [emoji, ""]);
        const shown = wanted[0] ? found : [["recent", recent], ...found];
        const sections = shown.filter(([, rows]) => rows.length > 0).flatMap(sectionOf);
        this.#grid.replaceChildren(
            ...sections.length > 0 ? sections : [element("p", {}, say("emoji.none"))]);
        const first = this.#grid.querySelector("button");
        if (first) first.tabIndex = 0;
        this.#grid.scrollTop = 0;
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

    /** Moves along the buttons, and up and down to the nearest one in the next line. */
    #moveFocus(event) {
        const { key, target } = event;
        if (key === "Enter" && target === this.#search) {
            event.preventDefault(); // or it would send the message
            this.#grid.querySelector("button")?.click();
        }
        const isAcross = key === "ArrowLeft" || key === "ArrowRight";
        if (!["ArrowUp", "ArrowDown"].includes(key) && (!isAcross || target === this.#search)) return;
        event.preventDefault();
        const next = this.#neighbour(target, key);
        if (!next) return;
        if (target !== this.#search) target.tabIndex = -1;
        if (next !== this.#search) next.tabIndex = 0;
        next.focus();
    }

    #neighbour(target, key) {
        const buttons = [...this.#grid.querySelectorAll("button")];
        const at = buttons.indexOf(target);
        if (at < 0) return key === "ArrowDown" ? buttons[0] : null;
        if (key === "ArrowLeft") return buttons[at - 1];
        if (key === "ArrowRight") return buttons[at + 1];
        const isDown = key === "ArrowDown";
        const others = isDown ? buttons.slice(at + 1) : buttons.slice(0, at).reverse();
        const line = others.find(({ offsetTop }) => offsetTop !== target.offsetTop)?.offsetTop;
        const inLine = others.filter(({ offsetTop }) => offsetTop === line);
        const distance = ({ offsetLeft }) => Math.abs(offsetLeft - target.offsetLeft);
        const nearest = inLine.sort((one, other) => distance(one) - distance(other))[0];
        return nearest ?? (isDown ? null : this.#search);
    }
}

function sectionOf([name, rows]) {
    return [
        element("h3", {}, say(`emoji.${name}`)),
        element("div", { className: "emoji-row" }, ...rows.map(([emoji, words]) =>
            element("button", { type: "button", tabIndex: -1, title: words }, emoji))),
    ];
}

/** Whether a click comes from Enter or the space bar. */
function isByKey(event) {
    return event.detail === 0;
}
