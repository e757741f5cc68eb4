/** The languages that the client has, each a file in js/words/. */
export const languages = ["id", "en"];

/** Matches the languages of Indonesia and its old code, whose readers know Indonesian. */
const indonesian = /^(?:id|in|jv|jw|su|min|ban|bug|mad)(?:-|$)/i;

/** Returns the language to speak. A choice in this browser comes first, then a setting of the page's
 *  host. Else a browser that is not set to Indonesian gets English.
 *
 *  @param preferred the browser's first language, such as "id-ID"; may be missing */
export function languageFor({ chosen, configured, preferred }) {
    for (const wanted of [chosen, configured]) if (languages.includes(wanted)) return wanted;
    return !preferred || indonesian.test(preferred) ? "id" : "en";
}
