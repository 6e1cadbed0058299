"""What axe finds on a page, in light and in dark."""

from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def faults(page: Page, context: str | None = None, but: Collection[str] = ()) -> list[str]:
    """Return what axe finds, all rules in light and those of colour in dark; `but` names rules that do not count."""
    found = []
    for scheme, options in (("light", None), ("dark", ONLY_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a colour on its way has no contrast yet
        violations = Axe().run(page, context=context, options=options).response["violations"]
        found += [_said(scheme, each, node) for each in violations if each["id"] not in but for node in each["nodes"]]
    return found


def _said(scheme: str, violation: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{violation['id']} in {scheme}: {node['html'][:200]}"
