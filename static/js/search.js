"use strict";
// Below the box of the search, while somebody types: names and titles that begin like this, as links to them. Nothing
// of it is kept; Enter without a choice searches as ever.
{
    const PAUSE = 150; // milliseconds after the last key
    const ENOUGH = /[\p{L}\p{N}].*[\p{L}\p{N}]|[\p{Script=Hangul}\p{Script=Han}]/u;

    const start = (form) => {
        const box = form.querySelector("input[type=search]");
        const list = document.createElement("ul");
        const status = document.createElement("p");
        let asking = new AbortController();
        let timer = 0;
        let asked = "";
        let chosen = -1;

        list.id = `${box.id}-list`;
        list.className = "search-list";
        list.hidden = true;
        list.setAttribute("role", "listbox");
        list.setAttribute("aria-label", form.dataset.label);
        status.className = "aside-words";
        status.setAttribute("role", "status");
        box.setAttribute("role", "combobox");
        box.setAttribute("aria-autocomplete", "list");
        box.setAttribute("aria-controls", list.id);
        box.setAttribute("aria-expanded", "false");
        box.after(list, status);

        const options = () => [...list.children];

        const choose = (place) => {
            chosen = place;
            for (const [index, option] of options().entries()) {
                option.setAttribute("aria-selected", String(index === place));
            }
            const option = options()[place];
            if (option) {
                box.setAttribute("aria-activedescendant", option.id);
                option.scrollIntoView({ block: "nearest" });
            } else {
                box.removeAttribute("aria-activedescendant");
            }
        };

        const open = (isOpen) => {
            list.hidden = !isOpen;
            box.setAttribute("aria-expanded", String(isOpen));
            choose(-1);
        };

        const close = () => {
            clearTimeout(timer);
            asking.abort();
            open(false);
        };

        const part = (name, className, text) => {
            const element = document.createElement(name);
            element.className = className;
            element.textContent = text;
            return element;
        };

        const asOption = (each, index) => {
            const option = document.createElement("li");
            const name = part("span", "search-name", each.name);
            option.id = `${list.id}-${index}`;
            option.dataset.url = each.url;
            option.setAttribute("role", "option");
            name.dir = "auto";
            option.append(part("span", "search-kind", each.kind), " ", name);
            if (each.count) {
                option.append(" ", part("span", "count", each.count));
            }
            return option;
        };

        const show = (suggestions) => {
            list.replaceChildren(...suggestions.map(asOption));
            open(suggestions.length > 0);
            status.textContent = suggestions.length ? `${form.dataset.label}: ${suggestions.length}` : "";
        };

        const ask = async () => {
            const text = box.value.trim();
            asking.abort();
            asking = new AbortController();
            asked = text;
            if (!ENOUGH.test(text)) {
                show([]);
                return;
            }
            try {
                const address = `${form.dataset.suggest}?${new URLSearchParams({ q: text })}`;
                const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal, cache: "no-store" });
                if (answer.ok) {
                    show((await answer.json()).suggestions);
                }
            } catch {
                // Asked anew meanwhile, or no line: the box works without.
            }
        };

        const follow = (option) => {
            close();
            location.assign(option.dataset.url);
        };

        box.addEventListener("input", (event) => {
            clearTimeout(timer);
            // While a syllable is being put together, what stands there is what is meant so far.
            if (event.target.value.trim() !== asked || list.hidden) {
                timer = setTimeout(ask, PAUSE);
            }
        });

        box.addEventListener("keydown", (event) => {
            const last = options().length - 1;
            if (event.isComposing) {
                return;
            }
            if (event.key === "ArrowDown" && list.hidden) {
                event.preventDefault();
                ask();
            } else if (event.key === "ArrowDown") {
                event.preventDefault();
                choose(chosen === last ? -1 : chosen + 1);
            } else if (event.key === "ArrowUp" && !list.hidden) {
                event.preventDefault();
                choose(chosen === -1 ? last : chosen - 1);
            } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
                event.preventDefault();
                follow(options()[chosen]);
            } else if (event.key === "Escape" && !list.hidden) {
                event.preventDefault();
                close();
            }
        });

        // Before the box loses the focus, which closes the list.
        list.addEventListener("pointerdown", (event) => event.preventDefault());
        list.addEventListener("click", (event) => {
            const option = event.target.closest("[role=option]");
            if (option) {
                follow(option);
            }
        });
        box.addEventListener("blur", close);
        form.addEventListener("submit", close);
        // A page that the browser brings back shows no old list.
        addEventListener("pagehide", close);
    };

    document.querySelectorAll("form[data-suggest]").forEach(start);
}
