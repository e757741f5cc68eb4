import { apiURL } from "../config.js";

const base = new URL(apiURL ? apiURL.replace(/\/*$/, "/") : ".", document.baseURI);
const answerTimeMax = 20_000;
const bcryptTimeMax = 45_000;
const waitSecondsMax = 86_400;
const strangersWaitSecondsMax = 60;

/** An answer that is not a success; status 0 where the server itself has not answered: nothing came,
 *  or something that is not the server's, such as a page that a proxy made. */
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

const isObject = (body) => typeof body === "object" && body !== null;
/** One bad row is no reason to refuse the others. */
const isList = (body) => Array.isArray(body) && (body.length === 0 || body.some(isObject));
const isText = (text) => typeof text === "string" && text !== "";
const isUser = (body) => isObject(body) && isText(body.id) && isText(body.username);
const hasToken = (body) => isObject(body) && isText(body.token);

/** The server's API: one function a route. Every failure is a Fault, also a success of a shape that
 *  the server does not send. */
export class Api {
    #session;

    constructor(session) {
        this.#session = session;
    }

    /** @param invite the code that the server has asked for, or "" */
    register(username, password, invite) {
        const body = { username, password };
        if (invite) body.invite = invite;
        return this.#post("auth/register", body, isUser, bcryptTimeMax);
    }

    login(username, password) {
        return this.#post(
            "auth/login", { username, password }, (body) => isUser(body) && hasToken(body),
            bcryptTimeMax);
    }

    changePassword(currentPassword, newPassword) {
        const userId = this.#me;
        return this.#post(
            "auth/change-password", { userId, currentPassword, newPassword }, hasToken,
            bcryptTimeMax);
    }

    logout() {
        return this.#post("auth/logout", {}, isObject);
    }

    addFriend(friendUsername) {
        return this.#post(
            "friends/add", { myId: this.#me, friendUsername },
            (body) => isObject(body) && isUser(body.contact));
    }

    send({ id, to, text }) {
        return this.#post(
            "chat/send", { senderId: this.#me, receiverId: to, message: text, id },
            (body) => isObject(body) && body.id === id);
    }

    /** `{contacts, tag}`, or null where nothing changed since the answer with that tag. */
    async friends(tag) {
        const path = `friends/${encodeURIComponent(this.#me)}`;
        const { body, answer } = await this.#ask(path, { tag, isExpected: isList });
        return body && { contacts: body, tag: answer.headers.get("ETag") };
    }

    /** @param range `after`, `before`, `limit` as the server knows them. */
    async history(friendId, range) {
        const query = new URLSearchParams({ myId: this.#me, friendId, ...range });
        return (await this.#ask(`chat/history?${query}`, { isExpected: isList })).body;
    }

    get #me() {
        return this.#session.user?.id ?? "";
    }

    async #post(path, body, isExpected, timeMax) {
        return (await this.#ask(path, { method: "POST", body, isExpected, timeMax })).body;
    }

    async #ask(path, { method = "GET", body, tag, isExpected, timeMax = answerTimeMax }) {
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
            if (answer.status === 304 && tag) return { answer, body: null };
            const found = await readJSON(answer);
            if (answer.ok && isExpected(found)) return { answer, body: found };
            throw this.#fault(answer, found, token);
        } catch (error) {
            throw error instanceof Fault ? error : new Fault(0, "unreachable");
        } finally {
            clearTimeout(timer);
        }
    }

    #fault(answer, found, token) {
        const isOurs = !answer.ok && isObject(found) && isText(found.code) && isText(found.error);
        if (!isOurs) return new Fault(0, "unreadable", "", waitOf(answer, strangersWaitSecondsMax));
        const { code, error } = found;
        if (code === "unauthorized" && token) {
            // Another tab may have renewed the token while this was under way.
            if (this.#session.user?.token === token) this.#session.end("sessionEnded");
            else return new Fault(0, "unreachable");
        }
        return new Fault(answer.status, code, error, waitOf(answer, waitSecondsMax));
    }
}

/** Undefined where it is no JSON. Rejects where the connection ends before it does. */
async function readJSON(answer) {
    const text = await answer.text();
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** `Retry-After` in seconds, 0 without one. A date in it is not looked at: clocks differ. */
function waitOf(answer, max) {
    const seconds = Number(answer.headers.get("Retry-After")) || 0;
    return Math.min(Math.max(seconds, 0), max);
}
