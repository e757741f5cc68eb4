import { Poller } from "./poller.js";

/** Keeps the contacts and the open conversation up to date.
 *
 *  The leading tab polls the contact list, which announces every new message, and passes it on to
 *  the other tabs. Each tab then loads what its own open conversation lacks. */
export class Sync {
    #api;
    #channel;
    #connection;
    #contacts;
    #conversations;
    #election;
    #history;
    #poller = new Poller(() => this.#poll());
    #tag = null;
    #openId = null;

    constructor({ api, channel, connection, contacts, conversations, election, history, signal }) {
        this.#api = api;
        this.#channel = channel;
        this.#connection = connection;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#election = election;
        this.#history = history;
        channel.receive((message) => this.#receive(message));
        election.subscribe(() => this.#followElection(), signal);
        this.#watchPage(signal);
    }

    start() {
        this.#election.claim();
    }

    /** @param friendId the conversation that is shown, or null */
    open(friendId) {
        this.#openId = friendId;
        this.retryHistory();
    }

    /** Loads at once what the open conversation lacks, whatever has failed before. */
    retryHistory() {
        if (this.#openId !== null) this.#history.forgetFailures(this.#openId);
        this.#catchUp();
    }

    /** Polls at once, because something has just changed on the server. A tab that does not lead
     *  takes over. */
    pollNow() {
        this.#poller.noteActivity();
        if (this.#election.isLeader) this.#poller.pollNow();
        else this.#election.claim();
    }

    #watchPage(signal) {
        const pollIfSeen = () => { if (!document.hidden) this.#poller.pollNow(); };
        addEventListener("focus", pollIfSeen, { signal });
        addEventListener("pageshow", pollIfSeen, { signal });
        document.addEventListener("visibilitychange", pollIfSeen, { signal });
        addEventListener("online", () => {
            this.#connection.setStatus("online");
            this.#poller.pollNow();
        }, { signal });
        addEventListener("offline", () => this.#connection.setStatus("offline"), { signal });
        for (const kind of ["pointerdown", "keydown", "wheel"]) {
            addEventListener(kind, () => this.#poller.noteActivity(), { signal, passive: true });
        }
        signal.addEventListener("abort", () => this.#poller.stop());
    }

    #followElection() {
        if (this.#election.isLeader) this.#poller.start();
        else this.#poller.stop();
    }

    /** Takes over the result of the leader's poll. */
    #receive({ kind, contacts, tag, status }) {
        if (kind !== "polled") return;
        if (contacts) this.#replaceContacts({ contacts, tag });
        this.#connection.setStatus(status);
        this.#catchUp();
    }

    #replaceContacts({ contacts, tag }) {
        this.#tag = tag;
        this.#contacts.replace(contacts);
    }

    async #poll() {
        try {
            const changed = await this.#api.friends(this.#tag);
            if (changed) {
                this.#replaceContacts(changed);
                this.#poller.noteActivity();
            }
            this.#connection.setStatus("online");
            this.#channel.post({ kind: "polled", ...changed, status: "online" });
        } catch (fault) {
            const status = navigator.onLine ? "reconnecting" : "offline";
            this.#connection.setStatus(status);
            this.#channel.post({ kind: "polled", status });
            throw fault;
        }
        await this.#catchUp();
    }

    /** Never rejects: a failure is shown, and a later poll tries again. */
    async #catchUp() {
        const contact = this.#contacts.find(this.#openId);
        const held = contact && this.#conversations.of(contact.id);
        if (!held?.isBehind(contact.lastMessage)) return this.#connection.setHistoryFault(null);
        if (this.#history.mustWait(contact.id)) return;
        let failure = null;
        try {
            await this.#history.catchUp(contact.id);
        } catch (fault) {
            failure = fault;
        }
        if (contact.id !== this.#openId) return;
        // A conversation that never loaded shows its failure in its own place.
        const isShownHere = failure?.isVaultAway || held.isLoaded;
        this.#connection.setHistoryFault(isShownHere ? failure : null);
    }
}
