import { fullTimeOf } from "../rules/dates.js";
import { isVisible } from "../rules/text.js";
import { say } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId, element, icon } from "./dom.js";
import { altOf } from "./photoFrames.js";
import { watchSwipes } from "./swipes.js";

/** One photo of the open conversation on the whole screen. Arrow keys and swipes lead to the others;
 *  Escape, a swipe down and the close button lead back. */
export class PhotoViewer {
    #actions;
    #contact = null;
    #dialog;
    #key = null;
    #node = byId("viewer");
    #onClosed;
    #photos;
    #rows = [];

    /** @param onClosed called with the key of the row that was shown last */
    constructor({ actions, onClosed, photos, signal }) {
        this.#actions = actions;
        this.#onClosed = onClosed;
        this.#photos = photos;
        this.#dialog = new Dialog("viewer", { signal });
        const onClick = (id, act) => byId(id).addEventListener("click", act, { signal });
        onClick("viewer-previous", () => this.#move(-1));
        onClick("viewer-next", () => this.#move(1));
        onClick("viewer-place", ({ target }) => this.#clicked(target));
        this.#node.addEventListener("keydown", (event) => this.#moveByKey(event), { signal });
        this.#node.addEventListener("close", () => this.#closed(), { signal });
        watchSwipes(byId("viewer-place"), signal, {
            left: () => this.#move(1), right: () => this.#move(-1), down: () => this.#dialog.close(),
        });
        photos.subscribe((id) => {
            if (this.#node.open && id === this.#row?.photo.id) this.#render();
        }, signal);
        signal.addEventListener("abort", () => {
            this.#dialog.close();
            this.#contact = null;
            this.#closed();
        });
    }

    /** @param rows those of the conversation
     *  @param key of the row whose photo to show */
    open(rows, key, contact) {
        this.#contact = contact;
        this.#key = key;
        this.#take(rows);
        if (!this.#row) return;
        this.#render();
        this.#dialog.open();
    }

    /** Follows changes of the conversation. It closes where the photo has gone. */
    refresh(rows) {
        if (!this.#node.open) return;
        this.#take(rows);
        if (this.#row) this.#renderPlace();
        else this.#dialog.close();
    }

    get #row() {
        return this.#rows.find(({ key }) => key === this.#key);
    }

    #take(rows) {
        this.#rows = rows.filter(({ photo }) => photo);
    }

    #closed() {
        byId("viewer-place").replaceChildren();
        byId("viewer-save").removeAttribute("href");
        for (const id of ["viewer-name", "viewer-time", "viewer-caption"]) byId(id).textContent = "";
        if (this.#contact) this.#onClosed(this.#key);
        this.#contact = null;
    }

    #clicked(target) {
        if (target.closest("button")) this.#actions.loadPhoto(this.#contact.id, this.#row.photo.id);
        else if (target === byId("viewer-place")) this.#dialog.close();
    }

    #moveByKey(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        this.#move(step);
    }

    #move(step) {
        const at = this.#rows.findIndex(({ key }) => key === this.#key);
        const next = this.#rows[at + step];
        if (!next) return;
        this.#key = next.key;
        this.#render();
    }

    #render() {
        const row = this.#row;
        const { id } = row.photo;
        this.#actions.loadPhoto(this.#contact.id, id);
        const url = this.#photos.urlOf(id);
        byId("viewer-place").replaceChildren(url ? element("img", {
            alt: altOf(row, this.#contact), src: url, draggable: false,
        }) : remarkOf(this.#photos.stateOf(id)));
        byId("viewer-save").hidden = !url;
        byId("viewer-save").href = url;
        byId("viewer-save").download = `foto-${id.slice(0, 8)}.jpg`;
        byId("viewer-name").textContent = row.isOwn ? say("reply.me") : this.#contact.username;
        byId("viewer-time").textContent = fullTimeOf(row.timestamp);
        const hasCaption = typeof row.text === "string" && !row.code && isVisible(row.text);
        byId("viewer-caption").textContent = hasCaption ? row.text : "";
        this.#renderPlace();
    }

    /** A button at an end keeps its focus. */
    #renderPlace() {
        const count = this.#rows.length;
        const at = this.#rows.findIndex(({ key }) => key === this.#key) + 1;
        byId("viewer-count").textContent = count > 1 ? say("photo.place", { at, count }) : "";
        byId("viewer-previous").setAttribute("aria-disabled", String(at <= 1));
        byId("viewer-next").setAttribute("aria-disabled", String(at >= count));
        for (const id of ["viewer-previous", "viewer-next"]) byId(id).hidden = count < 2;
    }
}

/** Returns what is shown in the place of a photo that is not there. */
function remarkOf(state) {
    const text = element("span", {}, say(`photo.${state}`));
    return state === "loading"
        ? element("p", { className: "photo-remark" }, icon("pending"), text)
        : element("button", { type: "button", className: "photo-remark" }, icon("failed"), text);
}
