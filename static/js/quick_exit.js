"use strict";
// Leave the site at once, by the link or by pressing Shift three times; Back then shows nothing of it.
// Without script the link is a plain link. The words come from the page, as attributes of this script.
{
    const { target, title, icon, leaving, two, one, over } = document.currentScript.dataset;
    const root = document.documentElement;
    const PRESSES = 3;
    const PATIENCE = 5000; // milliseconds from one press to the next
    const LEFT = "left"; // in the storage of this tab, which ends with it

    // A browser may refuse to store anything; then there is no more than the link.
    const store = (act) => {
        try {
            return act(sessionStorage);
        } catch {
            return null;
        }
    };

    const cover = () => {
        const body = document.createElement("body");
        const words = document.createElement("p");
        words.className = "exit-cover";
        words.setAttribute("role", "alert");
        words.textContent = leaving;
        body.append(words);
        return body;
    };

    const leave = () => {
        store((storage) => storage.setItem(LEFT, "1"));
        stop(); // what is still on its way is not drawn
        document.title = title;
        document.querySelector("link[rel=icon]")?.setAttribute("href", icon);
        document.body = cover();
        root.hidden = false;
        location.replace(target);
    };

    // --- Coming back

    // A page that the browser keeps whole is kept blank: it is painted before it is asked.
    addEventListener("pagehide", () => {
        root.hidden = true;
        startOver("");
    });
    addEventListener("pageshow", (event) => {
        if (event.persisted && store((storage) => storage.getItem(LEFT))) {
            leave();
        } else {
            root.hidden = false;
        }
    });

    // Whoever comes by a link or by the address has come on purpose.
    const came = performance.getEntriesByType("navigation")[0]?.type;
    if (came === "back_forward" && store((storage) => storage.getItem(LEFT))) {
        leave();
    } else {
        store((storage) => storage.removeItem(LEFT));
    }

    // --- Leaving

    addEventListener("click", (event) => {
        if (event.target instanceof Element && event.target.closest("[data-exit]")) {
            event.preventDefault();
            leave();
        }
    }, true);

    let presses = 0;
    let isAlone = false; // Shift is down, and nothing has come with it
    let timer;

    const show = (words) => {
        document.querySelector("[data-exit-lights]")?.setAttribute("data-exit-lights", presses || "");
        const said = document.querySelector("[data-exit-said]");
        if (said) {
            said.textContent = words;
        }
    };

    const startOver = (words) => {
        clearTimeout(timer);
        if (presses) {
            presses = 0;
            show(words);
        }
    };

    const count = () => {
        presses += 1;
        clearTimeout(timer);
        if (presses === PRESSES) {
            leave();
            return;
        }
        timer = setTimeout(startOver, PATIENCE, over);
        show(presses === 1 ? two : one);
    };

    addEventListener("keydown", (event) => {
        if (event.key === "Shift") {
            isAlone = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
        } else {
            isAlone = false;
            startOver(over);
        }
    }, true);
    addEventListener("keyup", (event) => {
        if (event.key === "Shift" && isAlone) {
            isAlone = false;
            count();
        }
    }, true);
    // Shift and a click choose text, or open a window.
    addEventListener("pointerdown", () => {
        isAlone = false;
    }, true);
}
