import { language, say } from "../words.js";

const timestampMax = 8.64e15; // what a Date can hold (ECMA-262 §21.4.1.1)
const checkInterval = 20_000;

const format = (options) => new Intl.DateTimeFormat(language, options);
const time = format({ hour: "2-digit", minute: "2-digit" });
const weekday = format({ weekday: "long" });
const date = format({ day: "numeric", month: "long", year: "numeric" });
const shortDate = format({ day: "2-digit", month: "2-digit", year: "2-digit" });
const full = format({ dateStyle: "full", timeStyle: "short" });

/** Returns the time of day in milliseconds since 1970, only to be shown. The clock may jump, so the
 *  order of messages comes from sequence numbers, and every wait from `performance.now()`. */
export const wallClock = () => Date.now();

/** Whether a Date can hold this timestamp. Any other one is shown as an empty text. */
const isMoment = (timestamp) =>
    typeof timestamp === "number" && Math.abs(timestamp) <= timestampMax;
const shown = (formatter, timestamp) => isMoment(timestamp) ? formatter.format(timestamp) : "";

export const timeOf = (timestamp) => shown(time, timestamp);
export const fullTimeOf = (timestamp) => shown(full, timestamp);
export const dateOf = (timestamp) => shown(date, timestamp);
export const isoOf = (timestamp) => isMoment(timestamp) ? new Date(timestamp).toISOString() : "";

/** Returns the number of a local day, to compare days across changes of daylight saving. Null for an
 *  invalid timestamp. */
export function dayOf(timestamp) {
    if (!isMoment(timestamp)) return null;
    const day = new Date(timestamp);
    return Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / 86_400_000);
}

export const today = () => dayOf(wallClock());

/** Returns 0 for today up to 6, and -1 for the future and for a week ago or more. */
export function daysAgo(day, now = today()) {
    return day !== null && now - day >= 0 && now - day < 7 ? now - day : -1;
}

/** Returns "Hari ini", "Kemarin", a weekday within a week, else the date. */
export function dayLabel(timestamp, now = wallClock()) {
    const ago = daysAgo(dayOf(timestamp), dayOf(now));
    if (ago === 0) return say("chat.today");
    if (ago === 1) return say("chat.yesterday");
    return shown(ago > 1 ? weekday : date, timestamp);
}

/** Returns the same for the contact list: a time for today, else a short day. */
export function whenLabel(timestamp, now = wallClock()) {
    const ago = daysAgo(dayOf(timestamp), dayOf(now));
    if (ago === 0) return timeOf(timestamp);
    if (ago === 1) return say("chat.yesterday");
    return shown(ago > 1 ? weekday : shortDate, timestamp);
}

/** Calls back soon after the day has changed: at midnight, after sleep, or when the clock is set. */
export function watchDay(listener, signal) {
    let day = today();
    const check = () => {
        const before = day;
        day = today();
        if (day !== before) listener();
    };
    const timer = setInterval(check, checkInterval);
    signal.addEventListener("abort", () => clearInterval(timer));
    for (const kind of ["focus", "pageshow"]) addEventListener(kind, check, { signal });
    document.addEventListener("visibilitychange", check, { signal });
}
