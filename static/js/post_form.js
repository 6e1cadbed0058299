"use strict";
// Around markdownx: say why a picture was refused, and let the Tab key leave the text.
{
    // In the tag box what exists comes first: Enter takes a known tag, and the word as typed stands last.
    window.django?.jQuery?.fn.select2?.defaults.set("insertTag", (data, tag) => data.push(tag));

    const message = (parent) => {
        let line = parent.querySelector(".markdownx-message");
        if (!line) {
            line = document.createElement("p");
            line.className = "markdownx-message";
            line.setAttribute("role", "alert");
            parent.append(line);
        }
        return line;
    };

    const start = (parent) => {
        const editor = parent.querySelector(".markdownx-editor");
        const line = message(parent);

        parent.addEventListener("markdownx.fileUploadError", (event) => {
            const before = editor.value;
            line.textContent = event.detail?.[0]?.error ?? "The picture could not be uploaded.";
            // markdownx writes an error of its own into the text after this event: take it out again.
            setTimeout(() => {
                editor.value = before;
            });
        });
        parent.addEventListener("markdownx.fileUploadEnd", () => {
            line.textContent = "";
        });
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
