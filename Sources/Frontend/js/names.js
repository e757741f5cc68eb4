/** Usernames as the server compares them: pure rules, without a page. */
import { trimmed } from "./text.js";

/** Regardless of case, letter by letter: `toLowerCase` of a whole word looks at neighbours too. */
const folded = (name) => [...name].map((letter) => letter.toLowerCase()).join("");

const withoutSign = (name) => name.startsWith("@") ? name.slice(1) : name;

/** The one of these friends whom the server means by a name as it was typed: exactly, regardless of
 *  case, and then likewise without blanks around it and a leading "@". Undefined where none is. */
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
