import { byId, drawn, element, isComposing, showAvatar } from "../dom.js";
import { fullTimeOf, isoOf, watchDay, whenLabel } from "../dates.js";
import { summary } from "../text.js";
import { say } from "../words.js";
import { remarkFor } from "./messageRow.js";
import { RowWindow } from "./rowWindow.js";

/** The contacts that match the search, latest conversation first. */
export class ContactList {
    #parts;
    #list = byId("contact-list");
    #search = byId("search");
    #window;
    #views = new WeakMap(); // the parts of each row
    #selectedId = null;
    #choose;

    constructor(parts, choose) {
        this.#parts = parts;
        this.#choose = choose;
        const { contacts, conversations, previews, signal, sync } = parts;
        this.#search.value = "";
        this.#window = new RowWindow({
            scroller: this.#list.parentElement, list: this.#list, signal,
            newRow: (contact) => this.#newRow(contact),
            fillRow: (node, contact) => this.#fill(node, contact),
        });
        this.#search.addEventListener("input", () => this.#render({ fromTop: true }), { signal });
        this.#search.addEventListener("keydown", (event) => this.#leaveSearch(event), { signal });
        this.#list.addEventListener("keydown", (event) => this.#walk(event), { signal });
        contacts.listen(() => this.#render());
        sync.listen(() => { if (!contacts.isLoaded) this.#render(); });
        previews.listen((id) => this.#update(id));
        conversations.listen((id) => this.#update(id));
        watchDay(() => this.#render(), signal);
        this.#render();
    }

    select(id) {
        if (id === this.#selectedId) return;
        this.#selectedId = id;
        for (const node of this.#list.children) this.#mark(node);
    }

    focus(id) {
        const button = this.#window.reveal(id)?.firstElementChild ?? this.#search;
        button.focus({ preventScroll: true });
    }

    #render({ fromTop = false } = {}) {
        const { contacts, signal } = this.#parts;
        if (signal.aborted) return;
        const wanted = this.#search.value.trim().toLocaleLowerCase();
        const shown = contacts.list.filter(
            ({ username }) => String(username).toLocaleLowerCase().includes(wanted));
        this.#window.show(shown, { fromTop });
        this.#showEmpty(shown.length, wanted);
    }

    #update(id) {
        const contact = this.#parts.contacts.find(id);
        if (contact && !this.#parts.signal.aborted) this.#window.update(contact);
    }

    #showEmpty(count, wanted) {
        const { isLoaded, list } = this.#parts.contacts;
        const isCut = this.#parts.sync.connection !== "online";
        byId("contacts-empty").hidden = count > 0;
        byId("first-friend").hidden = !isLoaded || list.length > 0;
        byId("contacts-empty-text").textContent = !isLoaded ? say(isCut ? "contacts.loadFailed" : "contacts.loading")
            : wanted && list.length > 0 ? say("contacts.notFound", { text: this.#search.value.trim() })
                : say("contacts.none");
    }

    /** A contact that cannot be drawn costs its own row alone. */
    #fill(node, contact) {
        node.dataset.id = contact.id;
        this.#mark(node);
        const view = this.#views.get(node);
        drawn(() => this.#show(view, contact), () => {
            view.last.textContent = say("contacts.undrawable");
        });
    }

    #show({ avatar, name, when, last, unread }, contact) {
        showAvatar(avatar, contact);
        name.textContent = String(contact.username);
        last.textContent = this.#summary(contact);
        const timestamp = contact.lastMessage?.timestamp;
        when.textContent = whenLabel(timestamp);
        when.dateTime = isoOf(timestamp);
        when.title = fullTimeOf(timestamp);
        const count = this.#parts.contacts.unread(contact);
        unread.hidden = count === 0;
        unread.parentElement.classList.toggle("has-unread", count > 0);
        unread.replaceChildren(
            element("span", { ariaHidden: "true" }, count > 999 ? "999+" : String(count)),
            element("span", { className: "unseen" }, say("contacts.unread", { count })));
    }

    #summary(contact) {
        const { me, previews } = this.#parts;
        if (!contact.lastMessage) return say("contacts.newFriend");
        const isOwn = contact.lastMessage.senderId === me.id;
        const message = previews.of(contact);
        if (!message) return say(isOwn ? "contacts.sent" : "contacts.received");
        const words = remarkFor(message.code, message.content);
        if (words) return say(words);
        const text = summary(message.content);
        return message.senderId === me.id ? say("contacts.own", { text }) : text;
    }

    #newRow(contact) {
        const view = {
            avatar: element("span", { className: "avatar", ariaHidden: "true" }),
            name: element("bdi", { className: "name" }),
            when: element("time", { className: "when" }),
            last: element("bdi", { className: "last" }),
            unread: element("span", { className: "unread" }),
        };
        const button = element(
            "button", { type: "button", className: "contact" }, ...Object.values(view));
        button.addEventListener("click", () => this.#choose(contact.id));
        const node = element("li", {}, button);
        this.#views.set(node, view);
        return node;
    }

    #mark(node) {
        const button = node.firstElementChild;
        if (node.dataset.id === this.#selectedId) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
    }

    #leaveSearch(event) {
        if (isComposing(event)) return;
        if (event.key === "ArrowDown") {
            event.preventDefault();
            this.focus(this.#window.items[0]?.id);
        } else if (event.key === "Escape" && this.#search.value) {
            event.preventDefault();
            this.#search.value = "";
            this.#render({ fromTop: true });
        }
    }

    /** Up and down between contacts; up from the first leads to the search. */
    #walk(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const index = this.#window.indexOf(event.target.closest("li")?.dataset.id);
        const next = this.#window.items[index + step];
        if (next) this.focus(next.id);
        else if (step < 0) this.#search.focus();
    }
}
