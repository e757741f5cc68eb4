import { Store } from "./state/store.js";

const usernameLengthMax = 1024; // longer ones are unknown to every server

/** Returns the place that the address's fragment names, such as `{place: "chat", id}`. Back and
 *  reload work because the address alone says which chat is open. */
export function currentRoute() {
    const [place, id = ""] = location.hash.slice(1).split("/");
    try {
        return { place, id: decodeURIComponent(id) };
    } catch {
        return { place: "", id: "" };
    }
}

/** Returns the address that lets whoever opens it add that user. */
export const linkToAdd = (username) =>
    new URL(`#tambah=${encodeURIComponent(username)}`, document.baseURI).href;

/** Returns the username that the address asks to add, or "". */
export function usernameToAdd() {
    const [, name = ""] = /^#tambah=(.+)$/u.exec(location.hash) ?? [];
    try {
        return decodeURIComponent(name).slice(0, usernameLengthMax);
    } catch {
        return "";
    }
}

/** Changes the fragment without adding a step to the browser's history. The browser fires no
 *  "hashchange" for this, so one is dispatched. */
export function replaceRoute(hash) {
    history.replaceState(null, "", hash || location.pathname + location.search);
    dispatchEvent(new HashChangeEvent("hashchange"));
}

const chatHash = (id) => `#chat/${encodeURIComponent(id)}`;

/** Which chat is open, as the address says. Emits `{kind}`: "moved" after each change of the address,
 *  "opened" when a person opens a chat, and "left" with the `friendId` of the chat they leave. */
export class Navigation extends Store {
    #cameFromList = false;

    constructor(signal) {
        super();
        addEventListener("hashchange", () => this.emit({ kind: "moved" }), { signal });
    }

    /** The id of the friend whose chat the address names, or null. */
    get chatId() {
        const { place, id } = currentRoute();
        return place === "chat" ? id : null;
    }

    openChat(id) {
        this.#cameFromList = this.chatId === null;
        if (this.#cameFromList) location.hash = chatHash(id);
        else replaceRoute(chatHash(id));
        // The browser fires the "hashchange" of a new hash in a later task.
        this.emit({ kind: "opened" });
    }

    /** Goes back to the list. A chat that was opened from there leaves no step in the history. */
    leaveChat() {
        const friendId = this.chatId;
        if (this.#cameFromList) history.back();
        else replaceRoute("");
        this.#cameFromList = false;
        this.emit({ kind: "left", friendId });
    }

    /** Closes a chat that does not exist. */
    closeChat() {
        replaceRoute("");
    }
}
