import { apiURL } from "../../config.js";
import { readFile, readJSON, requestIdOf, retryAfterOf } from "./bodies.js";
import { Fault } from "./fault.js";
import { upload } from "./upload.js";

const base = new URL(apiURL ? apiURL.replace(/\/*$/, "/") : ".", document.baseURI);
const answerTimeMax = 20_000;
const bcryptTimeMax = 45_000; // the server may have a queue of passwords to hash
const slowestBody = 8; // bytes a millisecond, the slowest that the server bears
const waitSecondsMax = 86_400;
const foreignWaitSecondsMax = 60; // for answers that are not the server's own

/** Returns the address of a route. */
export const apiAddress = (path) => new URL(path, base).href;

const isObject = (body) => typeof body === "object" && body !== null;
/** Accepts a list with some bad rows: the good ones shall be shown. */
const isList = (body) => Array.isArray(body) && (body.length === 0 || body.some(isObject));
const isText = (text) => typeof text === "string" && text !== "";
const isUser = (body) => isObject(body) && isText(body.id) && isText(body.username);
const hasToken = (body) => isObject(body) && isText(body.token);

/** The server's API: one method a route. Each rejects with a Fault, also for a success whose body is
 *  not of the route's shape. */
export class Api {
    #session;

    /** @param session gives the token, and is ended when the server no longer accepts it */
    constructor(session) {
        this.#session = session;
    }

    /** @param invite the invitation's code, or "" */
    register(username, password, invite) {
        const body = { username, password };
        if (invite) body.invite = invite;
        return this.#post("auth/register", body, isUser, { timeMax: bcryptTimeMax });
    }

    login(username, password) {
        return this.#post(
            "auth/login", { username, password }, (body) => isUser(body) && hasToken(body),
            { timeMax: bcryptTimeMax });
    }

    changePassword(currentPassword, newPassword) {
        return this.#post(
            "auth/change-password", { userId: this.#userId, currentPassword, newPassword }, hasToken,
            { timeMax: bcryptTimeMax });
    }

    deleteAccount(currentPassword) {
        return this.#post(
            "auth/delete-account", { userId: this.#userId, currentPassword }, isObject,
            { timeMax: bcryptTimeMax });
    }

    /** With credentials, because a browser obeys `Clear-Site-Data` in no other answer: photos leave its
     *  cache. */
    logout() {
        return this.#post("auth/logout", {}, isObject, { credentials: "same-origin" });
    }

    addFriend(friendUsername) {
        return this.#post(
            "friends/add", { myId: this.#userId, friendUsername },
            (body) => isObject(body) && isUser(body.contact));
    }

    removeFriend(friendId) {
        return this.#post("friends/remove", { myId: this.#userId, friendId }, isObject);
    }

    block(friendId) {
        return this.#post("friends/block", { myId: this.#userId, friendId }, isObject);
    }

    unblock(friendId) {
        return this.#post("friends/unblock", { myId: this.#userId, friendId }, isObject);
    }

    async blockedPeople() {
        const path = `friends/${encodeURIComponent(this.#userId)}/blocked`;
        const { body } = await this.#request(path, { isExpected: isList });
        return body.filter(isUser);
    }

    send({ id, to, text, replyTo, photo }) {
        const message = { senderId: this.#userId, receiverId: to, message: text, id };
        if (replyTo) message.replyTo = replyTo;
        if (photo) message.photo = photo;
        return this.#post("chat/send", message, (body) => isObject(body) && body.id === id);
    }

    /** Stores a photo, which a message may then name.
     *
     *  @param onProgress called with the number of bytes that have gone
     *  @param signal gives the upload up */
    putPhoto(friendId, id, blob, { onProgress, signal }) {
        return this.#request(this.#photoPath(friendId, id), {
            method: "PUT", body: blob, isExpected: isObject, signal,
            timeMax: answerTimeMax + blob.size / slowestBody,
            send: (address, options, goOn) => upload(address, {
                ...options, onProgress: (bytes) => { goOn(); onProgress(bytes); },
            }),
        });
    }

    /** Returns a photo as a Blob. The browser's own cache has one that was seen before.
     *
     *  @param cache the mode of the request, as `fetch` has it
     *  @param bytesMax the beginning of the photo that is wanted; 0 for all of it */
    async photo(friendId, id, { bytesMax = 0, cache = "force-cache", signal }) {
        const { body } = await this.#request(this.#photoPath(friendId, id), {
            cache, isExpected: (found) => found instanceof Blob, signal,
            more: bytesMax > 0 ? { Range: `bytes=0-${bytesMax - 1}` } : {},
            read: (answer, goOn) => readFile(answer, "image/", goOn),
        });
        return body;
    }

    #photoPath(friendId, id) {
        const query = new URLSearchParams({ myId: this.#userId, friendId });
        return `chat/photo/${encodeURIComponent(id)}?${query}`;
    }

    deleteMessage(friendId, id) {
        return this.#post("chat/delete", { myId: this.#userId, friendId, id }, isObject);
    }

    /** The request outlives the page. */
    markRead(friendId, upTo) {
        return this.#post("chat/read", { myId: this.#userId, friendId, upTo }, isObject,
            { keepalive: true });
    }

    /** Returns `{rows, tag}`, or null where nothing has changed since the answer with `tag`.
     *
     *  @param since selects the rows that have changed since this cursor; null selects all
     *  @param wait the seconds for which the server may hold an answer with nothing in it
     *  @param signal gives the request up */
    async friends({ since = null, wait = 0, tag = null, signal } = {}) {
        const query = new URLSearchParams({ preview: 1 });
        if (since !== null) query.set("since", since);
        if (wait > 0) query.set("wait", wait);
        const path = `friends/${encodeURIComponent(this.#userId)}?${query}`;
        const { body, answer } = await this.#request(path, {
            tag, isExpected: isList, signal, timeMax: answerTimeMax + wait * 1000,
        });
        return body && { rows: body, tag: answer.headers.get("ETag") };
    }

    /** @param range the route's own `after`, `before`, `limit` and `deletedAfter` */
    async history(friendId, range) {
        const query = new URLSearchParams({ myId: this.#userId, friendId, ...range });
        return (await this.#request(`chat/history?${query}`, { isExpected: isList })).body;
    }

    /** Returns `{results, next}`.
     *
     *  @param friendId whose conversation to search; null for all of them
     *  @param before the `next` of the answer before; null to begin
     *  @param signal gives the search up */
    async search(text, { friendId, before, signal }) {
        const query = new URLSearchParams({ myId: this.#userId, q: text });
        if (friendId !== null) query.set("friendId", friendId);
        if (before !== null) query.set("before", before);
        const { body } = await this.#request(`chat/search?${query}`.replace(/\+/gu, "%20"), {
            isExpected: (found) => isObject(found) && isList(found.results), signal,
        });
        const results = body.results.filter((each) => isObject(each) && isText(each.id));
        return { results, next: isText(body.next) ? body.next : null };
    }

    /** Returns all that the server holds of this user, as a Blob.
     *
     *  @param onProgress called with the number of bytes that have come
     *  @param signal gives the download up */
    async exportAccount({ onProgress, signal }) {
        const query = new URLSearchParams({ myId: this.#userId });
        const { body } = await this.#request(`account/export?${query}`, {
            isExpected: (found) => found instanceof Blob, signal,
            read: (answer, goOn) => readFile(
                answer, "application/json", (bytes) => { goOn(); onProgress(bytes); }),
        });
        return body;
    }

    /** Whether the vault waits for its owner to unseal it. Never rejects. */
    async isSealed() {
        try {
            await this.#request("readyz", { isExpected: isObject });
            return false;
        } catch (fault) {
            return fault.isSealed;
        }
    }

    /** Returns `{key}`, under which browsers subscribe. */
    async pushKey() {
        return (await this.#request("push/key", {
            isExpected: (found) => isObject(found) && isText(found.key),
        })).body;
    }

    /** @param subscription as the browser has it: `{endpoint, keys}` */
    subscribe(subscription) {
        return this.#post("push/subscribe", { userId: this.#userId, subscription }, isObject);
    }

    unsubscribe(endpoint) {
        return this.#post("push/subscribe", { userId: this.#userId, endpoint }, isObject,
            { method: "DELETE" });
    }

    get #userId() {
        return this.#session.user?.id ?? "";
    }

    async #post(path, body, isExpected, more) {
        return (await this.#request(path, { method: "POST", body, isExpected, ...more })).body;
    }

    /** @param body a Blob, or what is sent as JSON
     *  @param more further fields of the head
     *  @param read given a success and a function that allows it `timeMax` more, returns its body
     *  @param send as `fetch`, with such a function as well */
    async #request(path, {
        method = "GET", body, tag, isExpected, signal, read = readJSON, timeMax = answerTimeMax,
        keepalive = false, cache = "no-store", credentials = "omit", send = fetch, more = {},
    }) {
        const token = this.#session.user?.token;
        const headers = { ...more };
        if (token) headers.Authorization = `Bearer ${token}`;
        const isFile = body instanceof Blob;
        if (body) headers["Content-Type"] = isFile ? body.type : "application/json";
        if (tag) headers["If-None-Match"] = tag;
        const abort = new AbortController();
        let timer = 0;
        const goOn = () => {
            clearTimeout(timer);
            timer = setTimeout(() => abort.abort(), timeMax);
        };
        goOn();
        const giveUp = () => abort.abort();
        signal?.addEventListener("abort", giveUp);
        try {
            const answer = await send(apiAddress(path), {
                method, headers, body: isFile ? body : body && JSON.stringify(body), keepalive,
                signal: abort.signal, cache, credentials, referrerPolicy: "no-referrer",
            }, goOn);
            if (answer.status === 304 && tag) return { answer, body: null };
            const found = await (answer.ok ? read : readJSON)(answer, goOn);
            if (answer.ok && isExpected(found)) return { answer, body: found };
            throw this.#fault(answer, found, token);
        } catch (error) {
            throw error instanceof Fault ? error : new Fault(0, "unreachable");
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener("abort", giveUp);
        }
    }

    #fault(answer, found, token) {
        const isServers = !answer.ok && isObject(found) && isText(found.code) && isText(found.error);
        if (!isServers) return new Fault(0, "unreadable", "", retryAfterOf(answer, foreignWaitSecondsMax));
        const { code, error } = found;
        if (code === "unauthorized" && token) {
            // Another tab may have renewed the token while this was under way.
            if (this.#session.user?.token === token) this.#session.end("sessionEnded");
            else return new Fault(0, "unreachable");
        }
        return new Fault(
            answer.status, code, error, retryAfterOf(answer, waitSecondsMax), requestIdOf(answer));
    }
}
