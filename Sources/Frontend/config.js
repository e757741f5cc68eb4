/** The API's base URL, such as "https://chat.example/api". "" means this page's own server. */
export const apiURL = "";

/** The language for everybody who has not chosen one: "id", "en", or "" for the browser's own. */
export const language = "";
