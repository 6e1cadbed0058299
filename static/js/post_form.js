"use strict";
// Let the Tab key leave the text.
{
    // In the tag box what exists comes first: Enter takes a known tag, and the word as typed stands last.
    window.django?.jQuery?.fn.select2?.defaults.set("insertTag", (data, tag) => data.push(tag));

    const start = (parent) => {
        // Tab indents in markdownx and would hold the keyboard in the text (WCAG 2.1.2).
        parent.addEventListener("keydown", (event) => {
            if (event.key === "Tab") {
                event.stopPropagation();
            }
        }, true);
    };

    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll(".markdownx").forEach(start);
    });
}
