import { Fault } from "./fault.js";

/** Refusals that do not pass by themselves, by status: no photos here, this user's share is used up, or
 *  the server's. Texts go on. */
const refusals = new Map([[404, "photos_off"], [429, "photo_share"], [507, "photo_space"]]);

/** Uploads the photos of the outbox. An upload ends when its item leaves the outbox, as when a person
 *  cancels it. */
export class PhotoUploads {
    #api;
    #bytes;
    #outbox;
    #running = new Map(); // `{item, abort}` by the message's id
    #stored = new Set(); // the ids of photos that the server has
    #uploads;

    constructor({ api, bytes, outbox, signal, uploads }) {
        this.#api = api;
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
        const blob = await this.#bytes.read(id);
        if (!this.#outbox.has(item)) throw new Fault(0, "canceled");
        if (!blob) throw new Fault(400, "photo_lost");
        const abort = new AbortController();
        this.#running.set(item.id, { item, abort });
        this.#uploads.setShare(item.id, 0);
        try {
            await this.#put(item, blob, abort.signal);
            this.#stored.add(id);
        } catch (fault) {
            throw abort.signal.aborted ? new Fault(0, "canceled") : fault;
        } finally {
            this.#running.delete(item.id);
            this.#uploads.end(item.id);
        }
    }

    /** The server has refused a message with that photo: the next attempt uploads it again. */
    forget({ photo }) {
        if (photo) this.#stored.delete(photo.id);
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
