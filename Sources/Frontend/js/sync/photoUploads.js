import { Fault } from "./fault.js";

/** Refusals that do not pass by themselves, by status: no photos here, this user's share is used up, or
 *  the server's. Texts go on. */
const refusals = new Map([[404, "photos_off"], [429, "photo_share"], [507, "photo_space"]]);

const triesMax = 6; // failures of one photo while all else gets through

/** Uploads the photos of the outbox. An upload ends when its item leaves the outbox, as when a person
 *  cancels it. */
export class PhotoUploads {
    #api;
    #bytes;
    #connection;
    #outbox;
    #running = new Map(); // `{item, abort}` by the message's id
    #stored = new Set(); // the ids of photos that the server has
    #tries = new Map(); // the number of such failures in a row, by the photo's id
    #uploads;

    constructor({ api, bytes, connection, outbox, signal, uploads }) {
        this.#api = api;
        this.#connection = connection;
        this.#bytes = bytes;
        this.#outbox = outbox;
        this.#uploads = uploads;
        outbox.subscribe(() => this.#stopThose((item) => !outbox.has(item)), signal);
        signal.addEventListener("abort", () => this.#stopThose(() => true));
    }

    /** Resolves when the server has the photo of that item, perhaps from an earlier attempt. Rejects
     *  with a Fault, of code "canceled" where the item has gone. */
    async store(item) {
        const { id } = item.photo;
        if (this.#stored.has(id)) return;
        const blob = await this.#bytes.read(id).catch(() => null);
        if (!this.#outbox.has(item)) throw new Fault(0, "canceled");
        // Another tab may have it in its memory, or the browser may say so later.
        if (!blob) throw this.#counted(id, new Fault(0, "unreachable"), "photo_lost");
        const abort = new AbortController();
        this.#running.set(item.id, { item, abort });
        this.#uploads.setShare(item.id, 0);
        try {
            await this.#put(item, blob, abort.signal);
            this.#stored.add(id);
            this.#tries.delete(id);
        } catch (fault) {
            if (abort.signal.aborted) throw new Fault(0, "canceled");
            // Some systems lose an answer that comes before all of the photo has gone.
            const isCut = fault.status === 0 && this.#connection.isOnline;
            throw isCut ? this.#counted(id, fault, "photo_cut") : fault;
        } finally {
            this.#running.delete(item.id);
            this.#uploads.end(item.id);
        }
    }

    /** The server has refused a message with that photo: the next attempt uploads it again. */
    forget({ photo }) {
        if (!photo) return;
        this.#stored.delete(photo.id);
        this.#tries.delete(photo.id);
    }

    /** Returns a fault that may pass, and after too many of them one that does not. */
    #counted(id, fault, code) {
        const count = (this.#tries.get(id) ?? 0) + 1;
        this.#tries.set(id, count);
        return count < triesMax ? fault : new Fault(400, code);
    }

    async #put({ id, photo, to }, blob, signal) {
        try {
            await this.#api.putPhoto(to, photo.id, blob, {
                signal, onProgress: (bytes) => this.#uploads.setShare(id, bytes / blob.size),
            });
        } catch (fault) {
            if (fault.status === 409) return; // an earlier attempt's message names it already
            const code = refusals.get(fault.status);
            throw code ? new Fault(400, code) : fault;
        }
    }

    #stopThose(isOver) {
        for (const { item, abort } of this.#running.values()) if (isOver(item)) abort.abort();
    }
}
