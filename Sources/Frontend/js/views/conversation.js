import { watchDay } from "../dates.js";
import { byId, showAvatar } from "../dom.js";
import { say } from "../words.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messageList.js";
import { newRow, fillRow, rowsOf } from "./messageRow.js";

/** The open conversation: its messages, what waits to be sent, and the composer. */
export class ConversationView {
    #parts;
    #contact = null;
    #list;
    #composer;

    constructor(parts) {
        this.#parts = parts;
        const { contacts, conversations, outbox, signal, sync } = parts;
        this.#list = new MessageList({
            scroller: byId("log"), place: byId("rows"), toNewest: byId("to-newest"), signal,
            newRow: () => newRow((action, item) => this.#act(action, item)),
            fillRow: (node, row) => fillRow(node, row, this.#contact),
            nearBeginning: () => this.#loadOlder(),
            atEnd: () => this.#see(),
        });
        this.#composer = new Composer(parts, (text) => outbox.add(this.#contact.id, text), () => {
            this.#list.goToEnd();
            sync.hurry(); // where another tab leads, this one takes over and sends
        });
        const refresh = (id) => {
            if (this.#contact && (id === undefined || id === this.#contact.id)) this.#render();
        };
        const onRetry = () => this.#retry();
        byId("log-retry").addEventListener("click", onRetry, { signal });
        conversations.listen(refresh);
        outbox.listen(refresh);
        contacts.listen(() => this.#see());
        document.addEventListener("visibilitychange", () => this.#see(), { signal });
        watchDay(() => refresh(), signal);
    }

    /** @param contact null for none */
    show(contact) {
        if (contact?.id === this.#contact?.id) {
            this.#contact = contact;
            return;
        }
        this.#contact = contact;
        byId("chat").hidden = contact === null;
        byId("welcome").hidden = contact !== null;
        this.#composer.show(contact);
        this.#parts.sync.open(contact?.id ?? null);
        if (!contact) {
            this.#list.show(null, []);
            return;
        }
        byId("chat-name").textContent = contact.username;
        showAvatar(byId("chat-avatar"), contact);
        this.#render();
    }

    focus() {
        if (matchMedia("(pointer: coarse)").matches) byId("log").focus({ preventScroll: true });
        else this.#composer.focus();
    }

    #render() {
        const { conversations, me, outbox } = this.#parts;
        const held = conversations.of(this.#contact.id);
        const rows = rowsOf(held.messages, outbox.items(this.#contact.id), me.id);
        this.#showState(held, rows.length);
        this.#list.show(this.#contact.id, rows);
        this.#see();
    }

    #showState(held, count) {
        const isWhole = held.isLoaded && held.hasBeginning;
        const hasFailed = !isWhole && (held.isLoaded ? held.oldest : held.newest).hasFailed;
        const state = hasFailed ? "loadFailed" : !isWhole ? "loading"
            : count === 0 ? "empty" : "beginning";
        byId("log-state").textContent = say(`chat.${state}`);
        byId("log-state").hidden = false;
        byId("log-retry").hidden = !hasFailed;
    }

    #loadOlder() {
        // A failure is shown by what the conversation tells of itself.
        this.#parts.conversations.loadOlder(this.#contact.id).catch(() => {});
    }

    #retry() {
        byId("log").focus({ preventScroll: true }); // the button goes while it is tried
        this.#parts.sync.retryHistory();
        this.#loadOlder();
    }

    /** What stands before somebody's eyes has been read. */
    #see() {
        const { contacts, conversations } = this.#parts;
        const contact = this.#contact && contacts.find(this.#contact.id);
        if (!contact || document.hidden || !this.#list.isAtEnd) return;
        if (!conversations.isBehind(contact)) contacts.see(contact.id);
    }

    #act(action, item) {
        const { outbox, sync } = this.#parts;
        if (action === "retry") outbox.retry(item);
        else outbox.discard(item);
        sync.hurry();
        this.#composer.focus();
    }
}
