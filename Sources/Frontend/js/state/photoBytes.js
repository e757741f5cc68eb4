const databaseName = "whatsapp-kw";
const placeName = "photos";

/** The photos that the server has not acknowledged: those of drafts and of the outbox. They are in
 *  IndexedDB, so they outlive the page. Where the browser refuses that, they stay in memory. */
export class PhotoBytes {
    #database = null;
    #memory = new Map();
    #userId;

    constructor({ userId }) {
        this.#userId = userId;
    }

    /** Whether a photo is lost when the page closes. */
    get isVolatile() {
        return this.#memory.size > 0;
    }

    async keep(id, blob) {
        try {
            // As bytes: some browsers lose Blobs.
            const value = { bytes: await blob.arrayBuffer(), type: blob.type };
            await this.#change((place) => place.put(value, this.#key(id)));
        } catch {
            this.#memory.set(id, blob);
        }
    }

    /** Returns a Blob, or null where there is none. Rejects where the browser does not say. */
    async read(id) {
        if (this.#memory.has(id)) return this.#memory.get(id);
        const found = await this.#withDatabase(async (database) => {
            const request = database.transaction(placeName).objectStore(placeName).get(this.#key(id));
            await ended(request, "success");
            return request.result;
        });
        return found ? new Blob([found.bytes], { type: found.type }) : null;
    }

    async remove(id) {
        this.#memory.delete(id);
        await this.#change((place) => place.delete(this.#key(id))).catch(() => {});
    }

    /** Removes the photos of this user that nothing needs.
     *
     *  @param isNeeded given an id; asked after the photos are known, because another tab may add one:
     *  it names a photo before it keeps it */
    async sweep(isNeeded = () => false) {
        for (const id of this.#memory.keys()) if (!isNeeded(id)) this.#memory.delete(id);
        await this.#change(async (place) => {
            const request = place.getAllKeys(IDBKeyRange.bound(this.#key(""), this.#key("\uffff")));
            await ended(request, "success");
            for (const key of request.result) {
                if (!isNeeded(key.slice(this.#key("").length))) place.delete(key);
            }
        }).catch(() => {});
    }

    #key(id) {
        return `${this.#userId} ${id}`;
    }

    #change(act) {
        return this.#withDatabase(async (database) => {
            const transaction = database.transaction(placeName, "readwrite");
            const isDone = ended(transaction, "complete");
            await Promise.all([isDone, act(transaction.objectStore(placeName))]);
        });
    }

    /** A browser may end a connection, as that of a page that slept: a second one is tried. */
    async #withDatabase(act) {
        try {
            return await act(await this.#open());
        } catch {
            this.#database = null;
            return await act(await this.#open());
        }
    }

    #open() {
        this.#database ??= openDatabase(() => { this.#database = null; });
        return this.#database;
    }
}

/** @param onEnd called when the connection is over */
async function openDatabase(onEnd) {
    const request = indexedDB.open(databaseName, 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(placeName));
    await ended(request, "success");
    request.result.addEventListener("close", onEnd);
    // A browser that clears the site's data needs it closed.
    request.result.addEventListener("versionchange", () => {
        request.result.close();
        onEnd();
    });
    return request.result;
}

/** Resolves with the event of that name. Rejects with any failure. */
function ended(target, name) {
    return new Promise((resolve, reject) => {
        target.addEventListener(name, resolve);
        for (const kind of ["error", "abort", "blocked"]) {
            target.addEventListener(kind, () => reject(target.error ?? new Error(kind)));
        }
    });
}
