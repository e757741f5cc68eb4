/* The entry: shows the gate (log in, register) or the chat, as the session says. */
import { startChat } from "./chat.js";
import { currentRoute, replaceRoute, usernameToAdd } from "./navigation.js";
import { Invitation } from "./state/invitation.js";
import { Preferences } from "./state/preferences.js";
import { Session } from "./state/session.js";
import { BrowserStorage } from "./state/storage.js";
import { Api } from "./sync/api.js";
import { startWorker } from "./sync/worker.js";
import { byId } from "./views/dom.js";
import { Gate } from "./views/gate.js";
import { fillPage } from "./words.js";

const storage = new BrowserStorage();
const preferences = new Preferences(storage);
const session = new Session(storage);
const invitation = new Invitation(storage);
const api = new Api(session);

function showAppearance() {
    document.documentElement.dataset.appearance = preferences.appearance;
}

showAppearance();
preferences.subscribe(showAppearance);
fillPage();
const gate = new Gate({ api, invitation, session });
let stopChat = null;

function showGate() {
    gate.show();
    byId("boot").hidden = true;
}

function showChat() {
    gate.hide();
    byId("dashboard").hidden = false;
    if (["login", "register"].includes(currentRoute().place)) replaceRoute("");
    try {
        stopChat = startChat({ api, invitation, preferences, session, storage });
        byId("boot").hidden = true;
    } catch (fault) {
        byId("dashboard").hidden = true;
        byId("boot").hidden = false; // js/boot.js shows the cause of the fault that follows
        throw fault;
    }
}

/** @param reason "loggedOut", "accountDeleted" or "sessionEnded" */
function leaveChat(reason) {
    stopChat?.();
    stopChat = null;
    byId("dashboard").hidden = true;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    gate.clear();
    // The address of an ended session stays, so that a log-in leads back to the same chat.
    if (reason === "sessionEnded") showGate();
    else replaceRoute("");
    gate.showNotice(reason);
}

session.subscribe((reason) => {
    if (reason !== "begun") return leaveChat(reason);
    stopChat?.();
    showChat();
});
/** Keeps the name of a link that asks to add somebody. The address does not keep it: a reload would
 *  ask again. */
function takeInvitation() {
    const username = usernameToAdd();
    if (!username) return;
    replaceRoute("");
    invitation.keep(username);
}

addEventListener("hashchange", () => {
    takeInvitation();
    if (!session.user) showGate();
});
takeInvitation();

if (session.user) showChat();
else showGate();
startWorker();
