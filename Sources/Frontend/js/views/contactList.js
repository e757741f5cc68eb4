import { fullTimeOf, isoOf, watchDay, whenLabel } from "../rules/dates.js";
import { summary } from "../rules/text.js";
import { say } from "../words.js";
import { byId, element, isComposing, renderSafely, showAvatar } from "./dom.js";
import { replacementFor } from "./messageRenderer.js";
import { VirtualList } from "./virtualList.js";

const shownCountMax = 999;

/** The contacts that match the search, latest conversation first. */
export class ContactList {
    #connection;
    #contacts;
    #drafts;
    #me;
    #navigation;
    #previews;
    #list = byId("contact-list");
    #search = byId("search");
    #virtualList;
    #elements = new WeakMap(); // the elements within each row
    #selectedId = null;

    constructor({
        connection, contacts, conversations, drafts, me, navigation, previews, signal,
    }) {
        this.#connection = connection;
        this.#contacts = contacts;
        this.#drafts = drafts;
        this.#me = me;
        this.#navigation = navigation;
        this.#previews = previews;
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
        previews.subscribe((id) => this.#update(id), signal);
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

    #render({ fromTop = false } = {}) {
        const wanted = this.#search.value.trim().toLocaleLowerCase();
        const shown = this.#contacts.list.filter(
            ({ username }) => String(username).toLocaleLowerCase().includes(wanted));
        this.#virtualList.show(shown, { fromTop });
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

    #fillElements({ avatar, name, when, last, unread }, contact) {
        showAvatar(avatar, contact);
        name.textContent = String(contact.username);
        const draft = this.#draftOf(contact);
        if (draft) {
            last.replaceChildren(
                element("span", { className: "draft" }, say("contacts.draft")), ` ${draft}`);
        } else {
            last.textContent = this.#preview(contact);
        }
        const timestamp = contact.lastMessage?.timestamp;
        when.textContent = whenLabel(timestamp);
        when.dateTime = isoOf(timestamp);
        when.title = fullTimeOf(timestamp);
        const count = this.#contacts.unreadCount(contact);
        const shownCount = count > shownCountMax ? `${shownCountMax}+` : String(count);
        unread.hidden = count === 0;
        unread.parentElement.classList.toggle("has-unread", count > 0);
        unread.replaceChildren(
            element("span", { ariaHidden: "true" }, shownCount),
            element("span", { className: "unseen" }, say("contacts.unread", { count })));
    }

    /** Returns the text typed for a friend whose chat is not open, in one line; "" for none. */
    #draftOf({ id }) {
        if (id === this.#selectedId) return "";
        const draft = this.#drafts.of(id);
        return typeof draft === "string" ? summary(draft).trim() : "";
    }

    /** Returns the last message in one line, or a remark where its text is not known. */
    #preview(contact) {
        if (!contact.lastMessage) return say("contacts.newFriend");
        const message = this.#previews.of(contact);
        const isOwn = (message ?? contact.lastMessage).senderId === this.#me.id;
        if (!message) return say(isOwn ? "contacts.sent" : "contacts.received");
        const replacement = replacementFor(message.code, message.content);
        if (replacement) return say(replacement);
        const text = summary(message.content);
        return isOwn ? say("contacts.own", { text }) : text;
    }

    #newRow() {
        const elements = {
            avatar: element("span", { className: "avatar", ariaHidden: "true" }),
            name: element("bdi", { className: "name" }),
            when: element("time", { className: "when" }),
            last: element("bdi", { className: "last" }),
            unread: element("span", { className: "unread" }),
        };
        const button = element(
            "button", { type: "button", className: "contact" }, ...Object.values(elements));
        const node = element("li", {}, button);
        button.addEventListener("click", () => this.#navigation.openChat(node.dataset.id));
        this.#elements.set(node, elements);
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
            this.focus(this.#virtualList.items[0]?.id);
        } else if (event.key === "Escape" && this.#search.value) {
            event.preventDefault();
            this.#search.value = "";
            this.#render({ fromTop: true });
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
    }
}
