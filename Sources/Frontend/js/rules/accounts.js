/** Rules for usernames and passwords, as the server has them. Pure functions. */
import { trimmed } from "./text.js";

const usernamePattern = /^[A-Za-z0-9._][A-Za-z0-9._-]{2,31}$/;
const passwordLengthMin = 8; // characters
const passwordBytesMax = 72; // bcrypt ignores what lies beyond
const encoder = new TextEncoder();

/** Whether an account may have this name. */
export const isUsername = (name) => usernamePattern.test(name);

/** Whether a new password is too short or too long: "shortPassword", "longPassword", or null. */
export function newPasswordFault(password) {
    if ([...password].length < passwordLengthMin) return "shortPassword";
    return encoder.encode(password).length > passwordBytesMax ? "longPassword" : null;
}

/** Letter by letter: `toLowerCase` of a whole word depends on a letter's neighbours. */
const folded = (name) => [...name].map((letter) => letter.toLowerCase()).join("");

const withoutSign = (name) => name.startsWith("@") ? name.slice(1) : name;

/** Returns the friend whom the server means by a typed name, or undefined. An exact match comes
 *  before one that ignores case; then blanks around the name and a leading "@" are ignored too. */
export function friendNamed(friends, typed) {
    const bare = trimmed(typed);
    const named = friends.filter((friend) => typeof friend?.username === "string");
    for (const name of [typed, bare, withoutSign(typed), trimmed(withoutSign(bare))]) {
        const found = named.find(({ username }) => username === name)
            ?? named.find(({ username }) => folded(username) === folded(name));
        if (found) return found;
    }
    return undefined;
}
