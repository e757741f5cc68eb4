import { currentRoute } from "../navigation.js";
import { say } from "../words.js";
import { byId, isComposing, showAvatar } from "./dom.js";

const personalPlaces = [
    "own-avatar", "own-name", "contacts-empty-text", "chat-avatar", "chat-name",
    "chosen-photos",
    "settings-avatar", "settings-name", "logout-text",
];

/** The frame around the two panes: it shows the chat that the address names, opens the dialogs, and
 *  sets the title. */
export class Dashboard {
    #contactList;
    #contacts;
    #conversation;
    #navigation;
    /** Whether a person returns to the chat that the address names, and has not clicked yet. */
    #isReturning = currentRoute().place === "chat";

    constructor({
        addFriend, contactList, contacts, conversation, me, navigation, settings, signal,
    }) {
        this.#contactList = contactList;
        this.#contacts = contacts;
        this.#conversation = conversation;
        this.#navigation = navigation;
        byId("own-name").textContent = me.username;
        showAvatar(byId("own-avatar"), me);
        const onClick = (id, act) => byId(id).addEventListener("click", act, { signal });
        onClick("open-account", () => settings.open());
        onClick("open-settings", () => settings.open());
        onClick("open-add-friend", () => addFriend.open());
        onClick("first-friend", () => addFriend.open());
        onClick("back", (event) => {
            event.preventDefault();
            navigation.leaveChat();
        });
        addEventListener("keydown", (event) => this.#leaveOnEscape(event), { signal });
        navigation.subscribe((event) => this.#navigated(event), signal);
        contacts.subscribe(() => this.#render(), signal);
        signal.addEventListener("abort", () => {
            conversation.show(null);
            forgetPerson();
        });
        this.#render();
    }

    #navigated({ kind, friendId }) {
        this.#showRoute();
        if (kind === "opened") this.#conversation.focus();
        if (kind === "left") requestAnimationFrame(() => this.#contactList.focus(friendId));
    }

    #render() {
        document.title = say("title", { unread: this.#contacts.unreadTotal });
        this.#showRoute();
    }

    #showRoute() {
        const { chatId } = this.#navigation;
        const contact = chatId === null ? null : this.#contacts.find(chatId) ?? null;
        const isUnknown = chatId !== null && !contact && this.#contacts.isLoaded;
        if (isUnknown) return this.#navigation.closeChat();
        byId("dashboard").classList.toggle("in-chat", contact !== null);
        this.#contactList.select(contact?.id ?? null);
        this.#conversation.show(contact);
        if (contact && this.#isReturning) this.#takeFocus();
    }

    /** Focuses the conversation, unless the person has gone elsewhere while contacts were loading. */
    #takeFocus() {
        this.#isReturning = false;
        const isElsewhere = byId("dashboard").contains(document.activeElement);
        if (!isElsewhere) this.#conversation.focus();
    }

    #leaveOnEscape(event) {
        if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
        if (document.querySelector("dialog[open]") || this.#navigation.chatId === null) return;
        this.#navigation.leaveChat();
    }
}

/** Removes every name and text of the person from the hidden page. */
function forgetPerson() {
    for (const id of personalPlaces) byId(id).replaceChildren();
    for (const field of byId("dashboard").querySelectorAll("input, textarea")) field.value = "";
    for (const id of ["password-username", "confirm-username"]) byId(id).value = "";
}
