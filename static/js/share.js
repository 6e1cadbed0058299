"use strict";
// Beside the address of a post: a button that copies it, where the browser can.
for (const field of document.querySelectorAll("input[data-copy]")) {
    if (!navigator.clipboard?.writeText) {
        continue;
    }
    const SHOWN = 4000; // milliseconds
    const button = document.createElement("button");
    const status = document.createElement("span");
    let timer;
    button.type = "button";
    button.className = "button-quiet";
    button.textContent = field.dataset.copy;
    status.setAttribute("role", "status");
    const say = (words) => {
        clearTimeout(timer);
        status.textContent = words;
        timer = setTimeout(() => { status.textContent = ""; }, SHOWN);
    };
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(field.value);
            say(field.dataset.copied);
        } catch {
            // It may be forbidden to this page: then the reader copies by hand.
            field.focus();
            field.select();
            say(field.dataset.selected);
        }
    });
    field.after(button, status);
}
