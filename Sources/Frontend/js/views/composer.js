import { sanitise, scalarCount, scalarsMax } from "../rules/text.js";
import { say } from "../words.js";
import { byId, isComposing, isTouchScreen } from "./dom.js";
import { EmojiPicker } from "./emojiPicker.js";
import { PhotoPicker } from "./photoPicker.js";

const countBelow = 300;

/** The place where a message is written. Enter sends and Shift+Enter breaks the line; on a touch
 *  screen Enter breaks it too. Text and photos are the draft of the friend, the same in every tab. */
export class Composer {
    #actions;
    #drafts;
    #entry = byId("message");
    #friendId = null;
    #onReply;
    #onSend;
    #photoPicker;

    /** @param recentEmoji the emoji used last
     *  @param onReply called when another message is answered, or none
     *  @param onSend called with the friend's id after a text has gone to the outbox */
    constructor({ actions, drafts, onReply, onSend, photos, recentEmoji, signal, toast }) {
        this.#actions = actions;
        this.#drafts = drafts;
        this.#onReply = onReply;
        this.#onSend = onSend;
        byId("reply-cancel").addEventListener("click", () => this.reply(""), { signal });
        new EmojiPicker({
            entry: this.#entry, onChoose: (emoji) => this.#insert(emoji), recent: recentEmoji, signal,
        });
        this.#photoPicker = new PhotoPicker({
            actions, drafts, photos, signal, toast, onChange: () => this.#fit(),
        });
        this.#entry.addEventListener("input", () => this.#changed(), { signal });
        this.#entry.addEventListener("keydown", (event) => this.#sendOnEnter(event), { signal });
        byId("composer").addEventListener("keydown", (event) => this.#giveUp(event), { signal });
        byId("composer").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#send();
            this.focus();
        }, { signal });
        const pointer = matchMedia("(pointer: coarse)");
        pointer.addEventListener("change", () => this.#labelEnterKey(), { signal });
        this.#labelEnterKey();
        // A page that was frozen has missed the changes of other tabs.
        const followDraft = () => this.#followDraft();
        drafts.subscribe(followDraft, signal);
        addEventListener("focus", followDraft, { signal });
        addEventListener("pageshow", followDraft, { signal });
    }

    /** @param friendId null for none */
    show(friendId) {
        this.#friendId = friendId;
        this.#setText(friendId === null ? "" : this.#drafts.of(friendId));
        this.#photoPicker.show(friendId);
        byId("reply").hidden = true;
    }

    /** The id of the message that the draft answers, or "". */
    get replyTo() {
        return this.#friendId === null ? "" : this.#drafts.replyOf(this.#friendId);
    }

    /** @param messageId the message that the draft answers, or "" */
    reply(messageId) {
        this.#actions.setReply(this.#friendId, messageId);
        this.focus();
    }

    /** Shows whose message the draft answers, and its text. */
    showReply(name, text) {
        byId("reply-name").textContent = name;
        byId("reply-text").textContent = text;
        byId("reply").hidden = !this.replyTo;
    }

    focus() {
        this.#entry.focus({ preventScroll: true });
    }

    #sendOnEnter(event) {
        const { key, shiftKey, ctrlKey, metaKey } = event;
        const breaksLine = shiftKey || (isTouchScreen() && !ctrlKey && !metaKey);
        if (key !== "Enter" || isComposing(event) || breaksLine) return;
        event.preventDefault();
        this.#send();
    }

    /** Escape takes back one thing at a time: the emoji panel, then photos, the reply, and the chat. */
    #giveUp(event) {
        if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
        if (!this.#photoPicker.hasPhotos && !this.replyTo) return;
        event.preventDefault();
        if (this.#photoPicker.hasPhotos) this.#photoPicker.removeLast();
        else this.reply("");
    }

    /** Sets what a keyboard on the screen shows on its Enter key. */
    #labelEnterKey() {
        this.#entry.enterKeyHint = isTouchScreen() ? "enter" : "send";
    }

    /** Shows what another tab has typed, answered or sent. */
    #followDraft() {
        if (this.#friendId === null) return;
        const draft = this.#drafts.of(this.#friendId);
        if (draft !== this.#entry.value) this.#setText(draft);
        this.#onReply();
    }

    #setText(text) {
        this.#entry.value = text;
        this.#fit();
    }

    #changed() {
        if (this.#friendId !== null) this.#actions.setDraft(this.#friendId, this.#entry.value);
        this.#fit();
    }

    #send() {
        const text = sanitise(this.#entry.value);
        const isEmpty = !text && !this.#photoPicker.hasPhotos;
        if (isEmpty || this.#photoPicker.isBusy || scalarCount(text) > scalarsMax) return;
        if (this.#friendId === null) return;
        this.#actions.send(this.#friendId, text, this.replyTo); // where this throws, the text stays in the entry
        this.#entry.value = "";
        this.#changed();
        this.#actions.setReply(this.#friendId, "");
        this.#onSend(this.#friendId);
    }

    #insert(text) {
        this.#entry.setRangeText(
            text, this.#entry.selectionStart, this.#entry.selectionEnd, "end");
        this.#changed();
    }

    /** Fits the entry's height to its text, and shows the count of characters near the limit. */
    #fit() {
        this.#entry.style.height = "auto";
        this.#entry.style.height = `${this.#entry.scrollHeight}px`;
        const left = scalarsMax - scalarCount(sanitise(this.#entry.value));
        const isOver = left < 0;
        byId("left").textContent = isOver ? say("composer.over", { count: -left })
            : left < countBelow ? say("composer.left", { count: left }) : "";
        byId("left").classList.toggle("problem", isOver);
        const isEmpty = left === scalarsMax && !this.#photoPicker.hasPhotos;
        byId("send").setAttribute(
            "aria-disabled", String(isOver || isEmpty || this.#photoPicker.isBusy));
        byId("composer").classList.toggle("has-text", this.#entry.value !== "");
    }
}
