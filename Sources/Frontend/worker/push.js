/* The part of the service worker that shows push messages. A message names the people and nothing of
   the text. The page leaves what is needed here in a cache (js/sync/push.js): whose subscription it
   is, its token, and words in the person's language. */
{
    const base = new URL("./", self.location).href;
    const cacheName = `push ${new URL(base).pathname}`;
    const settingsURL = `${base}push-settings`;

    const readSettings = async () => (await (await caches.open(cacheName)).match(settingsURL))?.json();

    function parse(data) {
        try {
            return data?.json() ?? {};
        } catch {
            return {};
        }
    }

    /** Browsers want a notification for each message. A person who is not its receiver, as in a
     *  shared browser, sees no name in it. */
    async function show(data) {
        const settings = await readSettings();
        const { receiverId, senderId, senderUsername } = parse(data);
        const isTheirs = settings && receiverId === settings.userId && senderId;
        const title = isTheirs && senderUsername || "WhatsApp KW";
        await self.registration.showNotification(title, {
            body: settings?.message, lang: settings?.language, icon: "icons/icon-192.png",
            tag: isTheirs ? senderId : "other", renotify: true,
            data: { friendId: isTheirs ? senderId : null, isPushed: true },
        });
    }

    /** Opens the conversation in a page that is there, or in a new one. */
    async function open(friendId) {
        const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
        const pages = open.filter(({ url }) => url.replace(/(?:index\.html)?[?#].*$/su, "") === base);
        const page = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
        const hash = friendId ? `#chat/${encodeURIComponent(friendId)}` : "";
        if (!page) return self.clients.openWindow(base + hash);
        page.postMessage({ kind: "open", friendId });
        return page.focus();
    }

    /** Replaces a subscription that the push service has ended. */
    async function renew({ newSubscription }) {
        const settings = await readSettings();
        if (!settings) return;
        const { key, subscribeURL, token, userId } = settings;
        const subscription = newSubscription ?? await self.registration.pushManager.subscribe(
            { userVisibleOnly: true, applicationServerKey: key });
        await fetch(subscribeURL, {
            method: "POST", credentials: "omit",
            headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
            body: JSON.stringify({ userId, subscription }),
        });
    }

    self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
    self.addEventListener("notificationclick", (event) => {
        event.notification.close();
        event.waitUntil(open(event.notification.data?.friendId));
    });
    self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
}
