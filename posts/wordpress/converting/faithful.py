"""The proof that nothing is lost on the way: the words and links of the old page against those of ours. Pure.

What the old page showed is read from the old text itself, not from the Markdown; what ours shows, from its HTML.
"""

import html
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from urllib.parse import unquote

import nh3

from posts.rendering import Pictures, Rendered, render_post
from posts.wordpress.converting.markdown import UNSEEN, WORDLESS, Converted, convert, read
from posts.wordpress.converting.markup import EMBEDS, Node, clean_text, parse
from posts.wordpress.converting.old_files import NO_FILES, Files
from posts.wordpress.converting.shortcodes import expand
from posts.wordpress.converting.targets import Targets, behind, descendants, embedded, filled_in, only_pictures
from posts.wordpress.reasons import Reason

log = logging.getLogger(__name__)

AROUND = 40  # letters shown before and after a difference

_QUOTE = re.compile("[‘’‚‛′]")
_DOUBLE_QUOTE = re.compile("[“”„‟″]")
_SPECIAL_ADDRESS = re.compile(r"[%&]|[^\x21-\x7e]")
# What stands in raw HTML's place where all else failed: none of it is Markdown's.
_LINE_ENDS = re.compile(r"\s*\n\s*")


@dataclass
class Shown:
    """What a reader gets from a page."""

    parts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return normal("".join(self.parts))


@dataclass
class Brought:
    markdown: str
    reasons: list[Reason]
    body_html: str
    lead_html: str
    images: tuple[str, ...] = ()  # addresses of the pictures it shows, in order


def bring_over(
    text: str, *, files: Files = NO_FILES, base: str = "", cite: str = "", pictures: Pictures | None = None
) -> Brought:
    """Convert what WordPress stored, render it, and say where the page would not say what the old one said.

    Whatever the text, something comes out, and no exception. `cite` and `pictures` are as for `render_post`; they
    dress the HTML that is returned and play no part in the comparison.
    """
    try:
        brought = _brought_best(text, files, base)
    except Exception:
        log.exception("A text could not be converted")
        brought = _kept_as_html(text)
    if cite or pictures:
        rendered = render_post(brought.markdown, cite=cite, pictures=pictures)
        brought.body_html, brought.lead_html = rendered.html, rendered.lead_html
    return brought


def _brought_best(text: str, files: Files, base: str) -> Brought:
    brought: Brought | None = None
    for is_careful in (False, True):
        converted = convert(text, files=files, base=base, is_careful=is_careful)
        rendered = render_post(converted.markdown)
        differences = _differences(shown_of_old(converted.root, files=files, base=base), shown_in(rendered.html))
        if brought is None or not differences:
            brought = _brought(converted, rendered, differences)
        if not differences:
            break
    assert brought is not None  # noqa: S101  the loop has run
    return brought


def _brought(converted: Converted, rendered: Rendered, differences: list[Reason]) -> Brought:
    reasons = [*converted.reasons, *differences]
    return Brought(converted.markdown, reasons, rendered.html, rendered.lead_html, converted.images)


def _kept_as_html(text: str) -> Brought:
    """Markdown in which the old HTML stands as it is, but for what never gets through."""
    cleaned = _LINE_ENDS.sub("\n", nh3.clean(text, url_schemes={"http", "https", "mailto", "tel"})).strip()
    markdown = f"<div>\n{cleaned}\n</div>" if cleaned else ""
    reason = Reason("kept-as-html", "The text could not be made into Markdown and stays as HTML: look it through.")
    rendered = render_post(markdown)
    return Brought(markdown, [reason], rendered.html, rendered.lead_html)


def compare(old: str, new: str, *, files: Files = NO_FILES, base: str = "") -> list[Reason]:
    """Say where our HTML differs from what WordPress stored, in visible words or in where links lead."""
    root = read(expand(old.replace("\r\n", "\n").replace("\r", "\n"), files).html)
    return _differences(shown_of_old(root, files=files, base=base), shown_in(new))


def shown_of_old(root: Node, *, files: Files = NO_FILES, base: str = "") -> Shown:
    shown = Shown()
    _OldPage(Targets(files, base), shown).read(root.children)
    return shown


def shown_in(rendered: str) -> Shown:
    """Return what our own HTML shows."""
    shown = Shown()
    _read_ours(parse(rendered).children, shown)
    return shown


def normal(text: str) -> str:
    """Text in the form in which it is compared: how it is spaced, and which quotes it has, is no difference."""
    if not text.isascii():
        text = _DOUBLE_QUOTE.sub('"', _QUOTE.sub("'", clean_text(text))).replace("…", "...")
    return " ".join(text.split())


def normal_address(address: str) -> str:
    address = address.strip()
    if not _SPECIAL_ADDRESS.search(address):
        return address
    return unquote(html.unescape(address) if "&amp;" in address else address).replace("\\", "/").replace(" ", "")


class _OldPage:
    """Reads the old text as its readers did; players and missing pictures are the links that they become."""

    def __init__(self, targets: Targets, shown: Shown) -> None:
        self.targets = targets
        self.shown = shown
        self.is_in_link = False

    def read(self, nodes: Iterable[Node | str]) -> None:
        parts = self.shown.parts
        for node in nodes:
            if isinstance(node, str):
                parts.append(node)
            elif node.tag == "br":
                parts.append("\n")
            elif node.is_block:
                parts.append("\n")
                self.block(node)
                parts.append("\n")
            else:
                self.element(node)

    def block(self, node: Node) -> None:
        if node.tag in EMBEDS:
            self.link(*embedded(node), otherwise=node)
        elif node.tag == "#dynamic":
            if shown := filled_in(node):
                self.block(shown)
        elif node.tag == "#more" or node.tag in UNSEEN or node.tag in WORDLESS:
            return
        elif node.tag == "details":
            self.details(node)
        else:
            if picture := behind(node):
                self.picture(picture)
                self.shown.parts.append("\n")
            self.read(node.children)

    def details(self, node: Node) -> None:
        """Their summary comes first, wherever it stands."""
        summaries = [child for child in node.children if isinstance(child, Node) and child.tag == "summary"]
        self.read(summaries[:1])
        self.read(child for child in node.children if child not in summaries[:1])

    def element(self, node: Node) -> None:
        if node.tag in UNSEEN or node.tag in WORDLESS:
            return
        if node.tag == "img":
            self.picture(node)
        elif node.tag == "noscript" and only_pictures(node):
            return
        elif node.tag == "a" and (written := node.get("href")).strip() and (where := self.targets.link(written)):
            self.anchor(node, where)
        else:
            self.read(node.children)

    def anchor(self, node: Node, where: str) -> None:
        was_in_link, self.is_in_link = self.is_in_link, True
        parts, links = len(self.shown.parts), len(self.shown.links)
        self.shown.links.append(where)
        self.read(node.children)
        self.is_in_link = was_in_link
        _forget_unseen(node, self.shown, parts, links)

    def picture(self, node: Node) -> None:
        picture = self.targets.picture(node)
        if picture.kind != "picture":
            if picture.kind != "pixel":
                self.shown.parts.append(picture.alt)
            return
        if picture.words:
            self.shown.parts += [" ", picture.words, " "]
        if not picture.is_here and not self.is_in_link and picture.address.startswith(("https://", "http://")):
            self.shown.links.append(picture.address)

    def link(self, address: str, words: str, *, otherwise: Node) -> None:
        where = self.targets.link(address) if address else None
        if where:
            self.shown.parts.append(words)
            self.shown.links.append(where)
        elif otherwise.tag != "iframe":
            self.read(otherwise.children)


def _read_ours(nodes: Iterable[Node | str], shown: Shown) -> None:
    for node in nodes:
        if isinstance(node, str):
            shown.parts.append(node)
        elif node.is_block or node.tag == "br":
            shown.parts.append("\n")
            _read_ours(node.children, shown)
            shown.parts.append("\n")
        else:
            parts, links = len(shown.parts), len(shown.links)
            if node.tag == "a" and node.get("href"):
                shown.links.append(node.get("href"))
            _read_ours(node.children, shown)
            _forget_unseen(node, shown, parts, links)


def _forget_unseen(node: Node, shown: Shown, parts: int, links: int) -> None:
    """A link around nothing is none that a reader could follow."""
    is_seen = any(part.strip() for part in shown.parts[parts:])
    if not is_seen and len(shown.links) > links and not any(inner.tag == "img" for inner in descendants(node)):
        del shown.links[links:]


def _differences(old: Shown, new: Shown) -> list[Reason]:
    reasons = []
    old_text, new_text = old.text, new.text
    if old_text != new_text:
        was, now = _first_difference(old_text, new_text)
        reasons.append(Reason("text-differs", f"The words differ: it was “{was}” and is “{now}”."))
    old_links, new_links = _links(old), _links(new)
    if old_links != new_links:
        pairs = zip_longest(old_links, new_links, fillvalue="nothing")
        was, now = next(pair for pair in pairs if pair[0] != pair[1])
        reasons.append(Reason("links-differ", f"A link differs: it was “{was[:200]}” and is “{now[:200]}”."))
    return reasons


def _links(shown: Shown) -> list[str]:
    """One after the other to the same place is one link in parts."""
    return [address for address, _ in groupby(normal_address(link) for link in shown.links)]


def _first_difference(old: str, new: str) -> tuple[str, str]:
    place = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    start = max(place - AROUND, 0)
    return _excerpt(old, start, place), _excerpt(new, start, place)


def _excerpt(text: str, start: int, place: int) -> str:
    end = place + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
