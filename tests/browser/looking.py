"""What axe finds on a page, in light and in dark."""

from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
# What passed is not told of, and nothing is fetched a second time: both take longer than looking.
ALL = {"resultTypes": ["violations"], "preload": False}
ONLY_COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LOOK = "([context, options]) => axe.run(context ?? document, options).then(({violations}) => violations)"


def faults(page: Page, context: str | None = None, but: Collection[str] = ()) -> list[str]:
    """Return what axe finds, all rules in light and those of colour in dark; `but` names rules that do not count."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = []
    for scheme, options in (("light", ALL), ("dark", ONLY_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a colour on its way has no contrast yet
        violations = page.evaluate(LOOK, [context, options])
        found += [_said(scheme, each, node) for each in violations if each["id"] not in but for node in each["nodes"]]
    return found


def _said(scheme: str, violation: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{violation['id']} in {scheme}: {node['html'][:200]}"
