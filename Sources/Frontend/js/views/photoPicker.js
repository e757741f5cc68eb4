import { say, sayFault } from "../words.js";
import { arrange, byId, element, icon } from "./dom.js";

/** Takes photos into the draft: by button, by camera, from the clipboard, or dropped on the chat. Shows
 *  those of the draft above the text, which is their caption. */
export class PhotoPicker {
    #actions;
    #drafts;
    #friendId = null;
    #mark = "";
    #nodes = new Map(); // by the photo's id
    #onChange;
    #photos;
    #preparing = new Map(); // the number of files that are being opened, by friend
    #toast;

    /** @param onChange called when the draft's photos have changed */
    constructor({ actions, drafts, onChange, photos, signal, toast }) {
        this.#actions = actions;
        this.#drafts = drafts;
        this.#onChange = onChange;
        this.#photos = photos;
        this.#toast = toast;
        for (const [opener, input] of [["open-photo", "photo-file"], ["open-camera", "photo-camera"]]) {
            byId(opener).addEventListener("click", () => byId(input).click(), { signal });
            byId(input).addEventListener("change", ({ target }) => {
                this.#take([...target.files]);
                target.value = ""; // or the same file again would be no change
            }, { signal });
        }
        byId("chat").addEventListener("paste", (event) => this.#pasted(event), { signal });
        this.#watchDrops(signal);
        byId("chosen-photos").addEventListener("click", (event) => this.#clicked(event), { signal });
        drafts.subscribe(() => this.#render(), signal);
        photos.subscribe((id) => this.#showPicture(id), signal);
        signal.addEventListener("abort", () => this.#clear());
    }

    /** Whether a file is being opened: what is sent now would go without it. */
    get isBusy() {
        return this.#countIn(this.#friendId) > 0;
    }

    get hasPhotos() {
        return this.#friendId !== null && this.#drafts.photosOf(this.#friendId).length > 0;
    }

    /** @param friendId null for none */
    show(friendId) {
        this.#friendId = friendId;
        this.#render();
    }

    /** Takes the last photo out of the draft. */
    removeLast() {
        const last = this.#drafts.photosOf(this.#friendId).at(-1);
        if (last) this.#actions.removePhoto(this.#friendId, last.id);
    }

    #countIn(friendId) {
        return this.#preparing.get(friendId) ?? 0;
    }

    async #take(files) {
        const friendId = this.#friendId;
        if (friendId === null || files.length === 0) return;
        byId("message").focus({ preventScroll: true });
        this.#preparing.set(friendId, this.#countIn(friendId) + files.length);
        this.#render();
        let failure = null;
        for (const file of files) {
            try {
                if (!failure) await this.#actions.addPhoto(friendId, file);
            } catch (fault) {
                if (!fault.code) reportError(fault);
                failure = fault;
            }
            this.#preparing.set(friendId, this.#countIn(friendId) - 1);
        }
        this.#render();
        if (failure) this.#toast.show(sayFault(failure));
    }

    /** A copied text with a picture of it is pasted as the text. */
    #pasted(event) {
        const { files, types } = event.clipboardData;
        if (files.length === 0 || types.includes("text/plain")) return;
        event.preventDefault();
        this.#take([...files]);
    }

    /** A file that is dropped beside the chat must not replace the page. */
    #watchDrops(signal) {
        const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
        const isOver = (target) => byId("chat").contains(target) && !document.querySelector("dialog[open]");
        addEventListener("dragover", (event) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = isOver(event.target) ? "copy" : "none";
            byId("drop").hidden = !isOver(event.target);
        }, { signal });
        addEventListener("dragleave", ({ relatedTarget }) => {
            if (!relatedTarget) byId("drop").hidden = true;
        }, { signal });
        addEventListener("drop", (event) => {
            byId("drop").hidden = true;
            if (!hasFiles(event)) return;
            event.preventDefault();
            if (isOver(event.target)) this.#take([...event.dataTransfer.files]);
        }, { signal });
    }

    #clicked(event) {
        const button = event.target.closest("button");
        if (!button) return;
        this.#actions.removePhoto(this.#friendId, button.dataset.id);
        byId("message").focus({ preventScroll: true });
    }

    #render() {
        const photos = this.#friendId === null ? [] : this.#drafts.photosOf(this.#friendId);
        const isBusy = this.#countIn(this.#friendId) > 0;
        const mark = `${this.#friendId} ${isBusy} ${photos.map(({ id }) => id)}`;
        if (mark === this.#mark) return; // each key that is typed changes a draft
        this.#mark = mark;
        byId("photos").hidden = photos.length === 0 && !isBusy;
        for (const id of this.#nodes.keys()) {
            if (!photos.some((photo) => photo.id === id)) this.#nodes.delete(id);
        }
        arrange(byId("chosen-photos"), photos.map((photo, index) => this.#nodeOf(photo, index + 1)));
        const state = isBusy ? say("photo.preparing")
            : photos.length > 0 ? say("photo.chosen", { count: photos.length }) : "";
        if (byId("photos-state").textContent !== state) byId("photos-state").textContent = state;
        byId("message").placeholder = say(photos.length > 0 ? "photo.caption" : "composer.label");
        byId("message").setAttribute("aria-label", byId("message").placeholder);
        this.#onChange();
    }

    #nodeOf({ id }, number) {
        if (!this.#nodes.has(id)) {
            const remove = element("button", { type: "button", className: "icon" }, icon("close"));
            remove.dataset.id = id;
            const image = element("img", { alt: "" });
            this.#nodes.set(id, element("li", {}, image, remove));
            this.#actions.loadPhoto(this.#friendId, id);
            this.#showPicture(id);
        }
        const node = this.#nodes.get(id);
        node.firstElementChild.alt = say("photo.preview", { number });
        const remove = node.lastElementChild;
        remove.title = say("photo.remove", { number });
        remove.setAttribute("aria-label", remove.title);
        return node;
    }

    #showPicture(id) {
        const image = this.#nodes.get(id)?.firstElementChild;
        const url = this.#photos.urlOf(id);
        if (image && url) image.src = url;
    }

    #clear() {
        this.#nodes.clear();
        byId("chosen-photos").replaceChildren();
        byId("photos").hidden = true;
    }
}
