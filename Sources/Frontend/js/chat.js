import { Contacts } from "./contacts.js";
import { Conversations } from "./conversations.js";
import { Drafts } from "./drafts.js";
import { Notifications } from "./notifications.js";
import { Outbox } from "./outbox.js";
import { Previews } from "./previews.js";
import { go, chatRoute } from "./route.js";
import { Sync } from "./sync.js";
import { Tabs } from "./tabs.js";
import { Dashboard } from "./views/dashboard.js";

/** All that lives as long as somebody is logged in. Returns what ends it. */
export function startChat(api, session) {
    const end = new AbortController();
    const { signal } = end;
    const me = session.user;
    const tabs = new Tabs(me.id, signal);
    const contacts = new Contacts(me.id, signal);
    const conversations = new Conversations(api);
    const previews = new Previews({ api, contacts, conversations });
    const drafts = new Drafts(me.id);
    const notifications = new Notifications();
    const sync = new Sync({ api, contacts, conversations, tabs, signal });
    const outbox = new Outbox({
        api, me: me.id, signal, maySend: () => tabs.leads,
        sent: (friendId, message) => {
            conversations.accept(friendId, message);
            sync.hurry();
        },
    });

    conversations.listen((id) => outbox.settle(id, conversations.of(id).messages));
    sync.listen(() => { if (sync.connection === "online") outbox.flush(); });
    tabs.listen(({ kind }) => { if (kind === "led" && tabs.leads) outbox.flush(); });
    contacts.listen(({ arrived }) => {
        if (!document.hidden || !tabs.leads) return;
        for (const contact of arrived) {
            notifications.show(contact, contacts.unread(contact), (id) => go(chatRoute(id)));
        }
    });

    // Where the browser keeps nothing, what waits to be sent goes with the page: it asks first.
    addEventListener("beforeunload", (event) => {
        if (!outbox.isFleeting) return;
        event.preventDefault();
        event.returnValue = true; // Chrome before 119 asks for nothing else
    }, { signal });

    const logOut = () => {
        api.logout().catch(() => {}); // the token is forgotten here whatever the server says
        outbox.clear();
        drafts.clear();
        session.end("loggedOut");
    };
    new Dashboard({
        api, session, me, contacts, conversations, previews, drafts, notifications, outbox, sync,
        tabs, logOut, signal,
    });
    sync.start();
    return () => end.abort();
}
