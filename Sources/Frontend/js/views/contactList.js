import { fullTimeOf, isoOf, watchDay, whenLabel } from "../rules/dates.js";
import { summary } from "../rules/text.js";
import { say } from "../words.js";
import { byId, element, isComposing, renderSafely, showAvatar } from "./dom.js";
import { lineOf, tickOf } from "./messageRenderer.js";
import { VirtualList } from "./virtualList.js";

const shownCountMax = 999;

/** The contacts that match the search, latest conversation first. */
export class ContactList {
    #connection;
    #contacts;
    #drafts;
    #me;
    #conversations;
    #navigation;
    #person;
    #list = byId("contact-list");
    #search = byId("search");
    #virtualList;
    #elements = new WeakMap(); // the elements within each row
    #selectedId = null;
    /** Called when the arrow down leads out of the list. */
    onBelow = () => {};

    constructor({
        connection, contacts, conversations, drafts, me, navigation, person, signal,
    }) {
        this.#connection = connection;
        this.#contacts = contacts;
        this.#drafts = drafts;
        this.#me = me;
        this.#navigation = navigation;
        this.#conversations = conversations;
        this.#person = person;
        this.#search.value = "";
        this.#virtualList = new VirtualList({
            scroller: this.#list.parentElement, list: this.#list, signal,
            newRow: () => this.#newRow(),
            fillRow: (node, contact) => this.#fillRow(node, contact),
        });
        this.#search.addEventListener("input", () => this.#render({ fromTop: true }), { signal });
        this.#search.addEventListener("keydown", (event) => this.#leaveSearch(event), { signal });
        this.#list.addEventListener("keydown", (event) => this.#moveFocus(event), { signal });
        contacts.subscribe(() => this.#render(), signal);
        connection.subscribe(() => { if (!contacts.isLoaded) this.#render(); }, signal);
        conversations.subscribe((id) => this.#update(id), signal);
        drafts.subscribe((id) => (id === undefined ? this.#render() : this.#update(id)), signal);
        watchDay(() => this.#render(), signal);
        this.#render();
    }

    /** Marks the contact whose chat is open. */
    select(id) {
        if (id === this.#selectedId) return;
        const before = this.#selectedId;
        this.#selectedId = id;
        for (const node of this.#list.children) this.#markSelected(node);
        for (const each of [before, id]) this.#update(each); // an open chat shows its draft itself
    }

    /** Focuses the contact, or the search where it is not in the list. */
    focus(id) {
        const button = this.#virtualList.reveal(id)?.firstElementChild ?? this.#search;
        button.focus({ preventScroll: true });
    }

    /** Focuses the last contact, or the search where there is none. */
    focusLast() {
        this.focus(this.#virtualList.items.at(-1)?.id);
    }

    #render({ fromTop = false } = {}) {
        const wanted = this.#search.value.trim().toLocaleLowerCase();
        const shown = this.#contacts.list.filter(
            ({ username }) => String(username).toLocaleLowerCase().includes(wanted));
        const tallCount = shown.filter((contact) => this.#contacts.isNewcomer(contact)).length;
        this.#virtualList.show(shown, { fromTop, tallCount });
        this.#renderEmpty(shown.length, wanted);
    }

    #update(id) {
        const contact = this.#contacts.find(id);
        if (contact) this.#virtualList.update(contact);
    }

    #renderEmpty(count, wanted) {
        const { isLoaded, list } = this.#contacts;
        byId("contacts-empty").hidden = count > 0;
        byId("first-friend").hidden = !isLoaded || list.length > 0;
        byId("first-link").hidden = byId("first-friend").hidden;
        byId("contacts-empty-text").textContent = this.#emptyText(wanted);
    }

    #emptyText(wanted) {
        const { isLoaded, list } = this.#contacts;
        if (!isLoaded) {
            return say(this.#connection.isOnline ? "contacts.loading" : "contacts.loadFailed");
        }
        return wanted && list.length > 0
            ? say("contacts.notFound", { text: this.#search.value.trim() }) : say("contacts.none");
    }

    /** A contact that cannot be rendered spoils only its own row. */
    #fillRow(node, contact) {
        node.dataset.id = contact.id;
        this.#markSelected(node);
        const elements = this.#elements.get(node);
        renderSafely(() => this.#fillElements(elements, contact), () => {
            elements.last.textContent = say("contacts.undrawable");
        });
    }

    #fillElements({ avatar, button, choices, last, name, newcomer, unread, when }, contact) {
        showAvatar(avatar, contact);
        const isNewcomer = this.#contacts.isNewcomer(contact);
        name.textContent = String(contact.username);
        newcomer.hidden = !isNewcomer;
        choices.hidden = !isNewcomer;
        button.parentElement.classList.toggle("is-newcomer", isNewcomer);
        last.replaceChildren(...this.#lastOf(contact));
        const timestamp = contact.lastMessage?.timestamp;
        when.textContent = whenLabel(timestamp);
        when.dateTime = isoOf(timestamp);
        when.title = fullTimeOf(timestamp);
        const count = this.#contacts.unreadCount(contact);
        const shownCount = count > shownCountMax ? `${shownCountMax}+` : String(count);
        unread.hidden = count === 0;
        button.classList.toggle("has-unread", count > 0);
        unread.replaceChildren(
            element("span", { ariaHidden: "true" }, shownCount),
            element("span", { className: "unseen" }, say("contacts.unread", { count })));
    }

    /** Returns what the second line of a row holds: the draft, or the last message with its tick. */
    #lastOf(contact) {
        const draft = this.#draftOf(contact);
        if (draft) return [element("span", { className: "draft" }, say("contacts.draft")), ` ${draft}`];
        const { lastMessage } = contact;
        if (!lastMessage) return [say("contacts.newFriend")];
        const message = this.#lastMessage(contact);
        const text = previewOf(message, message.senderId === this.#me.id);
        if (message.senderId !== this.#me.id || message.deleted) return [text];
        return [tickOf(message.timestamp <= contact.friendReadUpTo), ` ${text}`];
    }

    /** The last message as the open conversation has it, if that is newer than the list. */
    #lastMessage({ id, lastMessage }) {
        const held = this.#conversations.of(id).messages.at(-1);
        if (!held || held.timestamp < lastMessage.timestamp) return lastMessage;
        // The list hears of a deletion before a conversation that is not open.
        const isDeletedSince = lastMessage.deleted && held.timestamp === lastMessage.timestamp;
        return isDeletedSince ? lastMessage : held;
    }

    /** Returns the text typed for a friend whose chat is not open, in one line; "" for none. */
    #draftOf({ id }) {
        if (id === this.#selectedId) return "";
        const draft = this.#drafts.of(id);
        const text = typeof draft === "string" ? summary(draft).trim() : "";
        return text || (this.#drafts.photosOf(id).length > 0 ? say("photo.name") : "");
    }

    #newRow() {
        const name = element("bdi", { className: "name" });
        const newcomer = element("span", { className: "newcomer" }, say("contacts.newcomer"));
        const elements = {
            avatar: element("span", { className: "avatar", ariaHidden: "true" }),
            heading: element("span", { className: "heading" }, name, " ", newcomer),
            when: element("time", { className: "when" }),
            last: element("bdi", { className: "last" }),
            unread: element("span", { className: "unread" }),
        };
        const button = element(
            "button", { type: "button", className: "contact" }, ...Object.values(elements));
        const node = element("li", {}, button);
        const contact = () => this.#contacts.find(node.dataset.id);
        const choices = element("div", { className: "newcomer-choices" },
            choice("greet", () => this.#navigation.openChat(node.dataset.id)),
            choice("remove", () => this.#person.askToRemove(contact())),
            choice("block", () => this.#person.askToBlock(contact())));
        node.append(choices);
        button.addEventListener("click", () => this.#navigation.openChat(node.dataset.id));
        this.#elements.set(node, { ...elements, button, choices, name, newcomer });
        return node;
    }

    #markSelected(node) {
        const button = node.firstElementChild;
        if (node.dataset.id === this.#selectedId) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
    }

    #leaveSearch(event) {
        if (isComposing(event)) return;
        if (event.key === "ArrowDown") {
            event.preventDefault();
            const first = this.#virtualList.items[0];
            if (first) this.focus(first.id);
            else this.onBelow();
        } else if (event.key === "Escape" && this.#search.value) {
            event.preventDefault();
            this.#search.value = "";
            this.#search.dispatchEvent(new Event("input"));
        }
    }

    /** Moves up and down between contacts; up from the first leads to the search. */
    #moveFocus(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const { items } = this.#virtualList;
        const index = this.#virtualList.indexOf(event.target.closest("li")?.dataset.id);
        const next = items[index + step];
        if (next) this.focus(next.id);
        else if (step < 0) this.#search.focus();
        else this.onBelow();
    }
}

/** Returns a button for what one can do with somebody who has just added this user. */
function choice(word, act) {
    const button = element(
        "button", { type: "button", className: "choice" }, say(`contacts.${word}`));
    button.addEventListener("click", act);
    return button;
}

/** Returns the message in one line, or a remark where its text is not known. */
function previewOf({ code, content, deleted, photo }, isOwn) {
    if (deleted) return say("chat.deleted");
    if (content !== undefined || code) return lineOf({ code, text: content, photo });
    return say(photo ? "photo.name" : isOwn ? "contacts.sent" : "contacts.received");
}
