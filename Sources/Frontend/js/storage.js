/** LocalStorage under names of our own; memory where the browser refuses it. */
const prefix = "whatsapp-kw.";
const memory = new Map();

export function read(name) {
    try {
        // A value in memory did not fit into the storage, so it is newer.
        return JSON.parse(memory.get(name) ?? localStorage.getItem(prefix + name));
    } catch {
        return null;
    }
}

export function write(name, value) {
    const text = JSON.stringify(value);
    try {
        localStorage.setItem(prefix + name, text);
        memory.delete(name);
    } catch {
        memory.set(name, text); // full or forbidden: it lasts as long as the page
    }
}

export function remove(name) {
    memory.delete(name);
    try {
        localStorage.removeItem(prefix + name);
    } catch {
        // Then it was never there.
    }
}

/** The names that begin so. */
export function names(beginning) {
    const found = new Set([...memory.keys()].filter((name) => name.startsWith(beginning)));
    try {
        for (let index = 0; index < localStorage.length; index += 1) {
            const key = localStorage.key(index);
            if (key.startsWith(prefix + beginning)) found.add(key.slice(prefix.length));
        }
    } catch {
        // Memory is all there is.
    }
    return [...found];
}

/** Whether something whose name begins so is gone when this page goes. */
export const isFleeting = (beginning) => [...memory.keys()].some((name) => name.startsWith(beginning));

/** Calls back when another tab changed something whose name begins so. */
export function watch(beginning, listener, signal) {
    addEventListener("storage", (event) => {
        if (event.key !== null && !event.key.startsWith(prefix + beginning)) return;
        if (event.key !== null) memory.delete(event.key.slice(prefix.length)); // theirs is newer
        listener();
    }, { signal });
}
