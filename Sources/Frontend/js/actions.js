import { friendNamed } from "./rules/accounts.js";
import { photosMax } from "./rules/photos.js";
import { newId } from "./state/outbox.js";
import { Fault } from "./sync/fault.js";
import { encodePhoto } from "./sync/photoEncoder.js";

/** Everything that a person can do in the chat. Views read stores and call these methods; only these
 *  methods and what runs by itself (js/sync/) change anything. */
export class Actions {
    #api;
    #contacts;
    #conversations;
    #drafts;
    #history;
    #known;
    #outbox;
    #photoBytes;
    #photoLoader;
    #photos;
    #push;
    #readMarks;
    #recentEmoji;
    #searchers;
    #sender;
    #session;
    #signal;
    #sync;

    constructor({
        api, contacts, conversations, drafts, history, known, outbox, photoBytes, photoLoader,
        photos, push, readMarks, recentEmoji, searchers, sender, session, signal, sync,
    }) {
        this.#api = api;
        this.#contacts = contacts;
        this.#conversations = conversations;
        this.#drafts = drafts;
        this.#history = history;
        this.#known = known;
        this.#outbox = outbox;
        this.#photoBytes = photoBytes;
        this.#photoLoader = photoLoader;
        this.#photos = photos;
        this.#push = push;
        this.#readMarks = readMarks;
        this.#recentEmoji = recentEmoji;
        this.#searchers = searchers;
        this.#sender = sender;
        this.#session = session;
        this.#signal = signal;
        this.#sync = sync;
    }

    // Messages

    /** Puts a draft into the outbox and sends it. A photo is a message; the text goes with the first.
     *  Throws where the outbox cannot take it; the caller then keeps the text.
     *
     *  @param replyTo the id of the message that it answers, or "" */
    send(friendId, text, replyTo) {
        const [first = null, ...others] = this.#drafts.photosOf(friendId);
        this.#outbox.add(friendId, text, replyTo, first);
        for (const photo of others) this.#outbox.add(friendId, "", "", photo);
        if (first) this.#drafts.setPhotos(friendId, []);
        this.#sendNow();
    }

    retrySending(item) {
        this.#outbox.requeue(item);
        this.#sendNow();
    }

    discard(item) {
        this.#outbox.remove(item);
        this.#sync.pollNow();
    }

    /** Sends at once. Where another tab leads, this one takes over, and then sends. */
    #sendNow() {
        this.#sender.flush();
        this.#sync.pollNow();
    }

    setDraft(friendId, text) {
        this.#drafts.set(friendId, text);
    }

    /** @param messageId the message that the draft answers, or "" */
    setReply(friendId, messageId) {
        this.#drafts.setReply(friendId, messageId);
    }

    /** Removes the content of an own message for both. Rejects with a Fault. */
    async deleteMessage(friendId, messageId) {
        await this.#api.deleteMessage(friendId, messageId);
        if (this.#signal.aborted) return;
        this.#conversations.delete(friendId, messageId);
        this.#sync.pollNow();
    }

    // Photos

    /** Adds a photo to the draft. Rejects with a Fault where the file is none, or there are too many. */
    async addPhoto(friendId, file) {
        const { blob, height, width } = await encodePhoto(file);
        if (this.#signal.aborted) return;
        const photos = this.#drafts.photosOf(friendId);
        if (photos.length >= photosMax) throw new Fault(400, "too_many_photos");
        const id = newId();
        this.#photos.hold(id, blob);
        this.#drafts.setPhotos(friendId, [...photos, { id, width, height }]);
        await this.#photoBytes.keep(id, blob);
    }

    /** Takes a photo out of the draft. */
    removePhoto(friendId, id) {
        this.#drafts.setPhotos(
            friendId, this.#drafts.photosOf(friendId).filter((photo) => photo.id !== id));
        this.#photoBytes.remove(id);
    }

    /** Loads a photo, unless the page has it. */
    loadPhoto(friendId, id) {
        this.#photoLoader.want(friendId, id);
    }

    /** Loads a photo's thumbnail, unless the page has that or more. */
    loadThumbnail(friendId, id) {
        this.#photoLoader.wantSmall(friendId, id);
    }

    // Conversations

    /** @param friendId the conversation that is shown, or null */
    openConversation(friendId) {
        this.#sync.open(friendId);
    }

    loadOlder(friendId) {
        // The conversation itself shows the failure.
        this.#history.loadOlder(friendId).catch(() => {});
    }

    retryHistory(friendId) {
        this.#sync.retryHistory();
        this.loadOlder(friendId);
    }

    /** Loads back to that message. Returns whether it is held then. Rejects with a Fault.
     *
     *  @param timestamp of the message, where it is known */
    loadBackTo(friendId, messageId, timestamp) {
        return this.#history.loadBackTo(friendId, messageId, timestamp);
    }

    loadNewer(friendId) {
        // The next scroll tries again.
        this.#history.loadNewer(friendId).catch(() => {});
    }

    /** Returns from a passage that a jump led to. */
    showNewest(friendId) {
        this.#conversations.leavePassage(friendId);
    }

    /** @param place "list", or "chat" for the open conversation
     *  @param friendId whose conversation to search; null for all of them */
    search(place, text, friendId = null) {
        this.#searchers[place].find(text, friendId);
    }

    searchFurther(place) {
        this.#searchers[place].more();
    }

    /** Shows the part of the conversation around that time. Rejects with a Fault. */
    loadAround(friendId, timestamp) {
        return this.#history.loadAround(friendId, timestamp);
    }

    /** @param read `{upTo, left}`: the time of the last message read, and how many are unread after it */
    markRead(friendId, read) {
        this.#contacts.markRead(friendId, read);
        this.#readMarks.note(friendId, read.upTo);
    }

    // People and the account

    /** Returns the id of the contact, who may have been a friend already, or null after a log-out
     *  meanwhile. Rejects with a Fault. */
    async addFriend(username) {
        const contact = await this.#findOrAddFriend(username);
        if (this.#signal.aborted) return null;
        this.#contacts.add(contact);
        this.#sync.pollNow();
        return contact.id;
    }

    /** The name goes to the server as it was typed. */
    async #findOrAddFriend(username) {
        try {
            return (await this.#api.addFriend(username)).contact;
        } catch (fault) {
            if (fault.code !== "already_friends") throw fault;
            // No poll may have announced a person who has just added this user.
            const found = friendNamed((await this.#api.friends()).rows, username);
            if (!found) throw fault;
            return found;
        }
    }

    /** Ends the friendship for both. Rejects with a Fault. */
    async removeFriend(friendId) {
        await this.#api.removeFriend(friendId);
        this.#forget(friendId);
    }

    /** Ends the friendship and keeps the friend from adding this user. Rejects with a Fault. */
    async block(friendId) {
        await this.#api.block(friendId);
        this.#forget(friendId);
    }

    unblock(personId) {
        return this.#api.unblock(personId);
    }

    blockedPeople() {
        return this.#api.blockedPeople();
    }

    #forget(friendId) {
        if (this.#signal.aborted) return;
        this.#contacts.remove(friendId);
        this.#sync.pollNow();
    }

    /** Rejects with a Fault. */
    async changePassword(currentPassword, newPassword) {
        const { token } = await this.#api.changePassword(currentPassword, newPassword);
        if (this.#signal.aborted) return;
        this.#session.renew(token);
        this.#push.renew();
    }

    /** Returns all that the server holds of this user, as a Blob. Rejects with a Fault. */
    exportAccount(options) {
        return this.#api.exportAccount(options);
    }

    logOut() {
        this.#api.logout().catch(() => {}); // the token is forgotten here whatever the server says
        this.#end("loggedOut");
    }

    /** Rejects with a Fault. */
    async deleteAccount(password) {
        await this.#api.deleteAccount(password);
        this.#api.logout().catch(() => {}); // photos leave the browser's cache
        if (!this.#signal.aborted) this.#end("accountDeleted");
    }

    #end(reason) {
        this.#outbox.clear();
        this.#drafts.clear();
        this.#photoBytes.sweep();
        this.#recentEmoji.clear();
        this.#known.clear();
        this.#session.end(reason);
    }
}
