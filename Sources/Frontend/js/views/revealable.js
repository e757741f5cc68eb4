import { element, icon } from "../dom.js";
import { say } from "../words.js";

/** Gives a password's field a button that shows what is typed. It is hidden again when the form is
 *  sent, so that the browser offers to keep it, and when it is emptied. */
export function makeRevealable(input) {
    const button = element("button", { type: "button", className: "icon reveal" });
    const show = (isShown) => {
        const { selectionStart, selectionEnd } = input;
        input.type = isShown ? "text" : "password";
        if (document.activeElement === input) input.setSelectionRange(selectionStart, selectionEnd);
        button.setAttribute("aria-pressed", String(isShown));
        button.title = say(isShown ? "field.hidePassword" : "field.showPassword");
        button.replaceChildren(icon(isShown ? "hide" : "show"));
    };
    const frame = element("div", { className: "secret" });
    input.replaceWith(frame);
    frame.append(input, button);
    button.setAttribute("aria-controls", input.id);
    button.setAttribute("aria-label", say("field.showPassword"));
    // The field keeps the focus, and a phone its keyboard.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => show(input.type === "password"));
    input.form.addEventListener("submit", () => show(false));
    input.form.addEventListener("reset", () => show(false));
    show(false);
}
