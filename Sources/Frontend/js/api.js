import { apiURL } from "../config.js";

const base = new URL(apiURL ? apiURL.replace(/\/*$/, "/") : ".", document.baseURI);
const answerTimeMax = 20_000;
const bcryptTimeMax = 45_000;

/** An answer that is not a success, or none at all (status 0). */
export class Fault extends Error {
    constructor(status, code, sentence = "", retryAfter = 0) {
        super(`${status} ${code}`);
        Object.assign(this, { status, code, sentence, retryAfter });
    }

    /** Whether the same request may succeed later. */
    get isTransient() {
        return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
    }

    /** Whether this person, or the box, may do no more for now: the same succeeds after
     *  `retryAfter` seconds. */
    get isLimit() {
        return this.retryAfter > 0 && (this.status === 429 || this.code === "busy");
    }

    get isVaultAway() {
        return this.code === "vault_unavailable";
    }
}

/** The server's API: one function a route. Every failure is a Fault. */
export class Api {
    #session;

    constructor(session) {
        this.#session = session;
    }

    /** @param invite the code that the server has asked for, or "" */
    register(username, password, invite) {
        const body = { username, password };
        if (invite) body.invite = invite;
        return this.#post("auth/register", body, bcryptTimeMax);
    }

    login(username, password) {
        return this.#post("auth/login", { username, password }, bcryptTimeMax);
    }

    changePassword(currentPassword, newPassword) {
        const userId = this.#me;
        return this.#post(
            "auth/change-password", { userId, currentPassword, newPassword }, bcryptTimeMax);
    }

    logout() {
        return this.#post("auth/logout", {});
    }

    addFriend(friendUsername) {
        return this.#post("friends/add", { myId: this.#me, friendUsername });
    }

    send({ id, to, text }) {
        return this.#post(
            "chat/send", { senderId: this.#me, receiverId: to, message: text, id });
    }

    /** `{contacts, tag}`, or null where nothing changed since the answer with that tag. */
    async friends(tag) {
        const path = `friends/${encodeURIComponent(this.#me)}`;
        const { body, answer } = await this.#ask(path, { tag });
        return body && { contacts: body, tag: answer.headers.get("ETag") };
    }

    /** @param range `after`, `before`, `limit` as the server knows them. */
    async history(friendId, range) {
        const query = new URLSearchParams({ myId: this.#me, friendId, ...range });
        return (await this.#ask(`chat/history?${query}`)).body;
    }

    get #me() {
        return this.#session.user?.id ?? "";
    }

    async #post(path, body, timeMax) {
        return (await this.#ask(path, { method: "POST", body, timeMax })).body;
    }

    async #ask(path, { method = "GET", body, tag, timeMax = answerTimeMax } = {}) {
        const token = this.#session.user?.token;
        const headers = {};
        if (token) headers.Authorization = `Bearer ${token}`;
        if (body) headers["Content-Type"] = "application/json";
        if (tag) headers["If-None-Match"] = tag;
        const abort = new AbortController();
        const timer = setTimeout(() => abort.abort(), timeMax);
        try {
            const answer = await fetch(new URL(path, base), {
                method, headers, body: body && JSON.stringify(body), signal: abort.signal,
                cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
            });
            if (answer.status === 304) return { answer, body: null };
            if (answer.ok) return { answer, body: await answer.json() };
            throw await this.#fault(answer, token);
        } catch (error) {
            if (error instanceof Fault) throw error;
            if (error instanceof SyntaxError) throw new Fault(0, "unreadable");
            throw new Fault(0, "unreachable");
        } finally {
            clearTimeout(timer);
        }
    }

    async #fault(answer, token) {
        const { error, code } = await answer.json().catch(() => ({}));
        const seconds = Number(answer.headers.get("Retry-After")) || 0;
        const fault = new Fault(answer.status, code ?? "unreadable", error, seconds);
        if (fault.code === "unauthorized" && token) {
            // Another tab may have renewed the token while this was under way.
            if (this.#session.user?.token === token) this.#session.end("sessionEnded");
            else return new Fault(0, "unreachable");
        }
        return fault;
    }
}
