"use strict";
// Show as one types the tags that have it in their names; without script, and among very many, the server does.
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();

for (const form of document.querySelectorAll("form[data-filter]:not([data-filter=''])")) {
    const box = form.querySelector("input[type=search]");
    const rows = [...document.querySelectorAll(form.dataset.filter)];
    const names = rows.map((row) => fold(`${row.firstElementChild.textContent}, ${row.dataset.also ?? ""}`));
    const parts = [...document.querySelectorAll(".index-letter")];
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    form.after(said);
    const show = () => {
        const sought = fold(box.value.trim());
        let found = 0;
        rows.forEach((row, number) => {
            row.hidden = !names[number].includes(sought);
            found += row.hidden ? 0 : 1;
        });
        for (const part of parts) {
            part.hidden = !part.querySelector("li:not([hidden])");
        }
        said.textContent = sought ? form.dataset.found.replace("{number}", found) : "";
    };
    box.addEventListener("input", show);
    if (box.value && box.value !== box.defaultValue) {
        show(); // the browser's Back brings back what was typed
    }
}
