import { fullTimeOf, isoOf, whenLabel } from "../rules/dates.js";
import { excerpt } from "../rules/search.js";
import { say, sayFault } from "../words.js";
import { arrange, byId, element } from "./dom.js";

/** The messages that a search has found, with the query marked in each. The elements are `#ID-list`,
 *  `#ID-state` and `#ID-more`. */
export class SearchResults {
    #contacts;
    #list;
    #me;
    #more;
    #nodes = new Map(); // by the message's id
    #onChoose;
    #search;
    #shownText = "";
    #state;
    #wantsFocusAt = -1;

    /** @param onChoose called with the message that a person has chosen
     *  @param onMore called to search further
     *  @param onAbove called when the arrow up leads out of the list */
    constructor({ id, contacts, me, search, onChoose, onMore, onAbove, signal }) {
        this.#contacts = contacts;
        this.#me = me;
        this.#onChoose = onChoose;
        this.#search = search;
        this.#list = byId(`${id}-list`);
        this.#state = byId(`${id}-state`);
        this.#more = byId(`${id}-more`);
        this.#more.addEventListener("click", () => {
            this.#wantsFocusAt = search.results.length;
            onMore();
        }, { signal });
        this.#list.addEventListener("keydown", (event) => this.#move(event, onAbove), { signal });
        search.subscribe(() => this.#render(), signal);
        signal.addEventListener("abort", () => this.#list.replaceChildren());
        this.#render();
    }

    /** Focuses the first message, if there is one. */
    focus() {
        this.#list.querySelector("button")?.focus();
    }

    #render() {
        const { fault, isBusy, next, results, text } = this.#search;
        if (text !== this.#shownText) this.#nodes.clear();
        this.#shownText = text;
        const shown = results.filter(({ friendId }) => this.#contacts.find(friendId));
        arrange(this.#list, shown.map((message) => this.#nodeOf(message)));
        this.#state.textContent = this.#stateText(shown.length);
        this.#more.hidden = isBusy ? this.#wantsFocusAt < 0 : !fault && next === null;
        this.#more.textContent = say(fault ? "search.retry" : "search.more");
        if (!isBusy) this.#restoreFocus(shown);
    }

    /** The button may have gone from under the focus; the first new message takes it. */
    #restoreFocus(shown) {
        const first = shown[this.#wantsFocusAt];
        const hasFocus = [document.body, this.#more].includes(document.activeElement);
        if (first && hasFocus) this.#nodes.get(first.id).firstElementChild.focus();
        this.#wantsFocusAt = -1;
    }

    #stateText(count) {
        const { fault, isBusy, next, text } = this.#search;
        if (!text) return "";
        if (fault) return sayFault(fault);
        if (isBusy) return say("search.busy");
        if (count > 0) return say("search.count", { count });
        return next === null ? say("search.none", { text }) : say("search.notYet");
    }

    #nodeOf(message) {
        if (!this.#nodes.has(message.id)) this.#nodes.set(message.id, this.#newNode(message));
        return this.#nodes.get(message.id);
    }

    #newNode(message) {
        const { content, friendId, senderId, timestamp } = message;
        const isOwn = senderId === this.#me.id;
        const name = String(this.#contacts.find(friendId).username);
        const time = element("time", {
            className: "when", dateTime: isoOf(timestamp), title: fullTimeOf(timestamp),
        }, whenLabel(timestamp));
        const pieces = excerpt(String(content), this.#search.text);
        const text = element("bdi", { className: "hit-text" }, ...pieces.map(
            ({ text: piece, isFound }) => isFound ? element("mark", {}, piece) : piece));
        const whose = element("span", { className: "hit-own" }, isOwn ? `${say("chat.me")} ` : "");
        const button = element("button", { type: "button", className: "hit" },
            element("bdi", { className: "name" }, name), time,
            element("span", { className: "hit-line" }, whose, text));
        button.addEventListener("click", () => this.#onChoose(message));
        return element("li", {}, button);
    }

    /** Arrow keys move between the messages. */
    #move(event, onAbove) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const items = [...this.#list.children];
        const next = items.indexOf(event.target.closest("li")) + step;
        if (next < 0) onAbove();
        else (items[next]?.firstElementChild ?? this.#more).focus();
    }
}
