import { Store } from "../state/store.js";
import { Backoff } from "./backoff.js";

const fetchedMax = 20;
const failureWaitMax = 15_000;

/** The last message of each conversation, for the contact list. The server's list has only its time
 *  and sender. The text comes from the conversations held; for the contacts on top it is requested.
 *  Emits the friend's id. */
export class Previews extends Store {
    #api;
    #contacts;
    #conversations;
    #fetched = new Map();
    #signal;
    #isFetching = false;
    #backoff = new Backoff({ waitMax: failureWaitMax });

    constructor({ api, contacts, conversations, signal }) {
        super();
        this.#api = api;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#signal = signal;
        contacts.subscribe(() => this.#fetchMissing(), signal);
    }

    /** The message, or null while it is not known. */
    of({ id, lastMessage }) {
        if (!lastMessage) return null;
        const held = this.#conversations.of(id).messages.at(-1);
        if (held && held.timestamp >= lastMessage.timestamp) return held;
        const fetched = this.#fetched.get(id);
        return fetched?.timestamp === lastMessage.timestamp ? fetched : null;
    }

    async #fetchMissing() {
        if (this.#isFetching || document.hidden || this.#backoff.wait > 0) return;
        this.#isFetching = true;
        try {
            for (let contact = this.#missing(); contact; contact = this.#missing()) {
                const { id, lastMessage: { timestamp } } = contact;
                const [message] = await this.#api.history(id, { after: timestamp - 1, limit: 1 });
                this.#fetched.set(id, { ...message, timestamp });
                this.emit(id);
            }
            this.#backoff.reset();
        } catch (fault) {
            this.#backoff.fail(fault);
        } finally {
            this.#isFetching = false;
        }
    }

    /** The next contact to ask for; undefined when there is none, or after the log-out. */
    #missing() {
        if (this.#signal.aborted) return undefined;
        return this.#contacts.list.slice(0, fetchedMax)
            .find((contact) => contact.lastMessage && !this.of(contact));
    }
}
