"use strict";
// Say how long a comment has become while it is written; without script the page says it after Preview.
for (const text of document.querySelectorAll("textarea[data-most]")) {
    const most = Number(text.dataset.most);
    const line = text.form.querySelector("[data-length]");
    const format = new Intl.NumberFormat("en");
    const show = () => {
        const length = text.value.trim().length;
        line.textContent = length
            ? `${format.format(length)} of ${format.format(most)} characters.`
            : `Up to ${format.format(most)} characters.`;
        line.toggleAttribute("data-over", length > most);
    };
    text.addEventListener("input", show);
    show();
}
