"""The last lines that a reader sees of stored WordPress content, and how one of them is taken off. Pure.

The content is never parsed into a tree and written again: what is not taken off stays byte for byte. Every step looks
at each character a fixed number of times, whatever the content is.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LONGEST = 400  # characters of a line's end that anybody looks at

_TOKEN = re.compile(
    r"<!--(?P<note>(?:[^<-]++|-(?!->)|<(?!!--))*+)-->"
    r"|<(?P<end>/)?(?P<tag>[a-zA-Z][a-zA-Z0-9:-]*+)"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+(?=>)|[^<>]*+)>"
)
_BLOCK_MARK = re.compile(r"\s*+(?P<end>/)?(?P<name>wp:[a-z0-9/-]*+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_UNSEEN = frozenset("\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong "
    "sub sup time tt u var".split()
)
# What stands in these is not seen, or is no line of the text: a picture's or a table's source is not the post's.
_HIDDEN = frozenset("script style template noscript textarea select iframe object svg title head".split())
_APART = frozenset("caption code figcaption kbd pre samp td th".split())
_WIDGET = re.compile(
    r"\b(?:a2a_|addthis|addtoany|jp-(?:post-flair|relatedposts)|sd-(?:block|sharing)|share(?:daddy|aholic|this)?\b|sharing"
    r"|snap_nopreview|social|wpcnt|wpa-)",
    re.IGNORECASE,
)
_WIDGET_LINK = re.compile(
    r"addthis\.com|addtoany\.com|sharethis\.com|//feeds\.wordpress\.com|//stats\.wordpress\.com|/sharer?(?:\.php)?\?"
    r"|/share\?|/intent/tweet|[?&]share=|\bshareArticle\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Token:
    kind: str  # "open", "close", "void", "note"
    name: str
    start: int
    end: int
    attributes: str = ""
    mate: int = -1  # the token that closes this one, or opens it


@dataclass(slots=True)
class Line:
    """What stands between two ends of lines: the pieces of text in it, and the links that begin in it."""

    pieces: list[tuple[int, int, int]] = field(default_factory=list)  # from, to, the link around it or -1
    links: list[int] = field(default_factory=list)
    is_apart: bool = False


@dataclass(slots=True)
class Seen:
    """A line, or several, as a reader sees it: each character with its place in the content and the link around it."""

    text: str = ""
    places: list[tuple[int, int, int]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    is_apart: bool = False

    def joined(self, other: Seen, between: str) -> Seen:
        """Return this and what follows it as one line."""
        at = self.places[-1][1] if self.places else 0
        gap = [(at, at, -1)] * len(between)
        return Seen(
            self.text + between + other.text,
            self.places + gap + other.places,
            self.links + other.links,
            self.is_apart or other.is_apart,
        )


class Content:
    """Stored content, read once from its beginning to its end."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.tokens = list(_tokens(html))
        self.starts_at = {token.start: i for i, token in enumerate(self.tokens)}
        self.ends_at = {token.end: i for i, token in enumerate(self.tokens)}
        # WordPress makes every line end a <br>, but not where blocks are marked.
        self.has_blocks = any(token.name.startswith("wp:") for token in self.tokens)
        self.lines: list[Line] = [Line()]
        self._read()

    # --- Reading

    def _read(self) -> None:
        position, links, opened, inside = 0, [-1], list[int](), Counter[str]()
        for i, token in enumerate(self.tokens):
            self._take(position, token.start, links[-1], inside)
            position = token.end
            if token.name not in _INLINE and token.kind != "note" and token.name != "img":
                self.lines.append(Line())
            if token.kind == "open":
                opened.append(i)
                inside.update(self._places(token))
                if token.name == "a":
                    links.append(i)
                    if not inside["hidden"]:
                        self.lines[-1].links.append(i)
            elif token.kind == "close" and inside[f"<{token.name}"]:
                self._close(i, opened, links, inside)
        self._take(position, len(self.html), links[-1], inside)

    def _close(self, i: int, opened: list[int], links: list[int], inside: Counter[str]) -> None:
        """End the nearest element of this name, and what was left open in it."""
        while opened:
            j = opened.pop()
            inside.subtract(self._places(self.tokens[j]))
            if self.tokens[j].name == "a":
                links.pop()
            if self.tokens[j].name == self.tokens[i].name:
                self.tokens[i].mate, self.tokens[j].mate = j, i
                return

    def _places(self, token: _Token) -> list[str]:
        """Return what is counted while an element is open: its name, and whether its text is seen."""
        names = [f"<{token.name}"]
        if token.name in _HIDDEN or self._is_widget(token):
            names.append("hidden")
        if token.name in _APART:
            names.append("apart")
        return names

    def _take(self, start: int, end: int, link: int, inside: Counter[str]) -> None:
        """Put a piece of text into the present line, or into several where its line ends count."""
        while start < end and not inside["hidden"]:
            stop = -1 if self.has_blocks else self.html.find("\n", start, end)
            line = self.lines[-1]
            if stop != start:
                line.pieces.append((start, end if stop < 0 else stop, link))
                line.is_apart = line.is_apart or inside["apart"] > 0
            if stop < 0:
                return
            self.lines.append(Line())
            start = stop + 1

    def _is_widget(self, token: _Token) -> bool:
        if token.name == "a":
            return _WIDGET_LINK.search(self.attribute(token, "href")) is not None
        return _WIDGET.search(f"{self.attribute(token, 'class')} {self.attribute(token, 'id')}") is not None

    @staticmethod
    def attribute(token: _Token, name: str) -> str:
        for found in _ATTRIBUTE.finditer(token.attributes):
            if found[1].lower() == name:
                return entities.unescape(found[2] or found[3] or found[4] or "").strip()
        return ""

    def address(self, link: int) -> str:
        """Return where a link leads, if that is a page somewhere; "" for everything else."""
        return page_address(self.attribute(self.tokens[link], "href")) if link >= 0 else ""

    def seen(self) -> Iterator[Seen]:
        """Yield the lines of which something is seen, the last one first."""
        for line in reversed(self.lines):
            found = self._see(line)
            if found.text:
                yield found

    def _see(self, line: Line) -> Seen:
        """Return a line as it is seen: references resolved, white space collapsed; of a long one just the end."""
        taken, length = [], 0
        for start, end, link in reversed(line.pieces):
            start = max(start, end - 2 * LONGEST)  # noqa: PLW2901
            taken.append((start, end, link))
            length += end - start
            if length > 4 * LONGEST:
                break
        places: list[tuple[int, int, int]] = []
        signs: list[str] = []
        for start, end, link in reversed(taken):
            for sign, at, to in self._signs(start, end):
                sign = " " if sign.isspace() else sign  # noqa: PLW2901
                if sign in _UNSEEN or (sign == " " and (not signs or signs[-1] == " ")):
                    continue
                signs.append(sign)
                places.append((at, to, link))
        if signs and signs[-1] == " ":
            signs.pop()
            places.pop()
        if signs and (taken[-1] != line.pieces[0] or len(signs) > LONGEST):
            signs, places = ["…", *signs[-LONGEST:]], [places[-LONGEST:][0], *places[-LONGEST:]]
        return Seen("".join(signs), places, line.links, line.is_apart)

    def _signs(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        position = start
        for found in _ENTITY.finditer(self.html, start, end):
            yield from ((self.html[i], i, i + 1) for i in range(position, found.start()))
            yield from ((sign, found.start(), found.end()) for sign in entities.unescape(found[0]))
            position = found.end()
        yield from ((self.html[i], i, i + 1) for i in range(position, end))

    # --- Taking off

    def without(self, start: int, end: int) -> str:
        """Return the content without this stretch, what then is empty around it, and the line end before it."""
        start, end = self._widened(start, end)
        # What begins or ends in there and has its other half outside stays.
        inside = (t for t in self.tokens if start <= t.start and t.end <= end and t.mate >= 0)
        left = [t for t in inside if not self._has_mate_in(t, start, end)]
        return self.html[:start] + "".join(self.html[t.start : t.end] for t in left) + self.html[end:]

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        after = self._blank_after(end)
        while True:
            start = self._blank_before(start)
            opening, closing = (
                self._token_at(self.ends_at, start, "open"),
                self._token_at(self.starts_at, after, "close"),
            )
            if opening and closing and self.tokens[opening.mate] is closing and opening.mate >= 0:
                start, end = opening.start, closing.end
            elif opening and (self._has_mate_in(opening, start, end) or self._is_left_open(opening, after)):
                start = opening.start
                continue
            elif closing and self._has_mate_in(closing, start, end):
                end = closing.end
            else:
                return start, end
            after = self._blank_after(end)

    def _token_at(self, places: dict[int, int], position: int, kind: str) -> _Token | None:
        token = self.tokens[places[position]] if position in places else None
        return token if token and token.kind == kind else None

    def _has_mate_in(self, token: _Token, start: int, end: int) -> bool:
        return token.mate >= 0 and start <= self.tokens[token.mate].start < end

    def _is_left_open(self, token: _Token, after: int) -> bool:
        """Say whether nobody closed a paragraph of which nothing is left."""
        return token.mate < 0 and token.name in ("li", "p") and after == len(self.html)

    def _blank_before(self, position: int) -> int:
        while position > 0:
            i = self.ends_at.get(position, -1)
            if i >= 0 and self.tokens[i].name == "br":
                position = self.tokens[i].start
            elif self.html[position - 1].isspace() or self.html[position - 1] in _UNSEEN:
                position -= 1
            elif self.html.endswith("&nbsp;", 0, position):
                position -= len("&nbsp;")
            else:
                break
        return position

    def _blank_after(self, position: int) -> int:
        while position < len(self.html):
            i = self.starts_at.get(position, -1)
            if i >= 0 and self.tokens[i].name == "br":
                position = self.tokens[i].end
            elif self.html[position].isspace() or self.html[position] in _UNSEEN:
                position += 1
            elif self.html.startswith("&nbsp;", position):
                position += len("&nbsp;")
            else:
                break
        return position


def _tokens(html: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(html):
        start, end = found.span()
        if found["tag"] is None:
            yield _mark(found["note"], start, end)
        elif found["end"]:
            yield _Token("close", found["tag"].lower(), start, end)
        else:
            name = found["tag"].lower()
            yield _Token("void" if name in _VOID else "open", name, start, end, found["attributes"])


def _mark(note: str, start: int, end: int) -> _Token:
    """Return the token of a comment; those of blocks begin and end something."""
    note = note.strip()
    block = _BLOCK_MARK.match(note)
    if not block:
        return _Token("void" if note.startswith(("more", "nextpage")) else "note", "!", start, end)
    kind = "close" if block["end"] else "void" if note.endswith("/") else "open"
    return _Token(kind, block["name"].lower().rstrip("/"), start, end)


def page_address(written: str) -> str:
    """Return the address of a page on the web as it was written, its scheme before it; "" where it is none."""
    written = written.strip()
    if written.startswith("//"):
        written = f"https:{written}"
    elif written.lower().startswith("www."):
        written = f"http://{written}"
    try:
        parts = urlsplit(written)
        return written if parts.scheme.lower() in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
