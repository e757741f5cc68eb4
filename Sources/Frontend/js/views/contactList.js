import { arrange, byId, element, showAvatar } from "../dom.js";
import { whenLabel, fullTimeOf } from "../dates.js";
import { say } from "../words.js";
import { UNREADABLE } from "./messageRow.js";

/** The contacts that match the search, latest conversation first. */
export class ContactList {
    #parts;
    #list = byId("contact-list");
    #search = byId("search");
    #rows = new Map();
    #selectedId = null;
    #choose;

    constructor(parts, choose) {
        this.#parts = parts;
        this.#choose = choose;
        const { contacts, conversations, previews, signal } = parts;
        this.#search.value = "";
        this.#list.replaceChildren();
        this.#search.addEventListener("input", () => this.#render(), { signal });
        this.#search.addEventListener("keydown", (event) => this.#leaveSearch(event), { signal });
        this.#list.addEventListener("keydown", (event) => this.#walk(event), { signal });
        contacts.listen(() => this.#render());
        previews.listen((id) => this.#update(id));
        conversations.listen((id) => this.#update(id));
        this.#render();
    }

    select(id) {
        this.#selectedId = id;
        for (const [rowId, { button }] of this.#rows) {
            if (rowId === id) button.setAttribute("aria-current", "true");
            else button.removeAttribute("aria-current");
        }
    }

    focus(id) {
        (this.#rows.get(id)?.button ?? this.#search).focus();
    }

    #render() {
        const { contacts, signal } = this.#parts;
        if (signal.aborted) return;
        const wanted = this.#search.value.trim().toLocaleLowerCase();
        const shown = contacts.list.filter(
            ({ username }) => username.toLocaleLowerCase().includes(wanted));
        const held = new Set(contacts.list.map(({ id }) => id));
        for (const id of this.#rows.keys()) if (!held.has(id)) this.#rows.delete(id);
        for (const contact of shown) this.#fill(contact);
        arrange(this.#list, shown.map(({ id }) => this.#rows.get(id).item));
        this.#showEmpty(shown.length, wanted);
        this.select(this.#selectedId);
    }

    #update(id) {
        const contact = this.#parts.contacts.find(id);
        if (contact && this.#rows.has(id) && !this.#parts.signal.aborted) this.#fill(contact);
    }

    #showEmpty(count, wanted) {
        const { isLoaded, list } = this.#parts.contacts;
        byId("contacts-empty").hidden = count > 0;
        byId("first-friend").hidden = !isLoaded || list.length > 0;
        byId("contacts-empty-text").textContent = !isLoaded ? say("contacts.loading")
            : wanted && list.length > 0 ? say("contacts.notFound", { text: this.#search.value.trim() })
                : say("contacts.none");
    }

    #fill(contact) {
        const { contacts } = this.#parts;
        if (!this.#rows.has(contact.id)) this.#rows.set(contact.id, this.#newRow(contact));
        const { name, when, last, unread } = this.#rows.get(contact.id);
        const count = contacts.unread(contact);
        const { lastMessage } = contact;
        name.textContent = contact.username;
        when.textContent = lastMessage ? whenLabel(lastMessage.timestamp) : "";
        when.dateTime = lastMessage ? new Date(lastMessage.timestamp).toISOString() : "";
        when.title = lastMessage ? fullTimeOf(lastMessage.timestamp) : "";
        last.textContent = this.#summary(contact);
        unread.hidden = count === 0;
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
        if (message.code) return say(UNREADABLE.get(message.code) ?? "chat.notAuthentic");
        const text = message.content.slice(0, 200).replace(/\s+/gu, " ");
        return message.senderId === me.id ? say("contacts.own", { text }) : text;
    }

    #newRow(contact) {
        const avatar = element("span", { className: "avatar", ariaHidden: "true" });
        showAvatar(avatar, contact);
        const name = element("bdi", { className: "name" });
        const when = element("time", { className: "when" });
        const last = element("bdi", { className: "last" });
        const unread = element("span", { className: "unread" });
        const button = element(
            "button", { type: "button", className: "contact" }, avatar, name, when, last, unread);
        button.addEventListener("click", () => this.#choose(contact.id));
        return { item: element("li", {}, button), button, name, when, last, unread };
    }

    #leaveSearch(event) {
        if (event.key === "ArrowDown") {
            event.preventDefault();
            this.#list.querySelector("button")?.focus();
        } else if (event.key === "Escape" && this.#search.value) {
            event.preventDefault();
            this.#search.value = "";
            this.#render();
        }
    }

    /** Up and down between contacts; up from the first leads to the search. */
    #walk(event) {
        const item = event.target.closest("li");
        const next = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling };
        if (!(event.key in next)) return;
        event.preventDefault();
        if (next[event.key]) next[event.key].querySelector("button").focus();
        else if (event.key === "ArrowUp") this.#search.focus();
    }
}
