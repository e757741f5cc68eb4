import { frameOf } from "../rules/photos.js";
import { isVisible, summary } from "../rules/text.js";
import { say } from "../words.js";
import { element, icon } from "./dom.js";

const keptMax = 240; // more than the list has rows in the page
const nearby = "600px"; // beyond the viewport, within which photos load

/** Returns what a reader without the picture gets: its caption, or whose photo it is. */
export function altOf(row, contact) {
    if (typeof row.text === "string" && !row.code && isVisible(row.text)) return summary(row.text);
    return row.isOwn ? say("photo.own") : say("photo.from", { name: contact.username });
}

/** The photos within the bubbles. A frame has the shape of its photo from the start, so that no message
 *  moves when the photo comes. A photo loads when its frame comes near the viewport; where data are
 *  saved, its thumbnail does, and the rest when a person asks for it. The frame of a message stays the same node. */
export class PhotoFrames {
    #actions;
    #frames = new Map(); // by the row's key
    #onOpen;
    #photos;
    #preferences;
    #uploads;
    #watcher;

    /** @param log the element that scrolls
     *  @param onOpen called with the key of a row whose photo a person wants to see whole */
    constructor({ actions, log, onOpen, photos, preferences, signal, uploads }) {
        this.#actions = actions;
        this.#onOpen = onOpen;
        this.#photos = photos;
        this.#preferences = preferences;
        this.#uploads = uploads;
        this.#watcher = new IntersectionObserver((entries) => {
            for (const { isIntersecting, target } of entries) {
                target.frame.isNear = isIntersecting;
                this.#wantIfNear(target.frame);
            }
        }, { root: log, rootMargin: `${nearby} 0px` });
        photos.subscribe((id) => this.#update((frame) => frame.photo.id === id), signal);
        preferences.subscribe(() => this.#update(() => true), signal);
        uploads.subscribe((key) => {
            const frame = this.#frames.get(key);
            if (frame) this.#showProgress(frame);
        }, signal);
        signal.addEventListener("abort", () => {
            this.#watcher.disconnect();
            this.#frames.clear();
        });
    }

    /** Returns the node that shows the photo of a row. */
    of(row, contact) {
        let frame = this.#frames.get(row.key);
        if (!frame) {
            frame = this.#newFrame(row, contact);
            this.#frames.set(row.key, frame);
            this.#forgetSome();
        }
        frame.isWaiting = row.state === "pending";
        this.#show(frame);
        return frame.node;
    }

    #newFrame({ key, photo, ...row }, contact) {
        const button = element("button", { type: "button", className: "photo-open", tabIndex: -1 });
        const progress = element("progress", { max: 1 });
        progress.setAttribute("aria-label", say("photo.sending"));
        const cancel = element("button", {
            type: "button", className: "icon", title: say("photo.cancel"),
        }, icon("close"));
        cancel.dataset.action = "discard";
        cancel.setAttribute("aria-label", say("photo.cancel"));
        const sending = element("div", { className: "photo-sending" }, progress, cancel);
        const node = element("div", { className: "photo" }, button, sending);
        const { width, height } = frameOf(photo);
        node.style.width = `${width}px`;
        node.style.setProperty("aspect-ratio", `${width} / ${height}`);
        const alt = altOf(row, contact);
        const frame = { alt, button, contact, key, node, photo, progress, sending, isNear: false };
        node.frame = frame;
        button.addEventListener("click", () => this.#clicked(frame));
        this.#watcher.observe(node);
        return frame;
    }

    #clicked(frame) {
        if (this.#photos.stateOf(frame.photo.id) === "shown") this.#onOpen(frame.key);
        else this.#load(frame);
    }

    #load({ contact, photo }) {
        this.#actions.loadPhoto(contact.id, photo.id);
    }

    #wantIfNear(frame) {
        if (!frame.isNear || !frame.node.isConnected) return;
        const state = this.#photos.stateOf(frame.photo.id);
        const isSmallEnough = this.#preferences.savesData && !frame.isWaiting;
        if (state === "shown") this.#load(frame); // it stays among those used last
        else if (["none", "small"].includes(state) && !isSmallEnough) this.#load(frame);
        else if (state === "none") this.#actions.loadThumbnail(frame.contact.id, frame.photo.id);
    }

    #update(isChanged) {
        for (const frame of this.#frames.values()) {
            if (!isChanged(frame)) continue;
            this.#show(frame);
            this.#wantIfNear(frame);
        }
    }

    #show(frame) {
        const { alt, button, photo, node } = frame;
        const state = this.#photos.stateOf(photo.id);
        const src = this.#photos.urlOf(photo.id) || this.#photos.smallUrlOf(photo.id);
        this.#showProgress(frame);
        if (frame.shown === `${state} ${src}`) return;
        frame.shown = `${state} ${src}`;
        node.dataset.state = state;
        button.replaceChildren(
            src ? element("img", { alt, draggable: false, src })
                : element("span", { className: "unseen" }, `${alt}. `),
            ...state === "shown" ? [] : [remarkOn(state, src !== "")]);
    }

    /** A photo whose bytes do not move yet waits for those before it. */
    #showProgress({ isWaiting, key, progress, sending }) {
        const share = this.#uploads.shareOf(key);
        sending.hidden = !isWaiting && share === null;
        if (share === null) progress.removeAttribute("value");
        else progress.value = share;
    }

    #forgetSome() {
        if (this.#frames.size <= keptMax) return;
        for (const [key, { node }] of this.#frames) {
            if (node.isConnected) continue;
            this.#watcher.unobserve(node);
            this.#frames.delete(key);
        }
    }
}

/** Returns the remark on a photo that is not there, or not all of it. */
function remarkOn(state, hasPicture) {
    const isLoading = ["loading", "loadingSmall"].includes(state);
    const canLoad = ["none", "small"].includes(state);
    const words = isLoading ? "loading" : canLoad ? (hasPicture ? "small" : "none") : state;
    return element("span", { className: "photo-remark" },
        icon(isLoading ? "pending" : canLoad ? "download" : "failed"),
        element("span", {}, say(`photo.${words}`)));
}
