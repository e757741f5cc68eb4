/** The API's base URL, as in "https://chat.example/api"; "" is where this page itself came from. */
export const apiURL = "";

/** The language: the name of a file in js/words/. */
export const language = "id";
