/** Messages between the tabs of one user in one browser. A message is an object with a `kind`; the
 *  channel adds `from`, the id of the tab that posted it. A tab does not receive its own messages.
 *
 *  Without a BroadcastChannel (old, or refused by the browser) nothing arrives: each tab then takes
 *  itself for the only one, elects itself and does all of its own work. */
export class TabChannel {
    #tabId;
    #channel;
    #receivers = new Set();

    constructor({ tabId, userId, signal }) {
        this.#tabId = tabId;
        this.#channel = openChannel(`whatsapp-kw.${userId}`);
        if (!this.#channel) return;
        this.#channel.onmessage = ({ data }) => {
            for (const receiver of this.#receivers) receiver(data);
        };
        signal.addEventListener("abort", () => {
            this.#channel.onmessage = null;
            // In a later task: others that hear the same abort may still post a last message.
            setTimeout(() => this.#channel.close());
        });
    }

    get tabId() {
        return this.#tabId;
    }

    /** Calls `receiver(message)` with each message of another tab. */
    receive(receiver) {
        this.#receivers.add(receiver);
    }

    post(message) {
        try {
            this.#channel?.postMessage({ ...message, from: this.#tabId });
        } catch {
            // The browser has closed the channel: see above.
        }
    }
}

function openChannel(name) {
    try {
        return new BroadcastChannel(name);
    } catch {
        return null;
    }
}
