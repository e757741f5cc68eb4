"""The push service of a browser under test, played in its page."""

# Headless Chromium has no push service, so its part is played; and the server's, by recording. Like
# a real one, the subscription outlives a visit.
PLAYED = """
    window.pushCalls = [];
    window.pushKey = "%s";
    location.protocol.startsWith("http") && (() => {
        const kept = JSON.parse(sessionStorage.getItem("played") ?? '{ "count": 0, "held": null }');
        const keep = () => sessionStorage.setItem("played", JSON.stringify(kept));
        const played = ({ endpoint, key }) => ({
            endpoint, options: { applicationServerKey: Uint8Array.from(key).buffer },
            toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
            unsubscribe: async () => { kept.held = null; keep(); return true; },
        });
        PushManager.prototype.getSubscription = async () => kept.held && played(kept.held);
        PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
            const endpoint = `https://push.example/${++kept.count}`;
            kept.held = { endpoint, key: [...applicationServerKey] };
            keep();
            return played(kept.held);
        };
        const plain = window.fetch.bind(window);
        window.fetch = async (url, options = {}) => {
            const path = new URL(url).pathname;
            if (!path.includes("/push/")) return plain(url, options);
            window.pushCalls.push([options.method, path, JSON.parse(options.body ?? "null")]);
            const body = path.endsWith("key") ? { key: window.pushKey } : { message: "ya" };
            return new Response(JSON.stringify(body));
        };
    })();
"""
KEY = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"
OTHER_KEY = KEY[:-3] + "k8A"
SETTINGS = """
    const done = arguments[arguments.length - 1];
    caches.match(new URL("push-settings", document.baseURI).href.replace(/#.*/, ""))
        .then((held) => held?.json()).then((found) => done(found ?? null));"""

# Makes a cache of that name, and returns the names of all.
CACHES = """
    const done = arguments[arguments.length - 1];
    caches.open(arguments[0]).then(() => caches.keys()).then(done);"""


def allow(page, setting="granted"):
    page.command(
        "Browser.setPermission", permission={"name": "notifications"}, setting=setting,
        origin=page.url)


def told(page, method):
    return [body for each, path, body in page.run("return window.pushCalls")
            if each == method and path.endswith("/push/subscribe")]
