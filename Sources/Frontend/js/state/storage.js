const namespace = "whatsapp-kw.";

/** LocalStorage with keys in a namespace of the client's own; values are JSON. Where the browser
 *  refuses a write (full, forbidden), the value stays in memory and lasts as long as the page.
 *
 *  The keys in use are listed in docs/client.md. */
export class BrowserStorage {
    #memory = new Map();

    /** Returns null for an absent or damaged value. */
    read(key) {
        try {
            // A value in memory did not fit into LocalStorage, so it is the newer one.
            return JSON.parse(this.#memory.get(key) ?? localStorage.getItem(namespace + key));
        } catch {
            return null;
        }
    }

    write(key, value) {
        const text = JSON.stringify(value);
        try {
            localStorage.setItem(namespace + key, text);
            this.#memory.delete(key);
        } catch {
            this.#memory.set(key, text);
        }
    }

    remove(key) {
        this.#memory.delete(key);
        try {
            localStorage.removeItem(namespace + key);
        } catch {
            // The browser refuses access, so the key was never written.
        }
    }

    /** Returns the keys that begin with `prefix`. */
    keys(prefix) {
        const found = new Set([...this.#memory.keys()].filter((key) => key.startsWith(prefix)));
        try {
            for (let index = 0; index < localStorage.length; index += 1) {
                const key = localStorage.key(index);
                if (key.startsWith(namespace + prefix)) found.add(key.slice(namespace.length));
            }
        } catch {
            // The browser refuses access: memory holds all there is.
        }
        return [...found];
    }

    removeAll(prefix) {
        for (const key of this.keys(prefix)) this.remove(key);
    }

    /** Whether a value under a key with this prefix is lost when the page closes. */
    isVolatile(prefix) {
        return [...this.#memory.keys()].some((key) => key.startsWith(prefix));
    }

    /** Calls back when another tab has changed a value under a key with this prefix. */
    watch(prefix, listener, signal) {
        addEventListener("storage", ({ key }) => {
            // A null key means that the other tab has removed everything.
            if (key !== null && !key.startsWith(namespace + prefix)) return;
            if (key !== null) this.#memory.delete(key.slice(namespace.length)); // theirs is newer
            listener();
        }, { signal });
    }
}
