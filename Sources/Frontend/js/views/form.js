import { say, sayFault } from "../words.js";
import { byId, icon } from "./dom.js";

/** A form of index.html, `#ID-form`, with a place for a problem beside each field. It submits once
 *  at a time. */
export class Form {
    #id;
    #form;
    #button;
    #busyText;
    #idleText;
    #isBusy = false;
    #signal;

    /** @param check given the form's values, returns a sentence for each field with a problem
     *  @param submit async, given the form's values; a Fault that it throws is shown
     *  @param explain given a Fault, returns the field it is about and a sentence, or nothing
     *  @param signal ends the form; without one it lives as long as the page */
    constructor(id, { busyWord, check, submit, explain = () => null, signal }) {
        this.#id = id;
        this.#form = byId(`${id}-form`);
        this.#button = this.#form.querySelector("button.primary");
        this.#busyText = say(busyWord);
        this.#signal = signal;
        for (const button of this.#form.querySelectorAll("button.reveal")) {
            makeRevealing(button, signal);
        }
        this.#form.addEventListener("submit", async (event) => {
            event.preventDefault();
            if (this.#isBusy) return;
            const values = Object.fromEntries(new FormData(this.#form));
            this.clearProblems();
            const problems = Object.entries(check(values)).filter(([, problem]) => problem);
            if (problems.length > 0) return this.#showProblems(problems);
            await this.#run(() => submit(values), explain);
        }, { signal });
        this.#form.addEventListener("input", ({ target }) => this.#settle(target), { signal });
        signal?.addEventListener("abort", () => {
            this.#setBusy(false);
            this.reset();
        });
    }

    field(name) {
        return byId(`${this.#id}-${name}`);
    }

    reset() {
        this.#form.reset();
        this.clearProblems();
    }

    clearProblems() {
        showText(byId(`${this.#id}-problem`), "");
        for (const input of this.#form.querySelectorAll("[aria-invalid]")) this.#settle(input);
    }

    showNotice(text) {
        showText(byId(`${this.#id}-notice`), text);
    }

    async #run(submit, explain) {
        this.#setBusy(true);
        try {
            await submit();
        } catch (fault) {
            if (!fault.code) throw fault;
            if (!this.#signal?.aborted) this.#showFault(fault, explain(fault));
        } finally {
            if (!this.#signal?.aborted) this.#setBusy(false);
        }
    }

    #setBusy(isBusy) {
        if (isBusy === this.#isBusy) return;
        this.#isBusy = isBusy;
        if (isBusy) this.#idleText = this.#button.textContent;
        if (isBusy) this.#button.setAttribute("aria-disabled", "true");
        else this.#button.removeAttribute("aria-disabled");
        this.#button.textContent = isBusy ? this.#busyText : this.#idleText;
    }

    #showFault(fault, problem) {
        if (problem) this.#showProblems([problem]);
        else showText(byId(`${this.#id}-problem`), sayFault(fault));
    }

    /** @param problems pairs of a field's name and a sentence */
    #showProblems(problems) {
        for (const [name, problem] of problems) {
            const input = this.field(name);
            const place = byId(`${this.#id}-${name}-problem`);
            showText(place, problem);
            input.setAttribute("aria-invalid", "true");
            input.dataset.rule ??= input.getAttribute("aria-describedby") ?? "";
            input.setAttribute("aria-describedby", `${place.id} ${input.dataset.rule}`.trim());
        }
        this.field(problems[0][0]).focus();
    }

    /** Removes a field's problem as soon as the person corrects the field. */
    #settle(input) {
        if (!input.hasAttribute("aria-invalid")) return;
        input.removeAttribute("aria-invalid");
        if (input.dataset.rule) input.setAttribute("aria-describedby", input.dataset.rule);
        else input.removeAttribute("aria-describedby");
        showText(byId(`${input.id}-problem`), "");
    }
}

function showText(place, text) {
    place.textContent = text;
    place.hidden = !text;
}

/** Makes a button show and hide the password that it controls. Submitting hides it, so that the
 *  browser offers to store the password; so does a reset. */
function makeRevealing(button, signal) {
    const input = byId(button.getAttribute("aria-controls"));
    const show = (isShown) => {
        const { selectionStart, selectionEnd } = input;
        input.type = isShown ? "text" : "password";
        if (document.activeElement === input) input.setSelectionRange(selectionStart, selectionEnd);
        button.setAttribute("aria-pressed", String(isShown));
        button.title = say(isShown ? "field.hidePassword" : "field.showPassword");
        button.replaceChildren(icon(isShown ? "hide" : "show"));
    };
    // The field keeps the focus, and a phone keeps its keyboard.
    button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    button.addEventListener("click", () => show(input.type === "password"), { signal });
    input.form.addEventListener("submit", () => show(false), { signal });
    input.form.addEventListener("reset", () => show(false), { signal });
    show(false);
}
