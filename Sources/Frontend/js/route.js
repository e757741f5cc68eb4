/** Where the page is, in the address's fragment, so that back and reload work. */
export function currentRoute() {
    const [place, id = ""] = location.hash.slice(1).split("/");
    try {
        return { place, id: decodeURIComponent(id) };
    } catch {
        return { place: "", id: "" };
    }
}

export const chatRoute = (id) => `#chat/${encodeURIComponent(id)}`;

export function go(hash) {
    if (location.hash !== hash) location.hash = hash;
}

/** Without a step that "back" would undo. */
export function replace(hash) {
    history.replaceState(null, "", hash || location.pathname + location.search);
    dispatchEvent(new HashChangeEvent("hashchange"));
}
