import { byId } from "../dom.js";
import { friendNamed } from "../names.js";
import { say, sayFault } from "../words.js";
import { openable } from "./dialog.js";
import { Form } from "./form.js";

const aboutUsername = ["not_found", "already_friends", "self_friend"];
let form = null;
let current = null; // the form outlives a log-out; whom it serves does not

export class AddFriendDialog {
    constructor(parts, chosen) {
        current = { ...parts, chosen };
        form ??= new Form("add-friend", {
            busyWord: "addFriend.busy",
            check: ({ username }) => ({ username: !username && say("addFriend.empty") }),
            submit: async ({ username }) => {
                const { chosen, contacts, signal, sync } = current;
                const contact = await friend(username, current);
                if (signal.aborted) return;
                byId("add-friend").close();
                contacts.add(contact);
                sync.hurry();
                chosen(contact.id);
            },
            explain: (fault) => aboutUsername.includes(fault.code) && ["username", sayFault(fault)],
        });
        this.open = openable(byId("add-friend"), parts.signal, () => form.reset());
        parts.signal.addEventListener("abort", () => form.reset());
    }
}

/** Somebody who is a friend from now on, or was one already. The name goes as it was typed. */
async function friend(username, { api }) {
    try {
        return (await api.addFriend(username)).contact;
    } catch (fault) {
        if (fault.code !== "already_friends") throw fault;
        // Asked anew: no round may have told yet of somebody who has just added the caller.
        const found = friendNamed((await api.friends(null)).contacts, username);
        if (!found) throw fault;
        return found;
    }
}
