import { Store } from "../state/store.js";
import { language, say } from "../words.js";
import { apiAddress } from "./api.js";
import { workerRegistration } from "./worker.js";

// Both as in worker/push.js. A server may have the client in several places.
const settingsURL = new URL("push-settings", document.baseURI).href;
const cacheName = `push ${new URL("./", document.baseURI).pathname}`;

/** Notifications of messages that come while the page is out of sight or closed. Emits after each
 *  change, and when it is a good moment to offer them.
 *
 *  The choice is kept for each user of this browser: "on", "off", "later" after an offer that was put
 *  off, and "visited" after the first visit, in which nothing is offered. */
export class Push extends Store {
    #api;
    #choiceKey;
    #hasSent = false;
    #session;
    #storage;
    #userId;
    #wasVisited;

    constructor({ api, session, signal, storage }) {
        super();
        this.#api = api;
        this.#session = session;
        this.#storage = storage;
        this.#userId = session.user.id;
        this.#choiceKey = `push.${this.#userId}`;
        this.#wasVisited = this.#choice === "visited";
        if (this.#choice === null) this.#choose("visited");
        signal.addEventListener("abort", () => this.#forget());
        this.renew();
    }

    /** Tells the server the subscription of this session, at each visit: it drops those of ended
     *  sessions and the oldest of many. One that it has costs it nothing. */
    renew() {
        if (this.isOn) this.#subscribeQuietly();
    }

    /** "on", "off", "denied", "install" (an iPhone, whose browser notifies for installed apps only), or
     *  "unsupported" (plain http, or an old browser). */
    get state() {
        if (!("Notification" in window) || !isSecureContext) {
            return isAppleMobile() ? "install" : "unsupported";
        }
        if (Notification.permission === "denied") return "denied";
        return Notification.permission === "granted" && this.#choice !== "off" ? "on" : "off";
    }

    get isOn() {
        return this.state === "on";
    }

    /** Whether to offer notifications now: not in the first visit, and after a message was sent. */
    get isOffered() {
        return this.#hasSent && this.#wasVisited && this.#choice === "visited"
            && "Notification" in window && isSecureContext && Notification.permission === "default";
    }

    noteSent() {
        if (this.#hasSent) return;
        this.#hasSent = true;
        this.emit();
    }

    putOff() {
        this.#choose("later");
        this.emit();
    }

    /** To be called from a click: browsers refuse it elsewhere. */
    async turnOn() {
        if (await Notification.requestPermission() !== "granted") return this.putOff();
        this.#choose("on");
        this.emit();
        await this.#subscribeQuietly();
    }

    async turnOff() {
        this.#choose("off");
        this.emit();
        const subscription = await this.#unsubscribe();
        if (subscription) await this.#api.unsubscribe(subscription.endpoint).catch(() => {});
    }

    /** Takes away what a person has read. */
    async clear(friendId) {
        const registration = await workerRegistration();
        const shown = await registration?.getNotifications?.({ tag: friendId }) ?? [];
        for (const each of shown) each.close();
    }

    get #choice() {
        return this.#storage.read(this.#choiceKey);
    }

    #choose(choice) {
        this.#storage.write(this.#choiceKey, choice);
    }

    /** Without a subscription, an open page still shows what its own polls tell. */
    async #subscribeQuietly() {
        try {
            await this.#subscribe();
        } catch {
            // Push is off at the server, or the browser's push service is away: the next visit tries again.
        }
    }

    async #subscribe() {
        const registration = await workerRegistration();
        if (!registration?.pushManager) return;
        const { key } = await this.#api.pushKey();
        const subscription = await subscriptionWith(key, registration.pushManager);
        const { token } = this.#session.user ?? {};
        if (!token || !this.isOn) return;
        await this.#api.subscribe(subscription.toJSON());
        const cache = await caches.open(cacheName);
        await cache.put(settingsURL, new Response(JSON.stringify({
            key, language, token, userId: this.#userId,
            subscribeURL: apiAddress("push/subscribe"),
            message: say("notifications.message", { count: 1 }),
        })));
    }

    /** Returns the subscription that there was, or null. */
    async #unsubscribe() {
        if (!("caches" in window)) return null;
        await caches.delete(cacheName);
        await caches.delete("push"); // of earlier versions
        const registration = await workerRegistration();
        const subscription = await registration?.pushManager?.getSubscription() ?? null;
        await subscription?.unsubscribe();
        return subscription;
    }

    /** After the session nothing more is shown of this user. The server drops its subscription. */
    #forget() {
        this.#unsubscribe().catch(() => {});
    }
}

/** Returns the browser's subscription under the server's key, which may have changed. */
async function subscriptionWith(key, pushManager) {
    const wanted = base64URL(key);
    const held = await pushManager.getSubscription();
    const heldKey = held && new Uint8Array(held.options?.applicationServerKey ?? []);
    if (held && String(heldKey) === String(wanted)) return held;
    await held?.unsubscribe();
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

function base64URL(text) {
    const binary = atob(text.replace(/-/gu, "+").replace(/_/gu, "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** An iPad calls itself a Macintosh, which has no touch screen. */
const isAppleMobile = () => /iPhone|iPad|iPod/u.test(navigator.userAgent)
    || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
