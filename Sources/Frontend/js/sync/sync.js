import { Poller } from "./poller.js";

const heldSeconds = 25; // the longest that the server holds a poll
const heldMin = heldSeconds * 1000 - 2_000; // an empty answer before that was not held
const wholeListWait = 15_000; // between two lists that are read for the texts they lack

/** Keeps the contacts and the open conversation up to date.
 *
 *  The leading tab polls the contact list, which announces every change, and passes it on to the other
 *  tabs. The server holds a poll with nothing to tell. Each tab then loads what its own open
 *  conversation lacks. */
export class Sync {
    #api;
    #channel;
    #connection;
    #contacts;
    #conversations;
    #election;
    #history;
    #poller = new Poller((signal) => this.#poll(signal));
    #tag = { since: -1, text: null }; // of the last answer, and the cursor it belongs to
    #needsWholeList = true;
    #wholeListAt = 0;
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
            this.#poller.pollNow({ afresh: true });
        }, { signal });
        addEventListener("offline", () => {
            this.#connection.setStatus("offline");
            this.#poller.pollNow({ afresh: true });
        }, { signal });
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
    #receive({ kind, rows, since, status, isSealed }) {
        if (kind !== "polled") return;
        if (isSealed !== undefined) this.#connection.setSealed(isSealed);
        if (rows) this.#takeRows(rows, since);
        this.#connection.setStatus(status);
        this.#catchUp();
    }

    /** Changes alone are no list: a tab without one waits for its own.
     *
     *  @param since the cursor that the rows have changed since; null for the whole list */
    #takeRows(rows, since) {
        if (since === null) {
            this.#contacts.replace(rows);
            this.#needsWholeList = false;
        } else if (this.#contacts.isLoaded) {
            this.#contacts.apply(rows, since);
        }
    }

    /** Returns whether the next poll may follow at once. */
    async #poll(signal) {
        const since = this.#wantsWholeList ? null : this.#contacts.cursor;
        try {
            const mayFollow = await this.#pollRows(since, signal);
            await this.#catchUp();
            return mayFollow;
        } catch (fault) {
            if (signal.aborted) throw fault;
            if (fault.code === "cursor_unknown") {
                this.#needsWholeList = true;
                return true;
            }
            const status = navigator.onLine ? "reconnecting" : "offline";
            this.#connection.setStatus(status);
            this.#channel.post({ kind: "polled", status });
            throw fault;
        }
    }

    async #pollRows(since, signal) {
        const mayHold = since !== null && !document.hidden && !this.#contacts.lacksTexts;
        const start = performance.now();
        const answer = await this.#api.friends({
            since, wait: mayHold ? heldSeconds : 0, signal,
            tag: since !== null && this.#tag.since === since ? this.#tag.text : null,
        });
        const wasHeld = performance.now() - start >= heldMin;
        const rows = answer?.rows ?? [];
        if (answer) {
            if (since === null) this.#wholeListAt = performance.now();
            if (rows.length > 0 || since === null) this.#takeRows(rows, since);
            this.#tag = { since: this.#contacts.cursor === since ? since : -1, text: answer.tag };
        }
        if (rows.length > 0) this.#poller.noteActivity();
        this.#connection.setStatus("online");
        const told = rows.length > 0 || since === null ? { rows, since } : {};
        if (since === null || this.#connection.isSealed) {
            told.isSealed = this.#contacts.lacksTexts && await this.#api.isSealed();
            this.#connection.setSealed(told.isSealed);
        }
        this.#channel.post({ kind: "polled", ...told, status: "online" });
        return rows.length > 0 || since === null || (mayHold && wasHeld);
    }

    /** Texts that the vault could not open are read anew with the whole list, now and then. */
    get #wantsWholeList() {
        if (this.#needsWholeList) return true;
        const isDue = performance.now() - this.#wholeListAt > wholeListWait;
        return this.#contacts.lacksTexts && isDue;
    }

    /** Never rejects: a failure is shown, and a later poll tries again. */
    async #catchUp() {
        const contact = this.#contacts.find(this.#openId);
        const held = contact && this.#conversations.of(contact.id);
        if (!held?.isBehind(contact)) return this.#connection.setHistoryFault(null);
        if (this.#history.mustWait(contact.id)) return;
        let failure = null;
        try {
            await this.#history.catchUp(contact);
        } catch (fault) {
            failure = fault;
        }
        if (contact.id !== this.#openId) return;
        // A conversation that never loaded shows its failure in its own place.
        const isShownHere = failure?.isVaultAway || held.isLoaded;
        this.#connection.setHistoryFault(isShownHere ? failure : null);
    }
}
