import { byId } from "../dom.js";
import { say, sayFault } from "../words.js";
import { makeRevealable } from "./revealable.js";

const encoder = new TextEncoder();

/** A form whose faults stand beside the fields they are about, and which is sent once at a time. */
export class Form {
    #id;
    #form;
    #button;
    #busyWord;
    #busy = false;

    /** @param submit async, given the form's values; a Fault it throws is shown */
    constructor(id, { busyWord, check, submit, explain = () => null }) {
        this.#id = id;
        this.#form = byId(`${id}-form`);
        this.#button = this.#form.querySelector("button.primary");
        this.#busyWord = busyWord;
        this.#form.querySelectorAll("[type='password']").forEach(makeRevealable);
        this.#form.addEventListener("submit", async (event) => {
            event.preventDefault();
            if (this.#busy) return;
            const values = Object.fromEntries(new FormData(this.#form));
            this.clearProblems();
            const problems = Object.entries(check(values)).filter(([, problem]) => problem);
            if (problems.length > 0) return this.#show(problems);
            await this.#run(() => submit(values), explain);
        });
        this.#form.addEventListener("input", ({ target }) => this.#settle(target));
    }

    field(name) {
        return byId(`${this.#id}-${name}`);
    }

    reset() {
        this.#form.reset();
        this.clearProblems();
    }

    clearProblems() {
        this.#say(byId(`${this.#id}-problem`), "");
        for (const input of this.#form.querySelectorAll("[aria-invalid]")) this.#settle(input);
    }

    async #run(submit, explain) {
        const text = this.#button.textContent;
        this.#busy = true;
        this.#button.setAttribute("aria-disabled", "true");
        this.#button.textContent = say(this.#busyWord);
        try {
            await submit();
        } catch (fault) {
            if (!fault.code) throw fault;
            const problem = explain(fault);
            if (problem) this.#show([problem]);
            else this.#say(byId(`${this.#id}-problem`), sayFault(fault));
        } finally {
            this.#busy = false;
            this.#button.removeAttribute("aria-disabled");
            this.#button.textContent = text;
        }
    }

    /** @param problems pairs of a field's name and a sentence */
    #show(problems) {
        for (const [name, problem] of problems) {
            const input = this.field(name);
            const place = byId(`${this.#id}-${name}-problem`);
            this.#say(place, problem);
            input.setAttribute("aria-invalid", "true");
            input.dataset.rule ??= input.getAttribute("aria-describedby") ?? "";
            input.setAttribute("aria-describedby", `${place.id} ${input.dataset.rule}`.trim());
        }
        this.field(problems[0][0]).focus();
    }

    /** Once a field is being mended, its problem goes. */
    #settle(input) {
        if (!input.hasAttribute("aria-invalid")) return;
        input.removeAttribute("aria-invalid");
        if (input.dataset.rule) input.setAttribute("aria-describedby", input.dataset.rule);
        else input.removeAttribute("aria-describedby");
        this.#say(byId(`${input.id}-problem`), "");
    }

    #say(place, text) {
        place.textContent = text;
        place.hidden = !text;
    }
}

/** What is wrong with a password to be chosen; null where nothing is. */
export function newPasswordProblem(password) {
    if ([...password].length < 8) return say("field.shortPassword");
    return encoder.encode(password).length > 72 ? say("field.longPassword") : null;
}
