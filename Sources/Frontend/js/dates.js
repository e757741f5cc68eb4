import { language } from "../config.js";
import { say } from "./words.js";

const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const shortDate = new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "2-digit" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });

export const timeOf = (timestamp) => time.format(timestamp);
export const fullTimeOf = (timestamp) => full.format(timestamp);

/** A local day as a number that compares; no library, and daylight saving does not matter. */
export function dayOf(timestamp) {
    const day = new Date(timestamp);
    return Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / 86_400_000);
}

/** "Hari ini", "Kemarin", a weekday within a week, else the date. */
export function dayLabel(timestamp, now = Date.now()) {
    const ago = dayOf(now) - dayOf(timestamp);
    if (ago === 0) return say("chat.today");
    if (ago === 1) return say("chat.yesterday");
    return ago > 1 && ago < 7 ? weekday.format(timestamp) : date.format(timestamp);
}

/** The same for the contact list: a time today, else a short day. */
export function whenLabel(timestamp, now = Date.now()) {
    const ago = dayOf(now) - dayOf(timestamp);
    if (ago === 0) return timeOf(timestamp);
    if (ago === 1) return say("chat.yesterday");
    return ago > 1 && ago < 7 ? weekday.format(timestamp) : shortDate.format(timestamp);
}
