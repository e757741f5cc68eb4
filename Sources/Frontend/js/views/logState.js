import { say } from "../words.js";
import { byId } from "./dom.js";

/** Says above the messages whether there are older ones, and whether loading them failed. */
export class LogState {
    /** @param onRetry called when a person wants another attempt */
    constructor({ onRetry, signal }) {
        byId("log-retry").addEventListener("click", () => {
            byId("log").focus({ preventScroll: true }); // the button disappears during the attempt
            onRetry();
        }, { signal });
    }

    /** @param held the loaded part of a conversation
     *  @param count the number of its rows */
    show({ failedEnds, isLoaded, shown }, count) {
        const isWhole = isLoaded && shown.hasBeginning;
        const hasFailed = !isWhole && failedEnds.has(isLoaded ? "oldest" : "newest");
        const state = hasFailed ? "loadFailed" : !isWhole ? "loading"
            : count === 0 ? "empty" : "beginning";
        byId("log-state").textContent = say(`chat.${state}`);
        byId("log-state").hidden = false;
        byId("log-retry").hidden = !hasFailed;
    }
}
