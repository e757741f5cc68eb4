import { watchDay } from "../rules/dates.js";
import { say } from "../words.js";
import { ChatSearch } from "./chatSearch.js";
import { Composer } from "./composer.js";
import { byId, isTouchScreen, isWatched, showAvatar } from "./dom.js";
import { FloatingDate } from "./floatingDate.js";
import { LogState } from "./logState.js";
import { MessageChoices } from "./messageChoices.js";
import { flash, MessageFocus } from "./messageFocus.js";
import { MessageList } from "./messageList.js";
import { fillRow, newRow, quoted } from "./messageRenderer.js";
import { MessageRows } from "./messageRows.js";
import { PhotoFrames } from "./photoFrames.js";
import { PhotoViewer } from "./photoViewer.js";
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
    #chatSearch;
    #found = null; // the message that a search led to, and its query
    #jump = null; // the message to go to, or `{isUnread}`, once it can be
    #isJumping = false;
    #isRendering = false;
    #isGuess = false; // whether rows of an earlier page said what is unread
    #list;
    #logState;
    #composer;
    #toast;
    #unread;
    #viewer;

    constructor({
        actions, confirm, contacts, conversations, drafts, me, outbox, person, photos, preferences,
        recentEmoji, search, signal, toast, uploads,
    }) {
        this.#actions = actions;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#outbox = outbox;
        this.#toast = toast;
        this.#rows = new MessageRows(me.id);
        this.#unread = new Unread({ contacts });
        const frames = new PhotoFrames({
            actions, log: byId("log"), photos, preferences, signal, uploads,
            onOpen: (key) => this.#openPhoto(key),
        });
        this.#viewer = new PhotoViewer({
            actions, photos, signal, onClosed: (key) => this.#list.focus(key),
        });
        this.#logState = new LogState({
            signal, onRetry: () => actions.retryHistory(this.#contact.id),
        });
        this.#list = new MessageList({
            scroller: byId("log"), place: byId("rows"), toNewest: byId("to-newest"), signal,
            newRow: () => newRow((action, item) => this.#act(action, item)),
            fillRow: (node, row) => fillRow(node, row, this.#contact, frames),
            onNearBeginning: () => actions.loadOlder(this.#contact.id),
            onNearEnd: () => actions.loadNewer(this.#contact.id),
            onToEnd: () => actions.showNewest(this.#contact.id),
            onMoved: () => this.#markRead(),
        });
        this.#composer = new Composer({
            actions, drafts, photos, recentEmoji, signal, toast,
            onReply: () => this.#renderReply(),
            onSend: () => {
                this.#unread.set(null);
                this.#jump = null;
                this.#isGuess = false;
                this.#list.goToEnd();
            },
        });
        this.#chatSearch = new ChatSearch({
            actions, contacts, me, search, signal,
            onChoose: (message, text) => this.jumpTo(message, text),
            onLeave: () => this.#forgetFound(),
        });
        new MessageChoices({
            actions, confirm, signal, toast, friendId: () => this.#contact.id,
            onOpen: (key) => this.#openPhoto(key), onReply: (key) => this.#composer.reply(key),
        });
        new MessageFocus({ log: byId("log"), rows: byId("rows"), entry: byId("message"), signal });
        new FloatingDate({ log: byId("log"), rows: byId("rows"), signal });
        byId("open-person").addEventListener(
            "click", () => person.open(contacts.find(this.#contact.id)), { signal });
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
        this.#isGuess = false;
        this.#found = text ? { key: hit.id, text } : null;
        this.#resumeJump();
    }

    #forgetFound() {
        if (!this.#found) return;
        this.#found = null;
        if (this.#contact) this.#render();
    }

    /** Nothing counts as read before the jump is over: what was on the screen is not what is opened. A
     *  message that is sent meanwhile ends it. */
    async #resumeJump() {
        const jump = this.#jump;
        const friendId = this.#contact?.id;
        const held = this.#conversations.of(friendId);
        if (!jump || this.#isJumping || !held.isLoaded) return;
        if (jump.isUnread && held.lacksMessages(this.#contact)) return;
        this.#isJumping = true;
        try {
            if (jump.isUnread) await this.#goToUnread(friendId, jump);
            else await this.#goToMessage(friendId, jump);
            if (this.#jump === jump) this.#jump = null;
            else if (!this.#jump && this.#contact?.id === friendId) this.#list.goToEnd();
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
        const isHeld = await this.#actions.loadBackTo(friendId, hit.id, hit.timestamp)
            .catch((fault) => { if (!fault.code) throw fault; });
        if (this.#jump !== hit) return;
        this.#render();
        const node = isHeld && this.#list.goTo(hit.id);
        if (!node) return this.#toast.show(say("reply.lost"));
        flash(node);
    }

    async #goToUnread(friendId, jump) {
        if (!this.#unread.divider) return;
        const { hasBeginning, messages } = this.#conversations.of(friendId);
        const { upTo } = this.#unread.divider;
        const isFarther = !hasBeginning && messages[0]?.timestamp > upTo;
        if (isFarther) await this.#actions.loadAround(friendId, upTo);
        else this.#actions.showNewest(friendId);
        if (this.#jump !== jump) return;
        this.#render();
        const first = this.#unread.first(this.#shown);
        if (first) this.#list.goTo(first.key);
    }

    /** @param contact the friend's row as it is now; null for none */
    show(contact) {
        const before = this.#contact;
        if (contact?.id === before?.id) {
            this.#contact = contact;
            if (this.#isGuess && this.#contacts.isLoaded) this.#correctGuess();
            else if (contact && contact !== before) this.#render();
            return;
        }
        if (contact) this.#actions.showNewest(contact.id); // a late jump may have left it elsewhere
        this.#contact = contact;
        byId("chat").hidden = contact === null;
        byId("welcome").hidden = contact !== null;
        this.#openAtUnread();
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

    #openAtUnread() {
        this.#unread.set(this.#contact);
        this.#jump = this.#unread.divider && { isUnread: true };
        this.#isGuess = this.#contact !== null && !this.#contacts.isLoaded;
    }

    /** Opens the chat once more, now that the server has said what is unread. */
    #correctGuess() {
        const guess = this.#unread.divider;
        const isThere = !this.#jump && !this.#isJumping;
        this.#openAtUnread();
        if (isThere && guess && guess.upTo === this.#unread.divider?.upTo) this.#jump = null;
        this.#render();
        if (guess && !this.#unread.divider) this.#list.goToEnd();
    }

    /** On a touch screen the composer's focus would bring up a keyboard over the messages. */
    focus() {
        if (isTouchScreen()) byId("log").focus({ preventScroll: true });
        else this.#composer.focus();
    }

    #render() {
        if (!isWatched()) this.#unread.note(this.#contact);
        this.#isRendering = true;
        this.#showRows();
        this.#keepUnreadInView();
        this.#isRendering = false;
        this.#renderReply();
        this.#markRead();
        this.#resumeJump();
    }

    #showRows() {
        const { friendReadUpTo, id } = this.#contact;
        const held = this.#conversations.of(id);
        const isWhole = held.passage === null;
        this.#shown = this.#rows.of(
            held.shown.messages, isWhole ? this.#outbox.items(id) : [],
            { divider: this.#unread.divider, found: this.#found, friendReadUpTo });
        this.#logState.show(held, this.#shown.length);
        this.#list.show(id, this.#shown, { isWhole });
        this.#viewer.refresh(this.#shown);
    }

    #renderReply() {
        const id = this.#composer.replyTo;
        const row = this.#shown.find(({ key }) => key === id);
        const name = !row ? "" : row.isOwn ? say("reply.me") : this.#contact.username;
        this.#composer.showReply(name, id ? quoted(row) : "");
    }

    /** Goes to the first unread message where the list has followed its end past it: more has come
     *  than fits on the screen. */
    #keepUnreadInView() {
        if (this.#jump || this.#isJumping || !this.#list.isAtEnd) return;
        const first = this.#unread.firstNow(this.#contact, this.#shown);
        if (!first || !this.#list.isPast(first.key)) return;
        this.#unread.set(this.#contact, this.#shown);
        this.#showRows();
        this.#list.goTo(first.key);
    }

    /** Marks as read what a person has had on the screen. */
    #markRead() {
        const contact = this.#contact && this.#contacts.find(this.#contact.id);
        if (!contact || !this.#contacts.isLoaded || this.#isGuess) return;
        if (this.#jump || this.#isJumping || this.#isRendering) return;
        if (!isWatched() || this.#chatSearch.coversMessages) return;
        const { lastSeen } = this.#list;
        const held = this.#conversations.of(contact.id);
        const read = lastSeen && this.#unread.readAt(lastSeen, {
            contact, rows: this.#shown, hasNewest: !held.passage && !held.isBehind(contact),
        });
        if (read) this.#actions.markRead(contact.id, read);
    }

    #openPhoto(key) {
        this.#viewer.open(this.#shown, key, this.#contact);
    }

    #act(action, item) {
        if (action === "quote") return this.jumpTo({ id: item });
        if (action === "retry") this.#actions.retrySending(item);
        else this.#actions.discard(item);
        this.#composer.focus();
    }
}
