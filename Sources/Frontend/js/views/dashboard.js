import { timeOf } from "../dates.js";
import { byId, isComposing, showAvatar } from "../dom.js";
import { chatRoute, currentRoute, go, replace } from "../route.js";
import { say } from "../words.js";
import { AddFriendDialog } from "./addFriend.js";
import { ContactList } from "./contactList.js";
import { ConversationView } from "./conversation.js";
import { SettingsDialog } from "./settings.js";

const personal = [
    "own-avatar", "own-name", "contacts-empty-text", "chat-avatar", "chat-name",
    "settings-avatar", "settings-name", "leave-text", "logout-text",
];

/** The two panes: which conversation is open follows the address, everything else follows the stores. */
export class Dashboard {
    #parts;
    #list;
    #conversation;
    #cameFromList = false;
    /** Whether somebody comes back to the chat that the address names, and has not clicked yet. */
    #isReturning = currentRoute().place === "chat";

    constructor(parts) {
        this.#parts = parts;
        const { contacts, me, outbox, signal, sync } = parts;
        byId("own-name").textContent = me.username;
        showAvatar(byId("own-avatar"), me);
        this.#list = new ContactList(parts, (id) => this.#choose(id));
        this.#conversation = new ConversationView(parts);
        const settings = new SettingsDialog(parts);
        const addFriend = new AddFriendDialog(parts, (id) => this.#choose(id));
        const onClick = (id, act) => byId(id).addEventListener("click", act, { signal });
        onClick("open-account", () => settings.open());
        onClick("open-settings", () => settings.open());
        onClick("open-add-friend", () => addFriend.open());
        onClick("first-friend", () => addFriend.open());
        onClick("back", (event) => this.#goBack(event));
        addEventListener("hashchange", () => this.#follow(), { signal });
        addEventListener("keydown", (event) => this.#escape(event), { signal });
        contacts.listen(() => this.#follow());
        contacts.listen(() => this.#showTitle());
        sync.listen(() => this.#showBanners());
        outbox.listen(() => this.#showBanners());
        signal.addEventListener("abort", () => {
            this.#conversation.show(null);
            forget();
        });
        this.#showTitle();
        this.#showBanners();
        this.#follow();
    }

    #choose(id) {
        this.#cameFromList = currentRoute().place !== "chat";
        if (this.#cameFromList) go(chatRoute(id));
        else replace(chatRoute(id));
        this.#follow(); // the event for it comes later, and the focus goes to what is shown
        this.#conversation.focus();
    }

    #goBack(event) {
        event?.preventDefault();
        const id = currentRoute().id;
        if (this.#cameFromList) history.back();
        else replace("");
        this.#cameFromList = false;
        requestAnimationFrame(() => this.#list.focus(id));
    }

    #escape(event) {
        if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
        if (document.querySelector("dialog[open]") || currentRoute().place !== "chat") return;
        this.#goBack();
    }

    #follow() {
        const { contacts, session, signal } = this.#parts;
        if (signal.aborted || !session.user) return;
        const { place, id } = currentRoute();
        const contact = place === "chat" ? contacts.find(id) : undefined;
        if (place === "chat" && !contact && contacts.isLoaded) return replace("");
        byId("dashboard").classList.toggle("in-chat", contact !== undefined);
        this.#list.select(contact?.id ?? null);
        this.#conversation.show(contact ?? null);
        if (contact && this.#isReturning) this.#takeFocus();
    }

    /** To where they were writing, unless they have gone elsewhere while contacts were loading. */
    #takeFocus() {
        this.#isReturning = false;
        const isElsewhere = byId("dashboard").contains(document.activeElement);
        if (!isElsewhere) this.#conversation.focus();
    }

    #showTitle() {
        const { contacts, signal } = this.#parts;
        if (!signal.aborted) document.title = say("title", { unread: contacts.unreadTotal });
    }

    #showBanners() {
        const { outbox, sync } = this.#parts;
        const isCut = sync.connection !== "online";
        const fault = isCut ? null : sync.historyFault;
        const isAway = !isCut && (fault?.isVaultAway || outbox.vaultIsAway);
        showBanner(byId("connection"), isCut && say(`banner.${sync.connection}`));
        showBanner(
            byId("vault-banner"), isAway ? say("banner.vault") : fault && say("banner.history"));
        showBanner(byId("limit-banner"), !isCut && outbox.limit && sayLimit(outbox.limit));
    }
}

const soon = 60_000;
const ownLimits = ["too_many_messages", "too_much_data"];

function sayLimit({ code, until, wait }) {
    const time = wait < soon ? say("banner.soon") : say("banner.at", { clock: timeOf(until) });
    return say(`banner.limit.${ownLimits.includes(code) ? code : "busy"}`, { time });
}

/** Leaves nothing of a person in the hidden page: no name, no text, nothing they typed. */
function forget() {
    for (const id of personal) byId(id).replaceChildren();
    for (const field of byId("dashboard").querySelectorAll("input, textarea")) field.value = "";
    byId("password-username").value = "";
}

function showBanner(place, text) {
    if (place.textContent !== (text || "")) place.textContent = text || "";
    place.hidden = !text;
}
