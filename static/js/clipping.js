"use strict";
// While a post is written: says below the boxes whose page was pasted, whether it is clipped already, and whether a
// title like this is there; fills what is known of the page into boxes that are empty.
{
    const ADDRESS = "/admin/posts/post/known/";
    const PAUSE = 600; // milliseconds after the last key
    const BOXES = { title: "title", address: "original_address", also: "also_reported" };
    const WORDS = { original_headline: "headline", original_byline: "byline", original_published_on: "date", original_language: "language" };

    const start = (form) => {
        const box = (name) => form.querySelector(`[name=${name}]`);
        const line = (name) => form.querySelector(`#id_${name}_found`);
        const warned = box("warned");
        const post = location.pathname.match(/\/post\/(\d+)\/change\/$/)?.[1] ?? "";
        const asked = Object.fromEntries(Object.entries(BOXES).map(([key, name]) => [key, box(name)?.value ?? ""]));
        const filled = {}; // what stands in a box by our hand
        const said = {};
        let asking = new AbortController();
        let timer = 0;
        if (!box("original_address") || !warned) {
            return;
        }

        const isOpen = (name) => box(name) && (!box(name).value || box(name).value === filled[name]);

        const fillOutlet = (source) => {
            const select = box("source");
            if (!isOpen("source") || select.value === String(source.id)) {
                return "";
            }
            select.querySelector(`option[value="${source.id}"]`)?.remove();
            select.append(new Option(source.name, source.id, true, true));
            filled.source = String(source.id);
            window.django?.jQuery?.(select).trigger("change");
            return "source";
        };

        const fillWords = (page) => Object.entries(page).map(([name, value]) => {
            if (!value || !isOpen(name) || box(name).value === value) {
                return "";
            }
            box(name).value = filled[name] = value;
            return WORDS[name];
        });

        // What we filled in for another page than the one that stands there now.
        const takeBack = (answer) => {
            for (const name of Object.keys(filled)) {
                const isKept = name === "source" ? String(answer.source?.id) === filled[name] : answer.page?.[name] === filled[name];
                if (!isKept && box(name).value === filled[name]) {
                    box(name).value = "";
                    window.django?.jQuery?.(box(name)).trigger("change");
                    delete filled[name];
                }
            }
        };

        const tell = (answer, hasNewPage) => {
            for (const [name, html] of Object.entries(answer.found)) {
                // Said anew only where it is something new: it is read out.
                if (line(name) && said[name] !== html) {
                    line(name).innerHTML = said[name] = html;
                }
            }
            const told = new Set([...warned.value.split(",").filter(Boolean), ...answer.warned.map(String)]);
            warned.value = [...told].join(",");
            if (hasNewPage) {
                takeBack(answer);
                const names = [answer.source ? fillOutlet(answer.source) : "", ...fillWords(answer.page ?? {})].filter(Boolean);
                if (names.length) {
                    line("original_address").append(` Filled in: ${names.join(", ")}.`);
                }
            }
        };

        const ask = async () => {
            clearTimeout(timer);
            const now = Object.fromEntries(Object.entries(BOXES).map(([key, name]) => [key, box(name)?.value.trim() ?? ""]));
            if (Object.keys(now).every((key) => now[key] === asked[key])) {
                return;
            }
            const hasNewPage = now.address !== asked.address;
            asking.abort();
            asking = new AbortController();
            try {
                const response = await fetch(`${ADDRESS}?${new URLSearchParams({ ...now, post })}`, { credentials: "same-origin", signal: asking.signal });
                if (response.ok) {
                    tell(await response.json(), hasNewPage);
                    Object.assign(asked, now);
                }
            } catch {
                // Nobody waits for this: it is said again after saving.
            }
        };

        for (const name of Object.values(BOXES)) {
            box(name).addEventListener("change", ask);
        }
        for (const name of [BOXES.address, BOXES.also]) {
            box(name).addEventListener("input", () => {
                clearTimeout(timer);
                timer = setTimeout(ask, PAUSE);
            });
        }
    };

    document.addEventListener("DOMContentLoaded", () => {
        const form = document.querySelector("#post_form");
        if (form) {
            start(form);
        }
    });
}
