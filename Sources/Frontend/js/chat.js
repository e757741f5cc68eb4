import { Actions } from "./actions.js";
import { Navigation } from "./navigation.js";
import { Connection } from "./state/connection.js";
import { Contacts } from "./state/contacts.js";
import { Conversations } from "./state/conversations.js";
import { Drafts } from "./state/drafts.js";
import { KnownContacts } from "./state/knownContacts.js";
import { newId, Outbox } from "./state/outbox.js";
import { PhotoBytes } from "./state/photoBytes.js";
import { Photos } from "./state/photos.js";
import { RecentEmoji } from "./state/recentEmoji.js";
import { Search } from "./state/search.js";
import { Uploads } from "./state/uploads.js";
import { Election } from "./sync/election.js";
import { HistoryLoader } from "./sync/history.js";
import { PhotoLoader } from "./sync/photoLoader.js";
import { PhotoUploads } from "./sync/photoUploads.js";
import { Push } from "./sync/push.js";
import { ReadMarks } from "./sync/readMarks.js";
import { Searcher } from "./sync/searcher.js";
import { Sender } from "./sync/sender.js";
import { Sync } from "./sync/sync.js";
import { TabChannel } from "./sync/tabChannel.js";
import { AddFriendDialog } from "./views/addFriend.js";
import { Banners } from "./views/banners.js";
import { ConfirmDialog } from "./views/confirm.js";
import { ContactList } from "./views/contactList.js";
import { ConversationView } from "./views/conversation.js";
import { Dashboard } from "./views/dashboard.js";
import { ListSearch } from "./views/listSearch.js";
import { Notifications } from "./views/notifications.js";
import { PersonDialog } from "./views/person.js";
import { PushOffer } from "./views/pushOffer.js";
import { SettingsDialog } from "./views/settings.js";
import { Toast } from "./views/toast.js";

/* The composition root: the only place that knows all parts. Each part is given those it uses. */

/** Starts everything that lives as long as one user is logged in. Returns a function that ends it:
 *  every listener, timer and subscription hangs on one AbortSignal. */
export function startChat({ api, invitation, preferences, session, storage }) {
    const end = new AbortController();
    const { signal } = end;
    const me = session.user;
    const state = newState({ storage, userId: me.id, signal });
    const push = new Push({ api, session, signal, storage });
    const { history, election, sender, sync } =
        startSync({ api, push, state, userId: me.id, signal });
    const { connection, contacts, conversations, drafts, outbox, photoBytes, photos, recentEmoji } = state;
    const known = new KnownContacts({ contacts, storage, userId: me.id, signal });
    const actions = new Actions({
        api, contacts, conversations, drafts, history, known, outbox, photoBytes, photos, push,
        recentEmoji, sender, session, signal, sync,
        photoLoader: new PhotoLoader({
            api, bytes: photoBytes, connection, conversations, photos, signal,
        }),
        readMarks: new ReadMarks({ api, signal }),
        searchers: {
            list: new Searcher({ api, search: state.listSearch, signal }),
            chat: new Searcher({ api, search: state.chatSearch, signal }),
        },
    });
    showViews({ actions, election, invitation, me, preferences, push, state, signal });
    sync.start();
    photoBytes.sweep((id) => drafts.hasPhoto(id) || outbox.hasPhoto(id));
    return () => end.abort();
}

/** Returns the stores: everything the client knows. */
function newState({ storage, userId, signal }) {
    const photoBytes = new PhotoBytes({ userId });
    return {
        connection: new Connection(),
        contacts: new Contacts({ userId }),
        conversations: new Conversations(),
        drafts: new Drafts({ storage, userId, signal }),
        outbox: new Outbox({ photoBytes, storage, userId, signal }),
        photoBytes,
        photos: new Photos({ signal }),
        uploads: new Uploads(),
        recentEmoji: new RecentEmoji({ storage, userId }),
        listSearch: new Search(),
        chatSearch: new Search(),
    };
}

/** Starts the parts that keep the stores and the server in step without a person's doing. */
function startSync({ api, push, state, userId, signal }) {
    const { connection, contacts, conversations, outbox, photoBytes, uploads } = state;
    const channel = new TabChannel({ tabId: newId(), userId, signal });
    const election = new Election({ channel, isHidden: () => document.hidden, signal });
    const history = new HistoryLoader({ api, conversations });
    const sync = new Sync({
        api, channel, connection, contacts, conversations, election, history, signal,
    });
    const sender = new Sender({
        api, outbox, signal,
        photoUploads: new PhotoUploads({
            api, bytes: photoBytes, connection, outbox, signal, uploads,
        }),
        maySend: () => election.isLeader,
        onSent: (friendId, message) => {
            history.allowCatchUp(friendId); // the server answers again
            conversations.acknowledge(friendId, message);
            sync.pollNow();
            push.noteSent();
        },
    });
    conversations.subscribe(
        (id) => outbox.removeStored(id, conversations.of(id).messages), signal);
    connection.subscribe(() => { if (connection.isOnline) sender.flush(); }, signal);
    election.subscribe(() => { if (election.isLeader) sender.flush(); }, signal);
    warnBeforeLoss(state, signal);
    return { election, history, sender, sync };
}

/** Builds the views. They read stores and call actions. */
function showViews({ actions, election, invitation, me, preferences, push, state, signal }) {
    const {
        chatSearch, connection, contacts, conversations, drafts, listSearch, outbox, photos,
        recentEmoji, uploads,
    } = state;
    const navigation = new Navigation(signal);
    const toast = new Toast({ signal });
    const confirm = new ConfirmDialog({ me, signal });
    const person = new PersonDialog({ actions, confirm, signal, toast });
    new Notifications({ contacts, election, navigation, push, signal });
    new PushOffer({ push, signal });
    const contactList = new ContactList({
        connection, contacts, conversations, drafts, me, navigation, person, signal,
    });
    const conversation = new ConversationView({
        actions, confirm, contacts, conversations, drafts, me, outbox, person, photos, preferences,
        recentEmoji, search: chatSearch, signal, toast, uploads,
    });
    new ListSearch({
        actions, contactList, contacts, conversation, me, navigation, search: listSearch, signal,
    });
    const addFriend = new AddFriendDialog({ actions, invitation, me, navigation, signal, toast });
    const settings = new SettingsDialog({
        actions, confirm, drafts, me, outbox, preferences, push, signal, toast,
    });
    new Banners({ connection, outbox, signal });
    new Dashboard({
        addFriend, contactList, contacts, conversation, me, navigation, settings, signal,
    });
}

/** Asks before the page closes while there are messages or photos that the browser could not store. */
function warnBeforeLoss({ outbox, photoBytes }, signal) {
    addEventListener("beforeunload", (event) => {
        if (!outbox.isVolatile && !photoBytes.isVolatile) return;
        event.preventDefault();
        event.returnValue = true; // Chrome before 119 asks for nothing else
    }, { signal });
}
