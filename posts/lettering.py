"""What a post's text becomes in a letter: HTML that a mail program can show, and plain text just as good.

Both are made from the HTML of posts.rendering, which is read once into a flat list of tags and words: no tree, no
recursion, so that text nested without measure costs no more than its length. What an author folded (`<details>`)
stays folded: mail programs would show it at once, so a letter names it and leads to the page.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from html import escape
from html.parser import HTMLParser
from itertools import zip_longest
from urllib.parse import unquote, urljoin

from django.conf import settings

from posts.rendering import render_post

_FOLDED = "(folded: open it on the page)"
_VOID = set("br hr img wbr".split())
_KEPT_ATTRIBUTES = set(
    "alt cite colspan datetime dir height href hreflang lang rel reversed rowspan scope src start title width".split()
)
_ADDRESSES = {"href", "src", "cite"}
# No colour of text or ground: mail programs show their own, light or dark. The grey of lines is seen on both.
_STYLES = {
    "img": "max-width:100%;height:auto",
    "table": "border-collapse:collapse",
    "td": "border:1px solid #888;padding:4px 8px",
    "th": "border:1px solid #888;padding:4px 8px",
    "blockquote": "margin:0;padding-left:16px;border-left:3px solid #888",
    "figure": "margin:16px 0",
    "pre": "white-space:pre-wrap",
}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

# Not every sign that Unicode calls a space: the ideographic one indents, the no-break one holds words together.
_SPACES = re.compile("[ \t\n\r\f\v\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INDENT = "    "
_DEEPEST = 20  # quotes and lists are indented so far and no farther, or hostile text would grow with its square
_WIDEST_TABLE = 72  # columns stand below one another where the line of a mail program holds them
# How many line ends lie before and behind a block, at least; what is not named here runs on in its line.
_GAPS = dict.fromkeys("dd div dt figcaption li".split(), 1) | dict.fromkeys(
    "blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre summary table tbody td tfoot th thead tr ul".split(), 2
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SIGNED_NUMBER = re.compile("[+−-]?[0-9]+[+−-]?")
_RAISED = str.maketrans("0123456789+−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOWERED = str.maketrans("0123456789+−-", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_BLANK_LINES_ABOVE = re.compile(r"\A(?: *\n)+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


def letter_html(html: str, url: str) -> str:
    """Return HTML of posts.rendering as a mail program can show it; `url` is the whole address of its page."""
    return "".join(_html_of(part, url) for part in _read(html))


def letter_text(html: str, url: str = "") -> str:
    """Return HTML of posts.rendering as plain text. Lines are not wrapped: each mail program has its own width.

    With `url`, the whole address of its page, what is folded leads there, and addresses may be relative to it.
    """
    writer = _TextWriter(url)
    for part in _read(html):
        writer.add(part)
    return writer.text()


def render_letter(text: str) -> str:
    """Return the HTML that Markdown becomes in a letter, as if it stood on the front page."""
    return letter_html(render_post(text).html, settings.SITE_URL + "/")


# --- Reading


@dataclass
class _Tag:
    """A tag as it is met, or all of a folded text: then `words` is its summary."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    is_end: bool = False
    items: int = 0  # how many entries a list has
    has_caption: bool = False
    words: str = ""


def _read(html: str) -> list[_Tag | str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.parts


class _Reader(HTMLParser):
    """Notes tags and words in their order, each end behind its beginning; a folded text is one part.

    The frame that makes a wide table scroll on the page is left out, and so is an end that ends nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[_Tag | str] = []
        self.open: list[_Tag] = []
        self.folds = 0  # how many are open, one in another
        self.summary: list[str] | None = None
        self.is_in_summary = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = _Tag(tag, {name: value or "" for name, value in attrs})
        if self.folds or tag == "details":
            self._fold(found)
        elif not _is_frame(found):
            self.parts.append(found)
        if self.open:
            self.open[-1].items += tag == "li"
            self.open[-1].has_caption |= tag == "figcaption"
        if tag not in _VOID:
            self.open.append(found)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].name != tag:
            return
        found = self.open.pop()
        if self.folds:
            self._unfold(found)
        elif not _is_frame(found):
            self.parts.append(_Tag(tag, is_end=True))

    def handle_data(self, data: str) -> None:
        if not self.folds:
            self.parts.append(data)
        elif self.summary is not None and self.is_in_summary and self.folds == 1:
            self.summary.append(data)

    def _fold(self, found: _Tag) -> None:
        if found.name == "details":
            self.folds += 1
        elif found.name == "summary" and self.folds == 1 and self.open[-1].name == "details" and self.summary is None:
            # The first one right inside is shown; a browser folds all others.
            self.summary, self.is_in_summary = [], True

    def _unfold(self, found: _Tag) -> None:
        if found.name == "details":
            self.folds -= 1
        elif found.name == "summary" and self.folds == 1 and self.open[-1].name == "details":
            self.is_in_summary = False
        if not self.folds:
            found.words, self.summary = _one_line("".join(self.summary or [])) or "Details", None
            self.parts.append(found)


def _is_frame(tag: _Tag) -> bool:
    return tag.attributes.get("class") == "wide"


def _whole(address: str, url: str) -> str:
    """Return the address as it is from everywhere; `url` is where it was written."""
    if _SCHEME.match(address):
        return address
    try:
        return urljoin(url, address)
    except ValueError:  # no browser could follow it either
        return address


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


# --- HTML


def _html_of(part: _Tag | str, url: str) -> str:
    if isinstance(part, str):
        return escape(part, quote=False)
    if part.name == "details":
        return f'<p>{escape(part.words, quote=False)} <a href="{escape(url)}">{_FOLDED}</a></p>'
    if part.is_end:
        return f"</{part.name}>"
    return f"<{part.name}{_attributes_of(part, url)}>"


def _attributes_of(tag: _Tag, url: str) -> str:
    kept = {name: value for name, value in tag.attributes.items() if name in _KEPT_ATTRIBUTES}
    for name in _ADDRESSES & kept.keys():
        kept[name] = _whole(kept[name], url)
    if tag.name in _STYLES:
        kept["style"] = _STYLES[tag.name]
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


# --- Plain text


@dataclass
class _Prefix:
    """What stands before the lines of a quote or of an entry of a list: the mark of the entry only once."""

    first: str
    rest: str

    def take(self) -> str:
        taken, self.first = self.first, self.rest
        return taken


@dataclass
class _List:
    number: int | None  # of its next entry
    step: int = 1

    def mark(self) -> str:
        if self.number is None:
            return "- "
        self.number += self.step
        return f"{self.number - self.step}. "


@dataclass(eq=False)
class _Span:
    """Words in a line that get their marks when they end."""

    start: int  # among the pieces of the line
    dress: Callable[[str], str]
    has_words_above: bool = False  # a block ended within it


@dataclass
class _Row:
    cells: list[str] = field(default_factory=list)
    is_head: bool = True


def _starred(words: str) -> str:
    return f"*{words}*"


def _struck(words: str) -> str:
    return f"~~{words}~~"


def _quoted(words: str) -> str:
    return f"“{words}”"


def _spelled(words: str) -> str:
    return f"({words})"


def _raised(words: str) -> str:
    return words.translate(_RAISED) if _SIGNED_NUMBER.fullmatch(words) else words


def _lowered(words: str) -> str:
    return words.translate(_LOWERED) if _SIGNED_NUMBER.fullmatch(words) else words


# Strong words have no mark: they are many, and read as well without.
_DRESSES = {
    "em": _starred,
    "i": _starred,
    "del": _struck,
    "s": _struck,
    "q": _quoted,
    "rt": _spelled,
    "sup": _raised,
    "sub": _lowered,
}


class _TextWriter:
    """Writes one part after the other. What runs on in a line is gathered until its block ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lines: list[str] = []
        self.pieces: list[str] = []  # of the block that is being gathered
        self.gap = 0  # how many line ends the next block wants before it
        self.blocks: list[_Prefix | None] = []  # those that are open
        self.prefixes: list[_Prefix] = []
        self.shared = 0  # how many prefixes the last block and the next have in common
        self.lists: list[_List] = []
        self.spans: list[_Span | None] = []  # None is one inside its like, which gets no marks
        self.marks: list[_Span] = []  # the others: few, however deep they are nested
        self.link: _Span | None = None
        self.anchors = 0  # how many are open, one in another
        self.numbers: dict[str, int] = {}
        self.rows: list[_Row] = []
        self.tables = 0
        self.codes = 0
        self.is_captioned = self.is_left_out = False

    def add(self, part: _Tag | str) -> None:
        if isinstance(part, str):
            self._add_words(part)
        elif part.name == "details":
            self._add_folded(part)
        elif part.is_end:
            self._close(part.name)
        else:
            self._open(part)

    def text(self) -> str:
        self._end_block()
        links = [f"[{number}] {address}" for address, number in self.numbers.items()]
        return "\n".join([*self.lines, *(["", "Links:"] if links else []), *links]).strip("\n")

    def _open(self, tag: _Tag) -> None:
        if tag.name == "br":
            self.pieces.append("\n")
        elif tag.name == "img":
            self._add_picture(tag)
        elif tag.name == "a":
            self._open_link(tag)
        elif tag.name == "rp":
            self.is_left_out = True
        elif tag.name in _DRESSES:
            self._open_span(_DRESSES[tag.name])
        elif tag.name in _GAPS:
            self._open_block(tag)

    def _close(self, name: str) -> None:
        if name == "a":
            self._close_link()
        elif name == "rp":
            self.is_left_out = False
        elif name in _DRESSES:
            self._close_span()
        elif name in _GAPS:
            self._close_block(name)

    # What runs on in a line

    def _add_words(self, words: str) -> None:
        if not self.is_left_out:
            self.pieces.append(_shown(words if self.codes else _SPACES.sub(" ", words)))

    def _add_picture(self, tag: _Tag) -> None:
        if alt := _one_line(_shown(tag.attributes.get("alt", ""))):
            self.pieces.append(f"[Picture: {alt}]")
        elif self.is_captioned:
            self.pieces.append("[Picture]")

    def _add_folded(self, tag: _Tag) -> None:
        self._open_block(_Tag("p"))
        self.pieces.append(f"{_shown(tag.words)} {_FOLDED}")
        if self.url:
            self.pieces.append(f" [{self._number(self.url)}]")
        self._close_block("p")

    def _open_span(self, dress: Callable[[str], str]) -> None:
        is_marked = not self.codes and all(mark.dress is not dress for mark in self.marks)
        span = _Span(len(self.pieces), dress) if is_marked else None
        self.spans.append(span)
        if span:
            self.marks.append(span)

    def _close_span(self) -> None:
        if span := self.spans.pop():
            self._dress(span)
            self.marks.remove(span)

    def _open_link(self, tag: _Tag) -> None:
        self.anchors += 1
        address = _shown(_SPACES.sub("", tag.attributes.get("href", "")))
        # Plain text has no places that an address could lead to: such words stand alone.
        if self.anchors == 1 and address and not address.startswith("#"):
            whole = _whole(address, self.url or settings.SITE_URL + "/")
            self.link = _Span(len(self.pieces), partial(self._linked, whole))

    def _close_link(self) -> None:
        self.anchors -= 1
        if self.link and not self.anchors:
            if self.link.has_words_above and not "".join(self.pieces).strip(" \n"):
                self.gap = min(self.gap, 1)
                self.pieces.append(self.link.dress(""))
            else:
                self._dress(self.link)
            self.link = None

    def _linked(self, address: str, words: str) -> str:
        scheme, _, name = address.partition(":")
        if scheme.lower() in ("mailto", "tel"):
            name = _one_line(_shown(unquote(name.partition("?")[0])))
            return name if words in ("", name) else f"{words} ({name})"
        return address if _bare(words) == _bare(address) else f"{words} [{self._number(address)}]".strip()

    def _number(self, address: str) -> int:
        return self.numbers.setdefault(address, len(self.numbers) + 1)

    def _dress(self, span: _Span) -> None:
        """Give the words of the span their marks; blanks at its ends stay outside."""
        text = "".join(self.pieces[span.start :])
        if words := text.strip(" \n"):
            before, _, after = text.partition(words)
            self.pieces[span.start :] = [before, span.dress(words), after]

    # Blocks

    def _open_block(self, tag: _Tag) -> None:
        if self.tables:
            self._open_in_table(tag.name)
            return
        self._end_block()
        self._want_gap(tag.name)
        if tag.name == "hr":
            self._write(["* * *"])
            self._want_gap("hr")
            return
        prefix = self._prefix_of(tag) if len(self.prefixes) < _DEEPEST else None
        self.blocks.append(prefix)
        if prefix:
            self.prefixes.append(prefix)
        if tag.name in ("ol", "ul"):
            self.lists.append(_list_of(tag))
        self.codes += tag.name == "pre"
        self.tables += tag.name == "table"
        self.is_captioned = tag.has_caption if tag.name == "figure" else self.is_captioned

    def _close_block(self, name: str) -> None:
        if self.tables and not self._close_in_table(name):
            return
        self._end_block(is_heading=name in _HEADINGS)
        if self.blocks.pop():
            self.prefixes.pop()
            self.shared = min(self.shared, len(self.prefixes))
        if name in ("ol", "ul"):
            self.lists.pop()
        self._want_gap(name)
        self.codes -= name == "pre"
        self.is_captioned &= name != "figure"

    def _want_gap(self, name: str) -> None:
        is_inner_list = name in ("ol", "ul") and self.lists
        self.gap = max(self.gap, 1 if is_inner_list else _GAPS[name])

    def _prefix_of(self, tag: _Tag) -> _Prefix | None:
        if tag.name == "blockquote":
            return _Prefix("> ", "> ")
        if tag.name == "dd":
            return _Prefix(_INDENT, _INDENT)
        if tag.name == "li":
            mark = self.lists[-1].mark() if self.lists else "- "
            return _Prefix(mark, " " * len(mark))
        return None

    def _end_block(self, *, is_heading: bool = False) -> None:
        text = self._take()
        lines = _lines_of_code(text) if self.codes else _lines_of(text)
        if is_heading and lines:
            lines.append("-" * max(map(_width, lines)))
        self._write(lines)

    def _take(self) -> str:
        """Return what was gathered; marks that are still open end here and begin anew in the next block."""
        for mark in reversed(self.marks):
            self._dress(mark)
        text = "".join(self.pieces)
        self.pieces.clear()
        for span in [*self.marks, *([self.link] if self.link else [])]:
            span.start = 0
            span.has_words_above |= bool(text.strip())
        return text

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        if self.lines and self.gap > 1:
            self.lines.append("".join(prefix.rest for prefix in self.prefixes[: self.shared]).rstrip())
        for line in lines:
            self.lines.append(("".join(prefix.take() for prefix in self.prefixes) + line).rstrip())
        self.gap, self.shared = 0, len(self.prefixes)

    # Tables: each row is a line, whatever its cells hold

    def _open_in_table(self, name: str) -> None:
        self.pieces.append(" ")
        self.tables += name == "table"
        if name == "tr" and self.tables == 1:
            self.rows.append(_Row())

    def _close_in_table(self, name: str) -> bool:
        """Say whether that was the end of the outermost table."""
        self.pieces.append(" ")
        self.tables -= name == "table"
        if name in ("td", "th") and self.tables == 1:
            self.rows[-1].cells.append(_one_line(self._take()))
            self.rows[-1].is_head &= name == "th"
        if not self.tables:
            self._take()
            self._write(_lines_of_table(self.rows))
            self.rows = []
        return not self.tables


def _list_of(tag: _Tag) -> _List:
    if tag.name == "ul":
        return _List(None)
    start = tag.attributes.get("start", "").strip()
    is_reversed = "reversed" in tag.attributes
    first = int(start) if _NUMBER.fullmatch(start) else tag.items if is_reversed else 1
    return _List(first, -1 if is_reversed else 1)


def _shown(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\t", _INDENT))


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://|mailto:|tel:)", "", unquote(address)).rstrip("/")


def _lines_of(text: str) -> list[str]:
    lines = "\n".join(re.sub(" +", " ", line).strip(" ").rstrip() for line in text.split("\n"))
    lines = re.sub("\n{3,}", "\n\n", lines).strip("\n")
    return lines.split("\n") if lines else []


def _lines_of_code(text: str) -> list[str]:
    text = _BLANK_LINES_ABOVE.sub("", text).rstrip()
    return [_INDENT + line for line in text.split("\n")] if text else []


def _lines_of_table(rows: list[_Row]) -> list[str]:
    """Write the columns below one another where they are narrow enough, and a rule under the head."""
    rows = [row for row in rows if any(row.cells)]
    widths = _widths_of(rows)
    lines = [
        " | ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row.cells, widths, strict=False)
        ).rstrip()
        for row in rows
    ]
    heads = next((i for i, row in enumerate(rows) if not row.is_head), 0)
    if heads:
        lines.insert(heads, "-" * max(map(_width, lines if any(widths) else lines[:heads])))
    return lines


def _widths_of(rows: list[_Row]) -> list[int]:
    """Return how wide each column is; 0 where the table is too wide for columns."""
    count = max((len(row.cells) for row in rows), default=0)
    if count * 3 < _WIDEST_TABLE:
        columns = zip_longest(*(row.cells for row in rows), fillvalue="")
        widths = [max(map(_width, column)) for column in columns]
        if sum(widths) + 3 * (count - 1) <= _WIDEST_TABLE:
            return widths
    return [0] * count


def _width(text: str) -> int:
    """Return how many columns the text takes where all letters are equally wide (Unicode, UAX 11)."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.category(sign) in ("Mn", "Me", "Cf") for sign in text)
