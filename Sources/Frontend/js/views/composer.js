import { byId, isComposing } from "../dom.js";
import { sanitise, scalarCount, scalarsMax } from "../text.js";
import { say } from "../words.js";
import { EmojiPicker } from "./emojiPicker.js";

const tellBelow = 300;

/** Where a message is written. Enter sends, Shift+Enter breaks the line; where fingers type, Enter
 *  breaks it too. Drafts stay, and are the same in every tab. */
export class Composer {
    #parts;
    #entry = byId("message");
    #contact = null;
    #send;
    #sent;
    #touch = matchMedia("(pointer: coarse)");

    /** @param send keeps a text that the server will take; `sent` is called after that */
    constructor(parts, send, sent) {
        this.#parts = parts;
        this.#send = send;
        this.#sent = sent;
        const { signal } = parts;
        new EmojiPicker(this.#entry, (emoji) => this.#insert(emoji), signal);
        this.#entry.addEventListener("input", () => this.#changed(), { signal });
        this.#entry.addEventListener("keydown", (event) => {
            if (event.key !== "Enter" || isComposing(event) || this.#breaksLine(event)) return;
            event.preventDefault();
            this.#submit();
        }, { signal });
        this.#touch.addEventListener("change", () => this.#nameEnter(), { signal });
        this.#nameEnter();
        const follow = () => this.#followDraft();
        parts.drafts.watch(follow, signal);
        addEventListener("focus", follow, { signal });
        addEventListener("pageshow", follow, { signal });
        byId("composer").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#submit();
            this.focus();
        }, { signal });
    }

    show(contact) {
        this.#contact = contact;
        this.#entry.value = contact ? this.#parts.drafts.of(contact.id) : "";
        this.#fit();
    }

    focus() {
        this.#entry.focus({ preventScroll: true });
    }

    #breaksLine({ shiftKey, ctrlKey, metaKey }) {
        return shiftKey || (this.#touch.matches && !ctrlKey && !metaKey);
    }

    /** What a keyboard on the screen writes on its Enter key. */
    #nameEnter() {
        this.#entry.enterKeyHint = this.#touch.matches ? "enter" : "send";
    }

    /** What another tab has typed or sent. A page that was frozen meanwhile has heard of nothing. */
    #followDraft() {
        if (!this.#contact) return;
        const draft = this.#parts.drafts.of(this.#contact.id);
        if (draft === this.#entry.value) return;
        this.#entry.value = draft;
        this.#fit();
    }

    #changed() {
        if (this.#contact) this.#parts.drafts.keep(this.#contact.id, this.#entry.value);
        this.#fit();
    }

    #submit() {
        const text = sanitise(this.#entry.value);
        if (!text || scalarCount(text) > scalarsMax || !this.#contact) return;
        this.#send(text); // where it throws, the text stays where it was typed
        this.#entry.value = "";
        this.#changed();
        this.#sent();
    }

    #insert(text) {
        this.#entry.setRangeText(
            text, this.#entry.selectionStart, this.#entry.selectionEnd, "end");
        this.#changed();
    }

    #fit() {
        this.#entry.style.height = "auto";
        this.#entry.style.height = `${this.#entry.scrollHeight}px`;
        const left = scalarsMax - scalarCount(sanitise(this.#entry.value));
        const isOver = left < 0;
        byId("left").textContent = isOver ? say("composer.over", { count: -left })
            : left < tellBelow ? say("composer.left", { count: left }) : "";
        byId("left").classList.toggle("problem", isOver);
        byId("send").setAttribute("aria-disabled", String(isOver || left === scalarsMax));
    }
}
