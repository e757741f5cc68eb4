import { watchDay } from "../rules/dates.js";
import { say } from "../words.js";
import { copyText } from "./clipboard.js";
import { Composer } from "./composer.js";
import { byId, isTouchScreen, showAvatar } from "./dom.js";
import { FloatingDate } from "./floatingDate.js";
import { MessageFocus } from "./messageFocus.js";
import { MessageList } from "./messageList.js";
import { MessageMenu } from "./messageMenu.js";
import { fillRow, newRow, replacementFor } from "./messageRenderer.js";
import { MessageRows } from "./messageRows.js";

/** The open conversation: header, messages, unsent messages, composer. */
export class ConversationView {
    #actions;
    #contacts;
    #conversations;
    #outbox;
    #contact = null;
    #rows;
    #list;
    #composer;
    #toast;

    constructor({
        actions, contacts, conversations, drafts, me, outbox, person, recentEmoji, signal, toast,
    }) {
        this.#actions = actions;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#outbox = outbox;
        this.#toast = toast;
        this.#rows = new MessageRows(me.id);
        this.#list = new MessageList({
            scroller: byId("log"), place: byId("rows"), toNewest: byId("to-newest"), signal,
            newRow: () => newRow((action, item) => this.#act(action, item)),
            fillRow: (node, row) => fillRow(node, row, this.#contact),
            onNearBeginning: () => actions.loadOlder(this.#contact.id),
            onEnd: () => this.#markRead(),
        });
        this.#composer = new Composer({
            actions, drafts, recentEmoji, signal, onSend: () => this.#list.goToEnd(),
        });
        new MessageMenu({ log: byId("log"), itemsFor: (row) => this.#menuOf(row), signal });
        new MessageFocus({ log: byId("log"), rows: byId("rows"), entry: byId("message"), signal });
        new FloatingDate({ log: byId("log"), rows: byId("rows"), signal });
        byId("open-person").addEventListener(
            "click", () => person.open(contacts.find(this.#contact.id)), { signal });
        byId("log-retry").addEventListener("click", () => this.#retry(), { signal });
        const renderIfShown = (id) => {
            if (this.#contact && (id === undefined || id === this.#contact.id)) this.#render();
        };
        conversations.subscribe(renderIfShown, signal);
        outbox.subscribe(renderIfShown, signal);
        watchDay(renderIfShown, signal);
        contacts.subscribe(() => this.#markRead(), signal);
        document.addEventListener("visibilitychange", () => this.#markRead(), { signal });
    }

    /** @param contact null for none */
    show(contact) {
        const isSame = contact?.id === this.#contact?.id;
        this.#contact = contact;
        if (isSame) return;
        byId("chat").hidden = contact === null;
        byId("welcome").hidden = contact !== null;
        this.#composer.show(contact?.id ?? null);
        this.#actions.openConversation(contact?.id ?? null);
        if (!contact) {
            this.#list.show(null, []);
            return;
        }
        byId("chat-name").textContent = contact.username;
        showAvatar(byId("chat-avatar"), contact);
        this.#render();
    }

    /** On a touch screen the composer's focus would bring up a keyboard over the messages. */
    focus() {
        if (isTouchScreen()) byId("log").focus({ preventScroll: true });
        else this.#composer.focus();
    }

    #render() {
        const { id } = this.#contact;
        const held = this.#conversations.of(id);
        const rows = this.#rows.of(held.messages, this.#outbox.items(id));
        this.#renderState(held, rows.length);
        this.#list.show(id, rows);
        this.#markRead();
    }

    /** Says above the messages whether there are older ones, and whether loading them failed. */
    #renderState({ failedEnds, hasBeginning, isLoaded }, count) {
        const isWhole = isLoaded && hasBeginning;
        const hasFailed = !isWhole && failedEnds.has(isLoaded ? "oldest" : "newest");
        const state = hasFailed ? "loadFailed" : !isWhole ? "loading"
            : count === 0 ? "empty" : "beginning";
        byId("log-state").textContent = say(`chat.${state}`);
        byId("log-state").hidden = false;
        byId("log-retry").hidden = !hasFailed;
    }

    #retry() {
        byId("log").focus({ preventScroll: true }); // the button disappears during the attempt
        this.#actions.retryHistory(this.#contact.id);
    }

    /** Marks the conversation as read while its newest message is visible. */
    #markRead() {
        const contact = this.#contact && this.#contacts.find(this.#contact.id);
        if (!contact || document.hidden || !this.#list.isAtEnd) return;
        const isBehind = this.#conversations.of(contact.id).isBehind(contact.lastMessage);
        if (!isBehind) this.#actions.markRead(contact.id);
    }

    /** What the menu of a message offers. */
    #menuOf({ code, text }) {
        const items = [];
        if (!replacementFor(code, text)) {
            items.push({ word: "message.copy", symbol: "copy", act: () => this.#copy(text) });
        }
        return items;
    }

    async #copy(text) {
        this.#toast.show(say(await copyText(text) ? "message.copied" : "message.notCopied"));
    }

    #act(action, item) {
        if (action === "retry") this.#actions.retrySending(item);
        else this.#actions.discard(item);
        this.#composer.focus();
    }
}
