import { Api } from "./api.js";
import { followAppearance } from "./appearance.js";
import { startChat } from "./chat.js";
import { byId } from "./dom.js";
import { currentRoute, replace } from "./route.js";
import { Session } from "./session.js";
import { LoginView } from "./views/login.js";
import { RegisterView } from "./views/register.js";
import { fillPage, say } from "./words.js";

followAppearance();
fillPage();
const session = new Session();
const api = new Api(session);
const login = new LoginView(api, session);
const register = new RegisterView(api, session);
let stopChat = null;

function showGate() {
    const isRegister = currentRoute().place === "register";
    byId("login").hidden = isRegister;
    byId("register").hidden = !isRegister;
    document.title = say("title", { unread: 0 });
    (isRegister ? register : login).show();
    byId("boot").hidden = true;
}

function leave(why) {
    stopChat?.();
    stopChat = null;
    byId("dashboard").hidden = true;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    login.clear();
    // After a session's end the person returns to the chat that the address names.
    if (why === "sessionEnded") showGate();
    else replace("");
    login.notice(say(`login.${why}`));
}

function enter() {
    byId("login").hidden = true;
    byId("register").hidden = true;
    byId("dashboard").hidden = false;
    login.clear();
    register.clear();
    if (["login", "register"].includes(currentRoute().place)) replace("");
    try {
        stopChat = startChat(api, session);
        byId("boot").hidden = true;
    } catch (fault) {
        byId("dashboard").hidden = true;
        byId("boot").hidden = false; // js/boot.js says what the fault that follows is
        throw fault;
    }
}

session.listen((why) => {
    if (why !== "begun") return leave(why);
    stopChat?.();
    enter();
});
addEventListener("hashchange", () => { if (!session.user) showGate(); });

if (session.user) enter();
else showGate();
