/** Registers the service worker, once the page has all its files. Where there is none, as on plain
 *  http or on a host without `shell.js`, the client works as ever. */
export function startWorker() {
    if (!("serviceWorker" in navigator)) return;
    const register = async () => {
        try {
            const options = { updateViaCache: "none" };
            const registration = await navigator.serviceWorker.register("sw.js", options);
            if (registration.active) await registration.update();
        } catch {
            // No list, no network, or no leave: the next visit tries again.
        }
    };
    if (document.readyState === "complete") register();
    else addEventListener("load", register);
}

/** Returns the registration, or undefined. */
export async function workerRegistration() {
    try {
        return await navigator.serviceWorker?.getRegistration();
    } catch {
        return undefined; // the browser refuses access
    }
}

/** Calls back with the `friendId` of each notification that was clicked. */
export function receiveClicks(onOpen, signal) {
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
        if (data?.kind === "open" && typeof data.friendId === "string") onOpen(data.friendId);
    }, { signal });
}
