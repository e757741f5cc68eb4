/* Sets the theme before the first paint. This is a classic script, because modules run after it.
   js/state/preferences.js has the same rule, and follows changes. */
(function () {
    "use strict";
    var chosen = null;
    try {
        chosen = JSON.parse(localStorage.getItem("whatsapp-kw.appearance"));
    } catch (refused) {
        // The browser refuses access, or the value is damaged: the system decides.
    }
    if (chosen !== "light" && chosen !== "dark") {
        chosen = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    }
    document.documentElement.setAttribute("data-appearance", chosen);
})();
