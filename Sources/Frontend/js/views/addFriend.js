import { say, sayFault } from "../words.js";
import { Dialog } from "./dialog.js";
import { Form } from "./form.js";

const codesAboutUsername = ["not_found", "already_friends", "self_friend"];

/** Asks for a username, makes its owner a friend, and opens the chat with them. */
export class AddFriendDialog {
    #dialog;

    constructor({ actions, navigation, signal }) {
        const form = new Form("add-friend", {
            signal,
            busyWord: "addFriend.busy",
            check: ({ username }) => ({ username: !username && say("addFriend.empty") }),
            submit: async ({ username }) => {
                const friendId = await actions.addFriend(username);
                if (friendId === null) return;
                this.#dialog.close();
                navigation.openChat(friendId);
            },
            explain: (fault) =>
                codesAboutUsername.includes(fault.code) && ["username", sayFault(fault)],
        });
        this.#dialog = new Dialog("add-friend", { signal, onOpen: () => form.reset() });
    }

    open() {
        this.#dialog.open();
    }
}
