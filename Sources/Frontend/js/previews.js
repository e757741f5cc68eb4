import { Observable } from "./observable.js";

const fetchedMax = 20;

/** The last message of each conversation in a few words. The contact list does not tell it, so it is
 *  taken from what is held, or fetched, one at a time, for those at the top of the list. */
export class Previews extends Observable {
    #api;
    #contacts;
    #conversations;
    #known = new Map();
    #busy = false;
    #notBefore = 0;

    constructor({ api, contacts, conversations }) {
        super();
        this.#api = api;
        this.#contacts = contacts;
        this.#conversations = conversations;
        contacts.listen(() => this.#fetchMissing());
    }

    /** The message, or null where it is not known (yet). */
    of({ id, lastMessage }) {
        if (!lastMessage) return null;
        const held = this.#conversations.of(id).messages.at(-1);
        if (held && held.timestamp >= lastMessage.timestamp) return held;
        const known = this.#known.get(id);
        return known?.timestamp === lastMessage.timestamp ? known : null;
    }

    async #fetchMissing() {
        if (this.#busy || document.hidden || performance.now() < this.#notBefore) return;
        this.#busy = true;
        try {
            for (let contact = this.#missing(); contact; contact = this.#missing()) {
                const { id, lastMessage: { timestamp } } = contact;
                const [message] = await this.#api.history(id, { after: timestamp - 1, limit: 1 });
                this.#known.set(id, { ...message, timestamp });
                this.changed(id);
            }
        } catch (fault) {
            this.#notBefore = performance.now() + Math.max(fault.retryAfter ?? 0, 15) * 1000;
        } finally {
            this.#busy = false;
        }
    }

    #missing() {
        return this.#contacts.list.slice(0, fetchedMax)
            .find((contact) => contact.lastMessage && !this.of(contact));
    }
}
