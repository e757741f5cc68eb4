import { byId } from "./dom.js";
import { SearchResults } from "./searchResults.js";

/** Messages of all conversations that hold what is searched for in the contact list. They stand
 *  below the contacts. */
export class ListSearch {
    constructor({ actions, contactList, contacts, conversation, me, navigation, search, signal }) {
        const input = byId("search");
        const results = new SearchResults({
            id: "found", contacts, me, search, signal,
            onChoose: (message) => {
                navigation.openChat(message.friendId);
                conversation.jumpTo(message, search.text);
            },
            onMore: () => actions.searchFurther("list"),
            onAbove: () => contactList.focusLast(),
        });
        input.addEventListener(
            "input", () => actions.search("list", input.value), { signal });
        contactList.onBelow = () => results.focus();
        const render = () => { byId("found").hidden = !search.text; };
        search.subscribe(render, signal);
        byId("found").addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            input.focus();
        }, { signal });
        render();
    }
}
