import { byId } from "./dom.js";

/** Offers notifications above the contact list, at a good moment. */
export class PushOffer {
    constructor({ push, signal }) {
        const render = () => { byId("push-offer").hidden = !push.isOffered; };
        byId("push-accept").addEventListener("click", () => push.turnOn(), { signal });
        byId("push-later").addEventListener("click", () => push.putOff(), { signal });
        push.subscribe(render, signal);
        render();
    }
}
