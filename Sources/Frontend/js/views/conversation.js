import { watchDay } from "../rules/dates.js";
import { say } from "../words.js";
import { ChatSearch } from "./chatSearch.js";
import { copyText } from "./clipboard.js";
import { Composer } from "./composer.js";
import { byId, isTouchScreen, isWatched, showAvatar } from "./dom.js";
import { FloatingDate } from "./floatingDate.js";
import { MessageFocus } from "./messageFocus.js";
import { MessageList } from "./messageList.js";
import { MessageMenu } from "./messageMenu.js";
import { fillRow, newRow, quoted, replacementFor } from "./messageRenderer.js";
import { MessageRows } from "./messageRows.js";
import { Unread } from "./unread.js";

const retryWait = 3_000; // milliseconds until a jump that failed is tried again

/** The open conversation: header, messages, unsent messages, composer. */
export class ConversationView {
    #actions;
    #contacts;
    #conversations;
    #outbox;
    #contact = null;
    #rows;
    #shown = [];
    #confirm;
    #chatSearch;
    #found = null; // the message that a search led to, and its query
    #jump = null; // the message to go to, or `{isUnread}`, once it can be
    #isJumping = false;
    #list;
    #composer;
    #toast;
    #unread;

    constructor({
        actions, confirm, contacts, conversations, drafts, me, outbox, person, recentEmoji,
        search, signal, toast,
    }) {
        this.#actions = actions;
        this.#confirm = confirm;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#outbox = outbox;
        this.#toast = toast;
        this.#rows = new MessageRows(me.id);
        this.#unread = new Unread({ contacts });
        this.#list = new MessageList({
            scroller: byId("log"), place: byId("rows"), toNewest: byId("to-newest"), signal,
            newRow: () => newRow((action, item) => this.#act(action, item)),
            fillRow: (node, row) => fillRow(node, row, this.#contact),
            onNearBeginning: () => actions.loadOlder(this.#contact.id),
            onNearEnd: () => actions.loadNewer(this.#contact.id),
            onToEnd: () => actions.showNewest(this.#contact.id),
            onMoved: () => this.#markRead(),
        });
        this.#composer = new Composer({
            actions, drafts, recentEmoji, signal, onReply: () => this.#renderReply(),
            onSend: () => {
                this.#unread.set(null);
                this.#list.goToEnd();
            },
        });
        this.#chatSearch = new ChatSearch({
            actions, contacts, me, search, signal,
            onChoose: (message, text) => this.jumpTo(message, text),
            onLeave: () => this.#forgetFound(),
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
        for (const kind of ["visibilitychange", "focusin"]) {
            document.addEventListener(kind, () => this.#markRead(), { signal });
        }
        addEventListener("focus", () => this.#markRead(), { signal });
    }

    /** Goes to a message, once the conversation has loaded back to it.
     *
     *  @param hit `{id, timestamp}`; the timestamp may be missing
     *  @param text what to mark in the message; "" for nothing */
    jumpTo(hit, text = "") {
        this.#jump = hit;
        this.#found = text ? { key: hit.id, text } : null;
        this.#resumeJump();
    }

    #forgetFound() {
        if (!this.#found) return;
        this.#found = null;
        if (this.#contact) this.#render();
    }

    /** Nothing counts as read before the jump is over: what was on the screen is not what is opened. */
    async #resumeJump() {
        const jump = this.#jump;
        const friendId = this.#contact?.id;
        const held = this.#conversations.of(friendId);
        if (!jump || this.#isJumping || !held.isLoaded) return;
        if (jump.isUnread && held.lacksMessages(this.#contact)) return;
        this.#isJumping = true;
        try {
            if (jump.isUnread) await this.#goToUnread(friendId);
            else await this.#goToMessage(friendId, jump);
            if (this.#jump === jump) this.#jump = null;
        } catch (fault) {
            if (!fault.code) throw fault;
            setTimeout(() => this.#resumeJump(), retryWait);
        } finally {
            this.#isJumping = false;
        }
        if (this.#jump !== jump) this.#resumeJump();
        this.#markRead();
    }

    async #goToMessage(friendId, hit) {
        let isHeld = false;
        try {
            isHeld = await this.#actions.loadBackTo(friendId, hit.id, hit.timestamp);
        } catch (fault) {
            if (!fault.code) throw fault;
        }
        if (this.#contact?.id !== friendId) return;
        this.#render();
        const node = isHeld && this.#list.goTo(hit.id);
        if (!node) return this.#toast.show(say("reply.lost"));
        flash(node);
    }

    async #goToUnread(friendId) {
        const { hasBeginning, messages } = this.#conversations.of(friendId);
        const upTo = this.#unread.divider?.upTo ?? 0;
        if (!hasBeginning && messages[0]?.timestamp > upTo) {
            await this.#actions.loadAround(friendId, upTo);
        }
        if (this.#contact?.id !== friendId) return;
        this.#render();
        const first = this.#unread.first(this.#shown);
        if (first) this.#list.goTo(first.key);
    }

    /** @param contact the friend's row as it is now; null for none */
    show(contact) {
        const before = this.#contact;
        this.#contact = contact;
        if (contact?.id === before?.id) {
            if (contact && contact !== before) this.#render();
            return;
        }
        byId("chat").hidden = contact === null;
        byId("welcome").hidden = contact !== null;
        this.#unread.set(contact);
        this.#jump = this.#unread.divider && { isUnread: true };
        this.#found = null;
        if (before) this.#actions.showNewest(before.id);
        this.#chatSearch.show(contact?.id ?? null);
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
        const { friendReadUpTo, id } = this.#contact;
        const held = this.#conversations.of(id);
        if (!isWatched()) this.#unread.note(this.#contact);
        const isWhole = held.passage === null;
        this.#shown = this.#rows.of(
            held.shown.messages, isWhole ? this.#outbox.items(id) : [],
            { divider: this.#unread.divider, found: this.#found, friendReadUpTo });
        this.#renderState(held, this.#shown.length);
        this.#list.show(id, this.#shown, { isWhole });
        if (!isWatched()) this.#keepUnreadInView();
        this.#renderReply();
        this.#resumeJump();
    }

    #renderReply() {
        const id = this.#composer.replyTo;
        const row = this.#shown.find(({ key }) => key === id);
        const name = !row ? "" : row.isOwn ? say("reply.me") : this.#contact.username;
        this.#composer.showReply(name, id ? quoted(row) : "");
    }

    /** Says above the messages whether there are older ones, and whether loading them failed. */
    #renderState({ failedEnds, isLoaded, shown }, count) {
        const isWhole = isLoaded && shown.hasBeginning;
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

    /** Keeps the first unread message in view while messages arrive and nobody looks. */
    #keepUnreadInView() {
        const first = this.#unread.first(this.#shown);
        if (first && this.#list.isAtEnd && this.#list.isPast(first.key)) this.#list.goTo(first.key);
    }

    /** Marks as read what a person has had on the screen. */
    #markRead() {
        const contact = this.#contact && this.#contacts.find(this.#contact.id);
        if (!contact || this.#jump || this.#isJumping) return;
        if (!isWatched() || this.#chatSearch.coversMessages) return;
        const { lastSeen } = this.#list;
        const held = this.#conversations.of(contact.id);
        const read = lastSeen && this.#unread.readAt(lastSeen, {
            contact, rows: this.#shown, hasNewest: !held.passage && !held.isBehind(contact),
        });
        if (read) this.#actions.markRead(contact.id, read);
    }

    /** Returns the items of a message's menu. */
    #menuOf({ code, isDeleted, isOwn, isStored, key, text }) {
        if (isDeleted) return [];
        const items = [];
        if (isStored) {
            const act = () => this.#composer.reply(key);
            items.push({ word: "message.reply", symbol: "reply", act });
        }
        if (!replacementFor(code, text)) {
            items.push({ word: "message.copy", symbol: "copy", act: () => this.#copy(text) });
        }
        if (isStored && isOwn) {
            const act = () => this.#askToDelete(key);
            items.push({ word: "message.delete", symbol: "delete", act, isDangerous: true });
        }
        return items;
    }

    #askToDelete(key) {
        const { id } = this.#contact;
        this.#confirm.ask({
            title: say("message.askDelete"), text: say("message.deleteText"),
            action: say("message.delete"), act: () => this.#actions.deleteMessage(id, key),
        });
    }

    async #copy(text) {
        this.#toast.show(say(await copyText(text) ? "message.copied" : "message.notCopied"));
    }

    #act(action, item) {
        if (action === "quote") return this.jumpTo({ id: item });
        if (action === "retry") this.#actions.retrySending(item);
        else this.#actions.discard(item);
        this.#composer.focus();
    }
}

/** Makes a message stand out for a moment. */
function flash(node) {
    node.classList.remove("is-found");
    node.getBoundingClientRect(); // or the animation would not begin again
    node.classList.add("is-found");
    node.querySelector(".bubble").focus({ preventScroll: true });
}
