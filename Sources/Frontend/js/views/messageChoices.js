import { say } from "../words.js";
import { copyText } from "./clipboard.js";
import { byId } from "./dom.js";
import { itemsOf, MessageMenu } from "./messageMenu.js";

/** The actions of a message of the open conversation, by its menu. */
export class MessageChoices {
    #actions;
    #confirm;
    #toast;

    /** @param friendId returns whose conversation is open
     *  @param onOpen called with the key of a row whose photo is to be shown
     *  @param onReply called with the key of a row to answer */
    constructor({ actions, confirm, friendId, onOpen, onReply, signal, toast }) {
        this.#actions = actions;
        this.#confirm = confirm;
        this.#toast = toast;
        new MessageMenu({
            log: byId("log"), signal,
            itemsFor: (row) => itemsOf(row, {
                copy: () => this.#copy(row.text), open: () => onOpen(row.key),
                remove: () => this.#askToDelete(friendId(), row.key),
                reply: () => onReply(row.key),
            }),
        });
    }

    #askToDelete(friendId, key) {
        this.#confirm.ask({
            title: say("message.askDelete"), text: say("message.deleteText"),
            action: say("message.delete"), act: () => this.#actions.deleteMessage(friendId, key),
        });
    }

    async #copy(text) {
        this.#toast.show(say(await copyText(text) ? "message.copied" : "message.notCopied"));
    }
}
