import { mayUnfold } from "../rules/sides.js";
import { startBytes, thumbnailIn } from "../rules/thumbnails.js";

const runningMax = 3; // requests at once: a browser has few connections, and a poll holds one

/** Loads the photos that a person looks at: those not yet sent from PhotoBytes, the others from the
 *  server or the browser's own cache. The photo wanted last comes first. */
export class PhotoLoader {
    #api;
    #bytes;
    #photos;
    #runningCount = 0;
    #signal;
    #waiting = new Map(); // `{friendId, isSmall}` by the photo's id

    constructor({ api, bytes, connection, conversations, photos, signal }) {
        this.#api = api;
        this.#bytes = bytes;
        this.#photos = photos;
        this.#signal = signal;
        conversations.photosGone.subscribe(({ friendId, id }) => this.#forget(friendId, id), signal);
        connection.subscribe(() => { if (connection.isOnline) photos.forgetFailures(); }, signal);
    }

    /** Loads a photo, unless the page has it. */
    want(friendId, id) {
        this.#photos.touch(id);
        if (["shown", "loading"].includes(this.#photos.stateOf(id))) return;
        this.#photos.setState(id, "loading");
        this.#queue(friendId, id, false);
    }

    /** Loads a photo's thumbnail, unless the page has that or more. */
    wantSmall(friendId, id) {
        if (this.#photos.stateOf(id) !== "none") return;
        this.#photos.setState(id, "loadingSmall");
        this.#queue(friendId, id, true);
    }

    #queue(friendId, id, isSmall) {
        this.#waiting.set(id, { friendId, isSmall });
        this.#loadNext();
    }

    /** Lets go of a photo whose message is deleted. A request that asks the server anew takes it out of
     *  the browser's cache too. */
    async #forget(friendId, id) {
        this.#photos.forget(id);
        await this.#api.photo(friendId, id, { cache: "reload", signal: this.#signal }).catch(() => {});
    }

    #loadNext() {
        if (this.#runningCount >= runningMax || this.#signal.aborted) return;
        const [id, wanted] = [...this.#waiting].at(-1) ?? [];
        if (id === undefined) return;
        this.#waiting.delete(id);
        this.#runningCount += 1;
        this.#load(id, wanted).finally(() => {
            this.#runningCount -= 1;
            this.#loadNext();
        });
    }

    async #load(id, { friendId, isSmall }) {
        const bytesMax = isSmall ? startBytes : 0;
        try {
            const kept = await this.#bytes.read(id).catch(() => null);
            const blob = kept ?? await this.#api.photo(friendId, id, { bytesMax, signal: this.#signal });
            // A server may answer a part with the whole.
            const isPart = !kept && isSmall && blob.size === startBytes;
            const bytes = new Uint8Array(await blob.arrayBuffer());
            const thumbnail = isPart ? thumbnailIn(bytes) : null;
            if (this.#signal.aborted) return;
            if (!mayUnfold(thumbnail ?? bytes) && (thumbnail || !isPart)) this.#fail(id, isSmall, "gone");
            else if (isPart) this.#photos.holdSmall(id, thumbnail && new Blob([thumbnail], { type: "image/jpeg" }));
            else this.#photos.hold(id, blob);
        } catch (fault) {
            if (!fault.code) throw fault;
            this.#fail(id, isSmall, fault.isTransient ? "failed" : "gone");
        }
    }

    /** A thumbnail that has failed does not end a photo that was asked for meanwhile. */
    #fail(id, isSmall, state) {
        const isCurrent = this.#photos.stateOf(id) === (isSmall ? "loadingSmall" : "loading");
        if (isCurrent && !this.#signal.aborted) this.#photos.setState(id, state);
    }
}
