"use strict";
// The queue of comments by keys: j and k walk, a approves, s is spam, r opens the reasons and a number takes one, u
// undoes. Every key presses a button that is there without script too. Keys can be switched off (WCAG 2.1.4).
document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("changelist-form");
    const bar = document.querySelector("[data-queue-keys]");
    if (!form || !bar) return;
    const cards = [...form.querySelectorAll("[data-card]")];
    const toggle = bar.querySelector("[data-queue-switch]");
    const said = form.querySelector("[data-queue-said]");
    const next = form.querySelector("[data-queue-next]");
    const stored = "htwatch-queue-keys";
    const undoable = [];
    let current = -1;

    bar.hidden = false;
    toggle.checked = localStorage.getItem(stored) !== "off";
    toggle.addEventListener("change", () => localStorage.setItem(stored, toggle.checked ? "on" : "off"));

    const go = (index) => {
        if (index < 0 || index >= cards.length) return;
        cards[current]?.classList.remove("card-current");
        current = index;
        cards[current].classList.add("card-current");
        cards[current].focus({ preventScroll: true });
        cards[current].scrollIntoView({ block: "nearest" });
    };

    const isDone = (card) => card.dataset.done || card.dataset.busy;

    // The list has become shorter by what was done here: its second page would leave out as many as that.
    const offerNext = () => {
        const isOver = cards.every(isDone);
        next.hidden = !isOver;
        if (isOver) next.querySelector("a").focus();
        form.querySelector(".paginator")?.toggleAttribute("hidden", cards.some(isDone));
    };

    const goOn = () => {
        const following = cards.findIndex((card, index) => index > current && !isDone(card));
        go(following >= 0 ? following : cards.findIndex((card) => !isDone(card)));
    };

    const send = async (value, card) => {
        const data = new FormData();
        data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        data.set("act", value);
        for (const field of card?.querySelectorAll("input[name]") ?? []) data.set(field.name, field.value);
        try {
            const response = await fetch(location.href, {
                method: "POST",
                body: data,
                keepalive: true,
                headers: { Accept: "application/json" },
            });
            if (!response.ok || response.redirected) throw new Error(String(response.status));
            const answer = await response.json();
            // What was decided here is no longer news to this page.
            form.elements.shown_at.value = answer.at;
            return answer;
        } catch {
            const sentence = "That did not reach the site, or you are logged out. Nothing was changed: reload the page.";
            return { sentence, is_refused: true };
        }
    };

    // One after the other, however fast the keys are pressed.
    let line = Promise.resolve();
    let unsent = 0;
    const post = (value, card) => {
        unsent += 1;
        line = line.then(() => send(value, card)).finally(() => (unsent -= 1));
        return line;
    };
    window.addEventListener("beforeunload", (event) => {
        if (unsent) event.preventDefault();
    });

    const tick = (card, isOff) => {
        const box = card.closest("tr")?.querySelector("input.action-select");
        if (box) box.disabled = isOff;
    };

    // Say on the card itself what has become of it.
    const mark = (card, answer) => {
        card.querySelector(".card-said")?.remove();
        const line = document.createElement("p");
        line.className = "card-said";
        line.append(answer.sentence, " ");
        if (answer.state) card.querySelector("[data-card-state]").textContent = answer.state;
        if (answer.batch) {
            const button = document.createElement("button");
            button.type = "submit";
            button.name = "act";
            button.value = `undo ${answer.batch}`;
            button.className = "button";
            button.textContent = "Undo";
            line.append(button);
            undoable.push({ batch: answer.batch, card });
        }
        if (!answer.is_refused || answer.state) {
            card.dataset.done = "1";
            card.classList.add("card-done");
            tick(card, true);
        }
        card.append(line);
    };

    const decide = async (card, value) => {
        card.dataset.busy = "1";
        go(cards.indexOf(card));
        card.querySelectorAll("details[open]").forEach((details) => details.removeAttribute("open"));
        goOn();
        const answer = await post(value, card);
        delete card.dataset.busy;
        said.textContent = answer.sentence;
        mark(card, answer);
        offerNext();
    };

    // Once what was decided before has been sent: only then is it known what can be taken back.
    const undo = (batch) => line.then(() => takeBack(batch));

    const takeBack = async (batch) => {
        const index = batch ? undoable.findIndex((entry) => entry.batch === batch) : undoable.length - 1;
        if (index < 0) {
            if (!batch) document.querySelector(".queue-undo")?.click();
            return;
        }
        // Taken at once, so that a second press takes the one before.
        const [entry] = undoable.splice(index, 1);
        const answer = await post(`undo ${entry.batch}`);
        said.textContent = answer.sentence;
        if (answer.is_refused) {
            if (!answer.at) undoable.push(entry);
            return;
        }
        delete entry.card.dataset.done;
        entry.card.classList.remove("card-done");
        entry.card.querySelector(".card-said")?.remove();
        entry.card.querySelector("[data-card-state]").textContent = entry.card.dataset.state;
        tick(entry.card, false);
        offerNext();
        go(cards.indexOf(entry.card));
    };

    form.addEventListener("submit", (event) => {
        const button = event.submitter;
        if (button?.className === "queue-default") {
            event.preventDefault();
            said.textContent = "Nothing was done: press the button that you mean.";
            return;
        }
        const card = button?.closest("[data-card]");
        if (!card || button.name !== "act") return;
        event.preventDefault();
        if (button.value.startsWith("undo ")) {
            undo(button.value.slice("undo ".length));
        } else if (!isDone(card)) {
            decide(card, button.value);
        }
    });

    document.addEventListener("keydown", (event) => {
        if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
        const card = cards[current];
        const buttonFor = (key) => (card && !isDone(card) ? card.querySelector(`[data-key="${key}"]`) : null);
        const open = card?.querySelector('details[data-key="r"][open]');
        if (open && /^[1-9]$/.test(event.key)) {
            open.querySelector(`[data-number="${event.key}"]`)?.click();
        } else if (event.key === "Escape" && open) {
            open.removeAttribute("open");
        } else if (event.key === "j") {
            go(current + 1);
        } else if (event.key === "k") {
            go(current - 1);
        } else if (event.key === "a" || event.key === "s") {
            buttonFor(event.key)?.click();
        } else if (event.key === "r") {
            const details = buttonFor("r");
            details?.toggleAttribute("open");
            if (details?.open) details.scrollIntoView({ block: "nearest" });
        } else if (event.key === "u") {
            undo();
        } else {
            return;
        }
        event.preventDefault();
    });

    if (cards.length && toggle.checked) {
        current = 0;
        cards[0].classList.add("card-current");
        cards[0].focus({ preventScroll: true });
    }
});
