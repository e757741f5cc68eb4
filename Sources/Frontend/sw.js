/* The service worker: starts the client from files of one version, with or without the network.
   `shell.js` is made by the server, and sets `shell`: the version, and the digest of each file. A file
   of another digest is never kept, so a version is whole or not there. A page gets all its files from
   the version that it began with. Answers of the API are never touched. */
importScripts("shell.js", "worker/push.js");

const { files, version } = self.shell;
const base = new URL("./", self.location).href;
const page = "index.html";
const { pathname: scope } = new URL(base); // a server may have the client in several places
const clientsName = `clients ${scope}`; // of the cache that holds the version of each page
const shellName = `shell ${scope} `; // what the names of the caches of files begin with
const loadTimeMax = 60_000; // milliseconds until a page has loaded its files, or never will
const versions = new Map(); // of pages, by the client's id

const cacheOf = (someVersion) => caches.open(shellName + someVersion);
const urlOf = (path) => path === page ? base : base + path;

/** Returns the path of a file below this worker's folder, or null for any other address. */
function pathOf({ mode, url }) {
    const { href, search } = new URL(url);
    if (!href.startsWith(base)) return null;
    const path = href.slice(base.length).replace(/[?#].*$/su, "");
    if (mode === "navigate") return path === "" || path === page ? page : null;
    const isShell = Object.hasOwn(files, path) || /^(?:css|js|icons|images)\//u.test(path);
    return isShell && !search ? path : null;
}

async function digestOf(answer) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
    return [...bytes.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Puts a file into the cache of this version: the one of an earlier version where it is the same. */
async function keep(cache, path, digest) {
    const url = urlOf(path);
    // The page's own answer says what it may load, and that is no part of its digest.
    const held = path === page ? undefined : await caches.match(url);
    if (held && await digestOf(held.clone()) === digest) return cache.put(url, held);
    const answer = await fetch(url, { cache: "no-cache", credentials: "omit" });
    const isWhole = answer.ok && await digestOf(answer.clone()) === digest;
    if (!isWhole) throw new Error(`${path} is not of version ${version}`);
    return cache.put(url, answer);
}

async function install() {
    const cache = await cacheOf(version);
    await Promise.all(Object.entries(files).map(([path, digest]) => keep(cache, path, digest)));
    await self.skipWaiting();
}

/** Removes the versions that no page needs.
 *
 *  @param wasOpened whether only those that a page has had: a newer one may just be installed */
async function sweep({ wasOpened }) {
    const known = await caches.open(clientsName);
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const ids = new Set(open.map(({ id }) => id));
    const needed = new Set([version]);
    const left = new Set();
    for (const request of await known.keys()) {
        const entry = await known.match(request);
        if (!entry) continue; // another sweep was faster
        const { at, of } = await entry.json();
        const isOpen = ids.has(request.url.slice(base.length)) || Date.now() - at < loadTimeMax;
        (isOpen ? needed : left).add(of);
        if (!isOpen) await known.delete(request);
    }
    const isOld = (of) => !needed.has(of) && (left.has(of) || !wasOpened);
    for (const name of await caches.keys()) {
        const isShell = name.startsWith(shellName);
        if (isShell && isOld(name.slice(shellName.length))) await caches.delete(name);
    }
}

/** Remembers that a page began with this version: the worker may end before the page has loaded. */
async function remember(id) {
    const known = await caches.open(clientsName);
    await known.put(base + id, new Response(JSON.stringify({ at: Date.now(), of: version })));
}

async function versionOf(id) {
    if (!versions.has(id)) {
        const known = await (await caches.open(clientsName)).match(base + id);
        versions.set(id, known ? (await known.json()).of : version);
    }
    return versions.get(id);
}

/** A browser whose storage fails gets the file from the network. */
async function answer(request, path, id) {
    try {
        const held = await (await cacheOf(await versionOf(id))).match(urlOf(path));
        if (held) return held;
    } catch {
        // As where a profile is damaged: the page starts all the same.
    }
    return fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(sweep({ wasOpened: false })));
self.addEventListener("fetch", (event) => {
    const { clientId, request, resultingClientId } = event;
    const path = request.method === "GET" ? pathOf(request) : null;
    if (path === null) return;
    if (path === page) {
        versions.set(resultingClientId, version);
        event.waitUntil(remember(resultingClientId).then(() => sweep({ wasOpened: true })));
    }
    event.respondWith(answer(request, path, path === page ? resultingClientId : clientId));
});
