"use strict";
// Say how long a comment has become while it is written; without script the page says it after Preview.
for (const text of document.querySelectorAll("textarea[data-most]")) {
    const most = Number(text.dataset.most);
    const line = text.form.querySelector("[data-length]");
    const format = new Intl.NumberFormat(document.documentElement.lang || "en");
    const show = () => {
        const length = text.value.trim().length;
        const words = length ? line.dataset.soFar : line.dataset.noneYet;
        line.textContent = words.replace("{length}", format.format(length)).replace("{most}", format.format(most));
        line.toggleAttribute("data-over", length > most);
    };
    text.addEventListener("input", show);
    show();
}
