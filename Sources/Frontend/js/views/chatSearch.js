import { byId, isComposing } from "./dom.js";
import { SearchResults } from "./searchResults.js";

/** Searches the open conversation: a panel beside the messages, or over them where the window is
 *  narrow. */
export class ChatSearch {
    #actions;
    #friendId = null;
    #input = byId("chat-search-text");
    #onLeave;
    #opener = byId("open-chat-search");
    #panel = byId("chat-search");
    #results;

    /** @param onChoose called with the message that a person has chosen, and the query
     *  @param onLeave called when the panel closes */
    constructor({ actions, contacts, me, onChoose, onLeave, search, signal }) {
        this.#actions = actions;
        this.#onLeave = onLeave;
        this.#results = new SearchResults({
            id: "chat-found", contacts, me, search, signal,
            onChoose: (message) => {
                const { text } = search; // closing empties it
                if (this.coversMessages) this.#close();
                onChoose(message, text);
            },
            onMore: () => actions.searchFurther("chat"),
            onAbove: () => this.#input.focus(),
        });
        this.#opener.addEventListener("click", () => {
            if (this.#panel.hidden) this.#open();
            else this.#close();
        }, { signal });
        byId("close-chat-search").addEventListener("click", () => this.#leave(), { signal });
        this.#input.addEventListener("input", () => this.#find(), { signal });
        this.#panel.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    }

    /** @param friendId whose conversation is open; null for none */
    show(friendId) {
        this.#friendId = friendId;
        this.#close();
    }

    /** Whether the panel is open over the messages. */
    get coversMessages() {
        return !this.#panel.hidden && getComputedStyle(this.#panel).position === "absolute";
    }

    #open() {
        this.#panel.hidden = false;
        this.#opener.setAttribute("aria-expanded", "true");
        this.#input.focus();
    }

    #close() {
        this.#input.value = "";
        this.#find();
        this.#panel.hidden = true;
        this.#opener.setAttribute("aria-expanded", "false");
        this.#onLeave();
    }

    #leave() {
        this.#close();
        this.#opener.focus();
    }

    #find() {
        this.#actions.search("chat", this.#input.value, this.#friendId);
    }

    #pressed(event) {
        if (isComposing(event)) return;
        if (event.key === "Escape") {
            event.preventDefault();
            this.#leave();
        } else if (event.key === "ArrowDown" && event.target === this.#input) {
            event.preventDefault();
            this.#results.focus();
        }
    }
}
