import { linkToAdd } from "../navigation.js";
import { qrCode } from "../rules/qr.js";
import { say } from "../words.js";
import { copyText } from "./clipboard.js";
import { element, icon, svgElement } from "./dom.js";

const quietZone = 4; // modules around a QR code (ISO/IEC 18004 §5.3.8)

/** Shows the link that lets others add this user, its QR code, and a button that copies it. */
export function showOwnLink(place, { me, signal, toast }) {
    const link = linkToAdd(me.username);
    const code = qrCode(link);
    const copy = element(
        "button", { type: "button", className: "secondary" }, icon("copy"), say("ownLink.copy"));
    copy.addEventListener("click", async () => {
        toast.show(say(await copyText(link) ? "ownLink.copied" : "message.notCopied"));
    }, { signal });
    place.replaceChildren(
        element("p", {}, say("ownLink.text")),
        ...code ? [drawing(code, say("ownLink.qr", { name: me.username }))] : [],
        element("p", { className: "link-text", dir: "ltr" }, link), copy);
    signal.addEventListener("abort", () => place.replaceChildren());
}

/** Returns a picture of a QR code, one path for all of its dark modules. */
function drawing(modules, label) {
    const size = modules.length + quietZone * 2;
    const svg = svgElement("svg", {
        class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label,
    });
    const path = modules.flatMap((row, y) => row.flatMap(
        (isDark, x) => isDark ? [`M${x + quietZone} ${y + quietZone}h1v1h-1z`] : [])).join("");
    svg.append(svgElement("path", { d: path }));
    return svg;
}
