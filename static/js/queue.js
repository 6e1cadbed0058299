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

    const goOn = () => {
        const next = cards.findIndex((card, index) => index > current && !card.dataset.done);
        if (next >= 0) go(next);
    };

    const buttonFor = (key) => cards[current]?.querySelector(`[data-key="${key}"]`);

    const post = async (value, card) => {
        const data = new FormData(form);
        data.delete("action");
        data.set("act", value);
        let answer;
        try {
            const response = await fetch(location.href, {
                method: "POST",
                body: data,
                headers: { Accept: "application/json" },
            });
            if (!response.ok || response.redirected) throw new Error(String(response.status));
            answer = await response.json();
        } catch {
            said.textContent = "That did not reach the site, or you are logged out. Nothing was changed: reload the page.";
            return false;
        }
        said.textContent = answer.sentence;
        if (answer.is_refused) return false;
        if (card) {
            undoable.push({ batch: answer.batch, card });
            done(card, answer);
        }
        return true;
    };

    const done = (card, answer) => {
        card.dataset.done = "1";
        card.classList.add("card-done");
        const line = document.createElement("p");
        line.className = "card-undo";
        const button = document.createElement("button");
        button.type = "submit";
        button.name = "act";
        button.value = `undo ${answer.batch}`;
        button.className = "button";
        button.textContent = "Undo";
        line.append(answer.sentence, " ", button);
        card.append(line);
        const box = card.closest("tr")?.querySelector("input.action-select");
        if (box) box.disabled = true;
    };

    const undo = async (entry) => {
        if (!entry) return;
        if (await post(`undo ${entry.batch}`)) {
            undoable.splice(undoable.indexOf(entry), 1);
            delete entry.card.dataset.done;
            entry.card.classList.remove("card-done");
            entry.card.querySelector(".card-undo")?.remove();
            const box = entry.card.closest("tr")?.querySelector("input.action-select");
            if (box) box.disabled = false;
            go(cards.indexOf(entry.card));
        }
    };

    form.addEventListener("submit", async (event) => {
        const button = event.submitter;
        const card = button?.closest("[data-card]");
        if (!card || button.name !== "act") return;
        event.preventDefault();
        if (button.value.startsWith("undo ")) {
            await undo(undoable.find((entry) => `undo ${entry.batch}` === button.value));
            return;
        }
        if (card.dataset.busy || card.dataset.done) return;
        card.dataset.busy = "1";
        go(cards.indexOf(card));
        const isDone = await post(button.value, card);
        delete card.dataset.busy;
        card.querySelectorAll("details[open]").forEach((details) => details.removeAttribute("open"));
        if (isDone) goOn();
    });

    document.addEventListener("keydown", (event) => {
        if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
        const card = cards[current];
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
            buttonFor("r")?.toggleAttribute("open");
        } else if (event.key === "u") {
            if (undoable.length) undo(undoable.at(-1));
            else document.querySelector(".queue-undo")?.click();
        } else {
            return;
        }
        event.preventDefault();
    });

    if (cards.length && toggle.checked) go(0);
});
