"use strict";
// Keeps what stands in the post's form every 20 seconds of typing and when the page is left; says who else has the
// post open. Nothing here saves the post.
{
    const EVERY = 20_000;

    const start = (form) => {
        const seal = form.querySelector("[name=seal]");
        const version = form.querySelector("[name=version]");
        if (!seal?.value || form.querySelector(".submit-row input") === null) {
            return;
        }
        const address = "/admin/posts/post/autosave/";
        const line = form.querySelector("[data-kept]");
        const others = form.querySelector("[data-others]");
        // What is kept already; null before anybody has touched the form, for scripts fill it in too. What a form brings
        // that was refused is not kept yet.
        let kept = document.querySelector(".errornote:not([hidden])") ? "" : null;
        let isLeaving = false;
        let asking = new AbortController();

        // A hand comes before what it changes; a voice or an input method may bring the change at once.
        const touch = (event) => {
            if (event.isTrusted) {
                kept ??= event.type === "input" ? "" : written(form);
            }
        };
        for (const type of ["pointerdown", "keydown", "beforeinput", "paste", "drop", "input"]) {
            form.addEventListener(type, touch, true);
        }
        const isNew = (now) => kept !== null && now !== kept;

        const body = (isBeat) => {
            const data = isBeat ? new FormData() : typed(form);
            data.set("seal", seal.value);
            if (isBeat) {
                data.set("beat", "1");
            }
            return data;
        };

        const tell = (answer, now) => {
            if (answer.kept_at) {
                kept = now;
                line.textContent = `Kept at ${answer.kept_at}, not saved yet.`;
            }
            if (answer.is_out) {
                line.textContent += " You are logged out: log in again in another tab, then save here.";
            }
            const lines = [];
            if (answer.others?.length) {
                lines.push(`Also open at ${answer.others.join(", ")}. Whoever saves second is shown what the first has changed.`);
            }
            if (answer.version && Number(version.value) && answer.version !== Number(version.value)) {
                lines.push("Somebody has saved this post since you opened it: when you save, you will be shown what differs.");
            }
            if (others && !answer.is_out && others.textContent !== lines.join(" ")) {
                others.textContent = lines.join(" ");
            }
        };

        const keep = async () => {
            if (isLeaving) {
                return;
            }
            const now = written(form);
            try {
                asking = new AbortController();
                const response = await fetch(address, { method: "POST", body: body(!isNew(now)), credentials: "same-origin", signal: asking.signal });
                if (response.ok) {
                    tell(await response.json(), now);
                } else if (isNew(now)) {
                    const answer = await response.json().catch(() => ({}));
                    line.textContent = answer.error ?? "What you type cannot be kept at the moment.";
                }
            } catch {
                if (isNew(now) && !isLeaving) {
                    line.textContent = "The site does not answer: what you typed since is kept in this page only.";
                }
            }
        };

        setInterval(keep, EVERY);
        // The tab may be closed, or the machine put to sleep: a last word that waits for no answer.
        document.addEventListener("visibilitychange", () => {
            const now = written(form);
            if (document.visibilityState === "hidden" && isNew(now) && !isLeaving) {
                navigator.sendBeacon(address, body(false));
                kept = now;
            }
        });
        form.addEventListener("submit", () => {
            isLeaving = true;
            // What is saved now must not be kept as unsaved afterwards.
            asking.abort();
            refresh(form);
        });
        // Back brings the page with its old state of mind.
        window.addEventListener("pageshow", () => {
            isLeaving = false;
        });
    };

    const typed = (form) => {
        const data = new FormData(form);
        for (const [name, value] of [...data]) {
            if (value instanceof File) {
                data.delete(name);
            }
        }
        return data;
    };

    const written = (form) => {
        const data = typed(form);
        data.delete("csrfmiddlewaretoken");
        data.delete("warned");
        return JSON.stringify([...data]);
    };

    // Who logged in again in another tab has another token by now.
    const refresh = (form) => {
        const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
        const box = form.querySelector("[name=csrfmiddlewaretoken]");
        if (token && box) {
            box.value = token;
        }
    };

    document.addEventListener("DOMContentLoaded", () => {
        const form = document.querySelector("#post_form");
        if (form) {
            start(form);
        }
    });
}
