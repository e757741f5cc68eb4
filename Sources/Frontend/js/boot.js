/* Shows why the page does not start, in sentences of index.html. This is a classic script in ES5,
   because it must run in browsers that cannot load the modules. js/main.js hides the sentences once
   the page has started. */
(function () {
    "use strict";
    var slowAfter = 15000; // milliseconds
    var reported = false;

    /** Whether the browser has the features that the modules use and older browsers lack. Chrome 100,
        Safari 15.4 and Firefox 104 have all of them. */
    function isRecent() {
        return "noModule" in document.createElement("script") && "reportError" in window
            && "ResizeObserver" in window && "HTMLDialogElement" in window
            && "findLastIndex" in Array.prototype && "hasOwn" in Object;
    }

    /** Shows the paragraphs for that cause: "network", "broken", "old", "fault" or "slow". */
    function show(cause) {
        var place = document.getElementById("boot");
        if (!place) {
            document.addEventListener("DOMContentLoaded", function () { show(cause); });
            return;
        }
        if (place.hidden || (reported && cause === "slow")) return;
        reported = true;
        place.className += " told";
        var texts = place.querySelectorAll("[data-cause]");
        for (var index = 0; index < texts.length; index += 1) {
            texts[index].hidden = texts[index].getAttribute("data-cause") !== cause;
        }
    }

    function causeOf(fault) {
        if (!isRecent()) return "old";
        if (/module script failed|imported module/i.test(fault && fault.message)) return "network";
        return fault instanceof SyntaxError ? "broken" : "fault";
    }

    addEventListener("error", function (event) {
        var isScript = event.target && event.target.nodeName === "SCRIPT";
        if (isScript) show(isRecent() ? "network" : "old");
        else if (event.target === window) show(causeOf(event.error || event));
    }, true);
    addEventListener("unhandledrejection", function (event) { show(causeOf(event.reason)); });
    if (!isRecent()) show("old");
    setTimeout(function () { show("slow"); }, slowAfter);

    document.addEventListener("click", function (event) {
        if (event.target.id !== "boot-retry") return;
        event.preventDefault(); // the link alone would lose which chat is open
        location.reload();
    });
})();
