import { Observable } from "./observable.js";
import { Poller } from "./poller.js";

/** Keeps contacts and the open conversation up to date. The leading tab polls the contact list,
 *  which tells of every new message; each tab then fetches what its own conversation lacks.
 *  Listeners hear that `connection` or `historyFault` changed. */
export class Sync extends Observable {
    #api;
    #contacts;
    #conversations;
    #tabs;
    #poller = new Poller(() => this.#round());
    #tag = null;
    #openId = null;
    connection = "online";
    /** Why the open conversation could not be brought up to date, or null. */
    historyFault = null;

    constructor({ api, contacts, conversations, tabs, signal }) {
        super();
        this.#api = api;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#tabs = tabs;
        tabs.listen((message) => this.#hear(message));
        this.#watchPage(signal);
    }

    start() {
        this.#tabs.claim();
    }

    /** The conversation that is shown, or null. */
    open(friendId) {
        this.#openId = friendId;
        this.retryHistory();
    }

    /** Asks at once for what the open conversation lacks, whatever has failed before. */
    retryHistory() {
        if (this.#openId !== null) this.#conversations.forgetFailures(this.#openId);
        this.#catchUp();
    }

    /** Asks the server now: something has just changed there. */
    hurry() {
        this.#poller.noteActivity();
        if (this.#tabs.leads) this.#poller.hurry();
        else this.#tabs.claim();
    }

    #watchPage(signal) {
        const look = () => { if (!document.hidden) this.#poller.hurry(); };
        addEventListener("focus", look, { signal });
        addEventListener("pageshow", look, { signal });
        document.addEventListener("visibilitychange", look, { signal });
        addEventListener("online", () => { this.#tell("online"); this.#poller.hurry(); }, { signal });
        addEventListener("offline", () => this.#tell("offline"), { signal });
        for (const kind of ["pointerdown", "keydown", "wheel"]) {
            addEventListener(kind, () => this.#poller.noteActivity(), { signal, passive: true });
        }
        signal.addEventListener("abort", () => this.#poller.stop());
    }

    #hear(message) {
        if (message.kind === "led") {
            if (this.#tabs.leads) this.#poller.start();
            else this.#poller.stop();
        } else if (message.kind === "round") {
            if (message.contacts) this.#follow(message);
            this.#tell(message.connection);
            this.#catchUp();
        }
    }

    #follow({ contacts, tag }) {
        this.#tag = tag;
        this.#contacts.replace(contacts);
    }

    async #round() {
        try {
            const news = await this.#api.friends(this.#tag);
            if (news) {
                this.#follow(news);
                this.#poller.noteActivity();
            }
            this.#tell("online");
            this.#tabs.post({ kind: "round", ...news, connection: "online" });
        } catch (fault) {
            const connection = navigator.onLine ? "reconnecting" : "offline";
            this.#tell(connection);
            this.#tabs.post({ kind: "round", connection });
            throw fault;
        }
        await this.#catchUp();
    }

    /** Rejects never: what fails is shown, and asked for again at one of the next rounds. */
    async #catchUp() {
        const contact = this.#contacts.find(this.#openId);
        if (!contact || !this.#conversations.isBehind(contact)) return this.#tellHistory(null);
        if (this.#conversations.mustWait(contact.id)) return;
        let found = null;
        try {
            await this.#conversations.catchUp(contact.id);
        } catch (fault) {
            found = fault;
        }
        if (contact.id !== this.#openId) return;
        // The conversation itself says that it could not be opened.
        const isNews = found?.isVaultAway || this.#conversations.of(contact.id).isLoaded;
        this.#tellHistory(isNews ? found : null);
    }

    #tell(connection) {
        if (this.connection === connection) return;
        this.connection = connection;
        this.changed(connection);
    }

    #tellHistory(fault) {
        if (this.historyFault?.code === fault?.code) return;
        this.historyFault = fault;
        this.changed(this.connection);
    }
}
