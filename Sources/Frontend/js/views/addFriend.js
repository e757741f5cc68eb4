import { byId } from "../dom.js";
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
            check: ({ username }) => ({ username: !username.trim() && say("addFriend.empty") }),
            submit: async ({ username }) => {
                const { api, contacts, sync } = current;
                const { contact } = await api.addFriend(username.trim());
                byId("add-friend").close();
                contacts.add(contact);
                sync.hurry();
                current.chosen(contact.id);
            },
            explain: (fault) => aboutUsername.includes(fault.code) && ["username", sayFault(fault)],
        });
        this.open = openable(byId("add-friend"), parts.signal, () => form.reset());
    }
}
