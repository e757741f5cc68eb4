import { say, sayFault } from "../words.js";
import { byId, element } from "./dom.js";

/** Downloads all that the server holds of this user, as one file. */
export class ExportSection {
    #actions;
    #abort = null; // of the download under way
    #button = byId("export");
    #state = byId("export-state");

    constructor({ actions, signal }) {
        this.#actions = actions;
        this.#button.addEventListener("click", () => this.#pressed(), { signal });
        signal.addEventListener("abort", () => {
            this.#abort?.abort();
            this.#say("");
        });
        this.#render();
    }

    refresh() {
        if (!this.#abort) this.#say("");
    }

    #pressed() {
        if (this.#abort) this.#abort.abort();
        else this.#download();
    }

    async #download() {
        const abort = new AbortController();
        this.#abort = abort;
        this.#render();
        this.#say(say("export.busy", { megabytes: 0 }));
        let ending = "";
        try {
            save(await this.#actions.exportAccount({
                signal: abort.signal,
                onProgress: (bytes) => this.#say(
                    say("export.busy", { megabytes: Math.floor(bytes / 1e6) })),
            }));
            ending = say("export.done");
        } catch (fault) {
            if (!fault.code) throw fault;
            ending = abort.signal.aborted ? "" : sayFault(fault);
        } finally {
            this.#abort = null;
            this.#render();
            this.#say(ending);
        }
    }

    #render() {
        this.#button.textContent = say(this.#abort ? "export.stop" : "export.start");
    }

    #say(text) {
        if (this.#state.textContent !== text) this.#state.textContent = text;
        this.#state.hidden = !text;
    }
}

/** Hands a file to the browser, which stores it or asks where. */
function save(blob) {
    const href = URL.createObjectURL(blob);
    element("a", { href, download: "whatsapp-kw.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // some browsers begin later
}
