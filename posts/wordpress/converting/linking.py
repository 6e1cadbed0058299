"""Addresses alone in their line: WordPress showed the film or page itself for them; here they become links. Pure."""

import html
import re

from posts.wordpress.converting.markup import BLOCKS, PREFORMATTED, Node

_ADDRESS = re.compile(r"[ \t]*(https?://[^\s<>\"]+)[ \t]*\Z", re.IGNORECASE)
_LEFT_ALONE = {"a", "code", "tt", "script", "style", "textarea", "title", "kbd", "samp", *PREFORMATTED}


def link_addresses(node: Node) -> None:
    children: list[Node | str] = []
    for place, child in enumerate(node.children):
        if isinstance(child, str):
            if "://" in child:
                before = node.children[place - 1] if place else None
                after = node.children[place + 1] if place + 1 < len(node.children) else None
                is_open = node.is_block or node.tag in ("#root", "span", "font", "center")
                children += _linked(child, _parts(before, is_open=is_open), _parts(after, is_open=is_open))
            else:
                children.append(child)
            continue
        if child.tag not in _LEFT_ALONE and not child.tag.startswith("#"):
            link_addresses(child)
        children.append(child)
    node.children = children


def _parts(neighbour: Node | str | None, *, is_open: bool) -> bool:
    """Whether a line begins or ends at this neighbour."""
    if neighbour is None:
        return is_open
    return isinstance(neighbour, Node) and (neighbour.tag == "br" or neighbour.tag in BLOCKS)


def _linked(text: str, begins: bool, ends: bool) -> list[Node | str]:
    lines = text.split("\n")
    parts: list[Node | str] = []
    words: list[str] = []
    for number, line in enumerate(lines):
        is_whole = (number > 0 or begins) and (number < len(lines) - 1 or ends)
        found = _ADDRESS.match(line) if is_whole else None
        if number:
            words.append("\n")
        if found:
            parts += ["".join(words)] if any(words) else []
            words = []
            parts.append(Node("a", f'href="{html.escape(found[1])}"', [found[1]]))
        else:
            words.append(line)
    return [*parts, "".join(words)] if any(words) else parts
