"use strict";
// Pictures for the text: dropped on it, pasted, chosen from a folder or from the library. Each is shown and asked for
// its words before it is stored; then the line that shows it stands at the cursor. Cancel leaves all as it was.
{
    const PREVIEW_WIDTH = 320;
    const SEARCH_AFTER = 250; // milliseconds

    // Who logged in again in another tab has another token by now.
    const token = () =>
        document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

    const post = async (address, data) => {
        let response;
        try {
            response = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token() } });
        } catch {
            return { error: "The site does not answer. What you typed is all here: try again in a moment." };
        }
        const answer = await response.json().catch(() => ({}));
        return response.ok || answer.error ? answer : { error: `The picture was not taken (${response.status}): try again.` };
    };

    // A dialog that answers once it is closed, with what was left in `result`.
    const opened = (dialog) =>
        new Promise((resolve) => {
            dialog.result = null;
            dialog.addEventListener("close", () => resolve(dialog.result), { once: true });
            dialog.showModal();
        });

    const closes = (dialog) =>
        dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());

    // --- The words of one picture

    const wordsDialog = (dialog) => {
        const form = dialog.querySelector("form");
        const alarm = dialog.querySelector("[role=alert]");
        const [canvas, image] = [dialog.querySelector("canvas"), dialog.querySelector("img")];
        const [name, known] = [dialog.querySelector("[data-name]"), dialog.querySelector("[data-known]")];
        const button = dialog.querySelector("[type=submit]");
        const { alt, is_decorative: decorative } = form.elements;
        let turn = 0; // an answer may come when the dialog shows another picture
        let asked = null;

        const complain = (sentence, field) => {
            for (const box of form.querySelectorAll("[aria-invalid]")) {
                box.removeAttribute("aria-invalid");
                box.removeAttribute("aria-errormessage");
            }
            alarm.textContent = sentence;
            alarm.hidden = !sentence;
            const box = form.elements[field];
            if (sentence && box) {
                box.setAttribute("aria-invalid", "true");
                box.setAttribute("aria-errormessage", alarm.id);
                box.focus();
            }
        };

        const tick = () => {
            alt.disabled = decorative.checked;
        };

        // What the library says stands here; what it says for all texts at once is changed there.
        const offer = (words) => {
            if (!alt.value && !decorative.checked) {
                alt.value = words.alt;
                decorative.checked = words.is_decorative;
            }
            form.elements.caption.value ||= words.caption;
            for (const box of ["credit", "licence", "notice"].map((each) => form.elements[each])) {
                box.value = words[box.name] || box.value;
                box.readOnly = Boolean(words[box.name]);
            }
            tick();
        };

        const draw = async (file, mine) => {
            const bitmap = await createImageBitmap(file).catch(() => null);
            if (bitmap && mine === turn) {
                const scale = Math.min(1, PREVIEW_WIDTH / bitmap.width);
                canvas.width = Math.max(1, bitmap.width * scale);
                canvas.height = Math.max(1, bitmap.height * scale);
                canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
                canvas.hidden = false;
            }
        };

        // Is it a picture, and known? Better learned now than when everything is typed.
        const look = async (file, mine) => {
            const data = new FormData();
            data.set("image", file);
            data.set("look", "1");
            const answer = await post(dialog.dataset.take, data);
            if (mine !== turn) {
                return;
            }
            if (answer.error && answer.field === "image") {
                complain(answer.error);
                button.disabled = true;
            } else if (answer.known) {
                known.textContent = "It is in the library already: its words stand below.";
                offer(answer.known.words);
            }
        };

        const send = async () => {
            complain("");
            if (!decorative.checked && !alt.value.trim()) {
                complain("Write what the picture shows, or tick that it is decorative.", "alt");
                return;
            }
            const data = new FormData(form);
            data.set("alt", decorative.checked ? "" : alt.value);
            data.set(asked.file ? "image" : "picture", asked.file ?? asked.picture.id);
            const mine = turn;
            button.disabled = true;
            const answer = await post(dialog.dataset.take, data);
            if (mine !== turn) {
                return;
            }
            button.disabled = false;
            if (answer.image_code) {
                dialog.result = answer.image_code;
                dialog.close();
            } else {
                complain(answer.error ?? "The picture was not taken: try again.", answer.field);
            }
        };

        form.addEventListener("submit", (event) => {
            event.preventDefault();
            if (!button.disabled) {
                send();
            }
        });
        decorative.addEventListener("change", tick);
        closes(dialog);
        dialog.addEventListener("close", () => {
            turn += 1;
        });

        return (what) => {
            const mine = (turn += 1);
            asked = what;
            form.reset();
            complain("");
            tick();
            for (const box of form.elements) {
                box.readOnly = false;
            }
            button.disabled = false;
            canvas.hidden = image.hidden = true;
            known.textContent = "";
            name.textContent = what.file?.name ?? what.picture.name;
            if (what.file) {
                draw(what.file, mine);
                look(what.file, mine);
            } else {
                image.src = what.picture.thumbnail;
                image.hidden = false;
                offer(what.picture.words);
            }
            const answer = opened(dialog);
            alt.focus();
            return answer;
        };
    };

    // --- The library

    const libraryDialog = (dialog) => {
        const search = dialog.querySelector("[type=search]");
        const list = dialog.querySelector("ul");
        const said = dialog.querySelector("[data-said]");
        const more = dialog.querySelector("[data-more]");
        let [page, turn, timer] = [1, 0, 0];

        const choice = (picture) => {
            const item = document.createElement("li");
            const button = document.createElement("button");
            const image = document.createElement("img");
            const words = document.createElement("span");
            const { alt, caption, is_decorative: isDecorative } = picture.words;
            button.type = "button";
            image.src = picture.thumbnail;
            image.alt = "";
            image.loading = "lazy";
            words.textContent = alt || caption || picture.name;
            words.textContent += isDecorative ? " (decorative)" : alt ? "" : " (no description yet)";
            button.append(image, words);
            button.addEventListener("click", () => {
                dialog.result = picture;
                dialog.close();
            });
            item.append(button);
            return item;
        };

        const load = async (number) => {
            const mine = (turn += 1);
            const query = new URLSearchParams({ q: search.value, page: number });
            const answer = await fetch(`${dialog.dataset.list}?${query}`)
                .then((response) => (response.ok ? response.json() : null))
                .catch(() => null);
            if (mine !== turn) {
                return;
            }
            if (!answer?.pictures) {
                said.textContent = "The library does not answer: try again in a moment.";
                return;
            }
            page = number;
            const items = answer.pictures.map(choice);
            if (number === 1) {
                list.replaceChildren();
            }
            list.append(...items);
            more.hidden = !answer.has_more;
            said.textContent = list.children.length ? `${list.children.length}${answer.has_more ? " of more" : ""} found` : "No picture found.";
            if (number > 1) {
                items[0]?.querySelector("button").focus();
            }
        };

        search.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(() => load(1), SEARCH_AFTER);
        });
        dialog.querySelector("form").addEventListener("submit", (event) => {
            event.preventDefault();
            load(1);
        });
        more.addEventListener("click", () => load(page + 1));
        closes(dialog);

        return () => {
            list.replaceChildren();
            search.value = "";
            load(1);
            return opened(dialog);
        };
    };

    // --- The text

    // A picture is a paragraph of its own. What is selected stays; one step back takes the picture out again.
    const insert = (editor, code, at) => {
        const [before, after] = [editor.value.slice(0, at), editor.value.slice(at)];
        const above = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
        const below = after.startsWith("\n\n") ? "" : !after || after.startsWith("\n") ? "\n" : "\n\n";
        editor.focus();
        editor.setSelectionRange(at, at);
        if (!document.execCommand("insertText", false, above + code + below)) {
            editor.setRangeText(above + code + below, at, at, "end");
            editor.dispatchEvent(new Event("input", { bubbles: true }));
        }
    };

    const start = (parent, ask, choose) => {
        const editor = parent.querySelector(".markdownx-editor");
        const tools = document.querySelector("#picture-tools").content.cloneNode(true).firstElementChild;
        const chooser = tools.querySelector("[type=file]");

        const put = async (what) => {
            const [from, to] = [editor.selectionStart, editor.selectionEnd];
            const code = await ask(what);
            if (code) {
                insert(editor, code, to);
            } else {
                editor.setSelectionRange(from, to);
            }
        };

        const take = async (files) => {
            for (const file of files) {
                await put({ file });
            }
        };

        tools.querySelector("[data-add]").addEventListener("click", () => chooser.click());
        chooser.addEventListener("change", async () => {
            const files = [...chooser.files];
            chooser.value = "";
            await take(files);
        });
        tools.querySelector("[data-choose]").addEventListener("click", async () => {
            const picture = await choose();
            if (picture) {
                await put({ picture });
            }
        });

        // On the way down to the text, before markdownx, which would upload at once.
        parent.addEventListener("drop", (event) => {
            const files = [...(event.dataTransfer?.files ?? [])];
            if (files.length) {
                event.preventDefault();
                event.stopPropagation();
                take(files);
            }
        }, true);
        parent.addEventListener("paste", (event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (!files.length) {
                return;
            }
            event.stopPropagation();
            // Office programs put a picture of the words beside the words: those were meant.
            if (!event.clipboardData.types.includes("text/plain")) {
                event.preventDefault();
                take(files);
            }
        }, true);
        parent.prepend(tools);
    };

    document.addEventListener("DOMContentLoaded", () => {
        const [words, library] = ["#picture-dialog", "#picture-library"].map((each) => document.querySelector(each));
        const parents = document.querySelectorAll(".markdownx");
        if (words && library && parents.length) {
            const [ask, choose] = [wordsDialog(words), libraryDialog(library)];
            parents.forEach((parent) => start(parent, ask, choose));
        }
    });
}
