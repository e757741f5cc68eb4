import { say, sayFault } from "../words.js";
import { Dialog } from "./dialog.js";
import { byId } from "./dom.js";
import { Form } from "./form.js";
import { showOwnLink } from "./ownLink.js";

const codesAboutUsername = ["not_found", "already_friends", "self_friend"];

/** Asks for a username, makes its owner a friend, and opens the chat with them. A link of somebody
 *  opens it with their name filled in; nobody becomes a friend without the press of the button. */
export class AddFriendDialog {
    #dialog;
    #form;
    #invitation;

    constructor({ actions, invitation, me, navigation, signal, toast }) {
        this.#invitation = invitation;
        this.#form = new Form("add-friend", {
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
        this.#dialog = new Dialog("add-friend", { signal, onOpen: () => this.#form.reset() });
        showOwnLink(byId("add-friend-link"), { me, signal, toast });
        showOwnLink(byId("first-link"), { me, signal, toast });
        invitation.subscribe(() => this.#openInvited(), signal);
        this.#openInvited();
    }

    open() {
        this.#dialog.open();
    }

    #openInvited() {
        const username = this.#invitation.take();
        if (!username) return;
        this.#dialog.open();
        this.#form.field("username").value = username;
        byId("add-friend-submit").focus();
    }
}
