/** The words of the settings in English. */
export const settingsWords = {
    settings: {
        open: "Account settings",
        title: "Settings",
        sections: "Sections of the settings",
        account: "Account",
        security: "Security",
        look: "Look",
        notifications: "Notifications",
        blocked: "Blocked",
        about: "About",
    },
    blocked: {
        text: "People you block cannot add you, and are not told.",
        none: "You have blocked nobody.",
        loading: "Loading…",
        unblock: "Unblock",
        unblockName: ({ name }) => `Unblock ${name}`,
        ask: ({ name }) => `Unblock ${name}?`,
        askText: ({ name }) => `${name} can add you again. You are not friends until one of you adds `
            + "the other.",
        done: ({ name }) => `${name} is unblocked.`,
    },
    about: {
        text: "Your messages are sealed with AES-256-GCM before they are stored. The server stores "
            + "sealed messages only.",
        api: "API documentation",
    },
    deletion: {
        title: "Delete account",
        text: "Your account, your friends and all your messages go for good, for your friends too.",
        open: "Delete account…",
        ask: "Delete the account for good?",
        current: "Password, to make sure",
        submit: "Delete account for good",
        busy: "One moment…",
    },
    notifications: {
        title: "Notifications",
        allow: "Turn on notifications",
        stop: "Turn off notifications",
        off: "Tells you of messages while this page is out of sight or closed. It never shows "
            + "their text.",
        on: "Notifications are on, also while this page is closed. They never show a "
            + "message's text.",
        denied: "Notifications are blocked. Allow them in this browser's site settings.",
        unsupported: "This browser cannot show notifications at this address.",
        install: "On iPhone and iPad, only installed apps notify: open Share, choose Add to Home "
            + "Screen, then open it from there.",
        message: ({ count }) => count > 1 ? `${count} new messages` : "New message",
        offer: "Shall we tell you of new messages?",
        accept: "Turn on",
        later: "Not now",
    },
    appearance: {
        title: "Theme",
        system: "As the system",
        dark: "Dark",
        light: "Light",
    },
    language: {
        title: "Language",
        system: "As the browser",
        id: "Bahasa Indonesia",
        en: "English",
    },
    dataSaver: {
        title: "Loading photos",
        system: "As the browser",
        on: "Small previews first (saves data)",
        off: "In full",
    },
    password: {
        title: "Change password",
        current: "Current password",
        new: "New password",
        submit: "Change password",
        busy: "One moment…",
        done: "Your password is changed. Other devices must log in again.",
        emptyCurrent: "Enter your current password first.",
        emptyNew: "Enter a new password first.",
        wrongCurrent: "The current password is wrong. Check it.",
    },
    logout: {
        title: "Log out",
        text: "After that, your messages are no longer visible on this device.",
        unsent: ({ messages, drafts }) => {
            const counts = [
                messages && `${messages} unsent ${messages === 1 ? "message" : "messages"}`,
                drafts && `${drafts} unfinished ${drafts === 1 ? "draft" : "drafts"}`,
            ];
            return `${counts.filter(Boolean).join(" and ")}. `
                + "If you log out now, all of it is deleted from this device.";
        },
        submit: "Log out of the account",
        ask: "Log out now?",
        stay: "Cancel",
        lose: "Log out and delete",
    },
    export: {
        title: "Copy of your data",
        text: "One file with your profile, friends and all messages. It is readable, so keep it safe.",
        start: "Download a copy",
        stop: "Stop the download",
        busy: ({ megabytes }) => megabytes > 0 ? `Downloading… ${megabytes} MB` : "Downloading…",
        done: "The copy is downloaded.",
    },
};
