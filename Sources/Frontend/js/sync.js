import { Observable } from "./observable.js";
import { Poller } from "./poller.js";

/** Keeps contacts and the open conversation up to date. The leading tab polls the contact list,
 *  which tells of every new message; each tab then fetches what its own conversation lacks.
 *  Listeners hear that `connection` or `vaultIsAway` changed. */
export class Sync extends Observable {
    #api;
    #contacts;
    #conversations;
    #tabs;
    #poller = new Poller(() => this.#round());
    #tag = null;
    #openId = null;
    #vaultNotBefore = 0;
    connection = "online";
    vaultIsAway = false;

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
        this.#vaultNotBefore = 0;
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

    /** Rejects never: a vault that is away is shown, and asked again at the next round. */
    async #catchUp() {
        const contact = this.#contacts.find(this.#openId);
        if (!contact || Date.now() < this.#vaultNotBefore) return;
        if (!this.#conversations.isBehind(contact)) return;
        try {
            await this.#conversations.catchUp(contact.id);
            this.#tellVault(false);
        } catch (fault) {
            this.#vaultNotBefore = Date.now() + (fault.retryAfter ?? 0) * 1000;
            if (fault.isVaultAway) this.#tellVault(true);
        }
    }

    #tell(connection) {
        if (this.connection === connection) return;
        this.connection = connection;
        this.changed(connection);
    }

    #tellVault(isAway) {
        if (this.vaultIsAway === isAway) return;
        this.vaultIsAway = isAway;
        this.changed(this.connection);
    }
}
