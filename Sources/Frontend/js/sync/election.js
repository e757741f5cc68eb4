import { Store } from "../state/store.js";

const beatInterval = 4_000;
const silenceMax = 12_000; // three beats lost
const hiddenDelayMin = 100;
const hiddenDelayMax = 500;
const crossingMax = 1_000; // milliseconds in which another tab may not have heard a claim yet

/** Elects one leader among the tabs of one user in one browser. The leader polls the server and
 *  sends the outbox for all tabs, so that ten tabs cost the server what one costs. Emits when this
 *  tab becomes the leader or stops being it.
 *
 *  The tab looked at last shall lead, because browsers slow down the timers of hidden tabs. There
 *  is no vote: a tab claims the leadership, and every tab that hears the claim gives way, unless two
 *  claims cross.
 *
 *      message   posted by                            effect on a tab that receives it
 *      claim     a tab that starts to lead            it follows, unless two claims cross
 *      beat      the leader, every 4 s                it notes the time; of two leaders, the one
 *                                                     with the smaller tab id follows
 *      resigned  a leader that is closed or frozen    it claims, if no other tab was faster
 *
 *  A tab claims
 *  - when it starts, is looked at, or has just sent something;
 *  - after "resigned", unless a claim or beat comes first: a visible tab waits for nothing, a hidden
 *    one for a random delay;
 *  - after 12 s without a message: the leader has crashed, or the browser has frozen it;
 *  - while it is visible: when a hidden tab claims, or beats with a greater tab id.
 *
 *  Two claims cross when neither tab has heard the other's yet: a leader takes it so for a second
 *  after its own claim. If both gave way, none would lead. So one stays and claims again: the
 *  visible one, else the one with the greater tab id.
 *
 *  Two tabs may lead for a moment, when claims cross. Then both poll, and a row keeps its latest
 *  change. Both may send: the server stores a message once, because every attempt carries the same id. The
 *  repeated claim settles it, or the next beat. No tab may lead for 12 s at most, after a crash. Without a channel each tab
 *  leads. All times are `performance.now()`: the wall clock may jump. */
export class Election extends Store {
    #channel;
    #isHidden;
    #signal;
    #isLeader = false;
    #isVacant = false;
    #claimedAt = -crossingMax;
    #lastHeard = performance.now();

    /** @param isHidden returns whether nobody sees this tab */
    constructor({ channel, isHidden, signal }) {
        super();
        this.#channel = channel;
        this.#isHidden = isHidden;
        this.#signal = signal;
        channel.receive((message) => this.#receive(message));
        const timer = setInterval(() => this.#tick(), beatInterval);
        const claimIfSeen = () => { if (!isHidden()) this.claim(); };
        addEventListener("focus", claimIfSeen, { signal });
        addEventListener("pageshow", claimIfSeen, { signal });
        document.addEventListener("visibilitychange", claimIfSeen, { signal });
        addEventListener("pagehide", () => this.#resign(), { signal });
        signal.addEventListener("abort", () => {
            clearInterval(timer);
            this.#resign();
        });
    }

    get isLeader() {
        return this.#isLeader;
    }

    /** Makes this tab the leader. */
    claim() {
        if (this.#isLeader || this.#signal.aborted) return;
        this.#claimedAt = performance.now();
        this.#setLeader(true);
        this.#post("claim");
    }

    #receive({ kind, from, hidden }) {
        this.#lastHeard = performance.now();
        if (kind === "claim" || kind === "beat") this.#isVacant = false;
        if (kind === "claim" && this.#outdoes({ from, hidden })) return this.#post("claim");
        if (kind === "claim" || (kind === "beat" && from > this.#channel.tabId)) {
            this.#setLeader(false);
            if (hidden && !this.#isHidden()) this.claim();
        } else if (kind === "resigned") {
            this.#isVacant = true;
            setTimeout(() => { if (this.#isVacant) this.claim(); }, this.#delay);
        }
    }

    /** Whether this tab stays the leader although it hears a claim, which has crossed its own. */
    #outdoes({ from, hidden }) {
        const isCrossing = performance.now() - this.#claimedAt < crossingMax;
        if (!this.#isLeader || !isCrossing) return false;
        const isHidden = this.#isHidden();
        return hidden === isHidden ? from < this.#channel.tabId : !isHidden;
    }

    get #delay() {
        const spread = Math.random() * (hiddenDelayMax - hiddenDelayMin);
        return this.#isHidden() ? hiddenDelayMin + spread : 0;
    }

    #tick() {
        if (this.#isLeader) this.#post("beat");
        else if (performance.now() - this.#lastHeard > silenceMax) this.claim();
    }

    #resign() {
        if (!this.#isLeader) return;
        this.#setLeader(false);
        this.#lastHeard = performance.now();
        this.#post("resigned");
    }

    #post(kind) {
        this.#channel.post({ kind, hidden: this.#isHidden() });
    }

    #setLeader(isLeader) {
        if (isLeader) this.#isVacant = false;
        if (this.#isLeader === isLeader) return;
        this.#isLeader = isLeader;
        this.emit();
    }
}
