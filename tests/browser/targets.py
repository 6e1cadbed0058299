"""What is too small to be hit with a finger (WCAG 2.2, 2.5.8), measured as the browser draws it."""

from playwright.sync_api import Page

# A target in a sentence is as high as its line; a small one is well where a circle of 24 pixels around its middle
# meets no other target, nor such a circle of another small one.
TOO_SMALL = r"""
() => {
    const LEAST = 24;
    const area = (target) => (target.matches("input") && target.closest("label") || target).getBoundingClientRect();
    const isInSentence = (target) => {
        let block = target.parentElement;
        while (getComputedStyle(block).display.startsWith("inline")) {
            block = block.parentElement;
        }
        const copy = block.cloneNode(true);
        copy.querySelectorAll("a, button, .aside-words").forEach((other) => other.remove());
        return target.matches("a") && !/^(flex|grid)/.test(getComputedStyle(block).display)
            && /\p{L}{2,}/u.test(copy.textContent);
    };
    const all = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
        .filter((target) => target.checkVisibility() && !target.closest(".trap, .aside-words, .skip"))
        .map((target) => ({ target, box: area(target) }))
        .map((each) => ({ ...each, x: each.box.x + each.box.width / 2, y: each.box.y + each.box.height / 2 }));
    const isSmall = ({ box }) => box.width < LEAST - 0.1 || box.height < LEAST - 0.1;
    const distance = (from, other) => isSmall(other)
        ? Math.hypot(from.x - other.x, from.y - other.y) - LEAST / 2
        : Math.hypot(
            Math.max(other.box.left - from.x, 0, from.x - other.box.right),
            Math.max(other.box.top - from.y, 0, from.y - other.box.bottom),
        );
    return all.filter((each) => isSmall(each) && !isInSentence(each.target)
        && all.some((other) => other.target !== each.target && distance(each, other) < LEAST / 2 - 0.1)
    ).map(({ target, box }) => `${target.outerHTML.slice(0, 100)} ${Math.round(box.width)}×${Math.round(box.height)}`);
}
"""


def too_small(page: Page) -> list[str]:
    return page.evaluate(TOO_SMALL)
