/** The API's base URL, such as "https://chat.example/api". "" means this page's own server. */
export const apiURL = "";

/** The language: the name of a file in js/words/ without ".js". */
export const language = "id";
