"""The simple HTML of a WordPress comment as the text of one of ours: links, emphasis, quotes, lists. Pure.

WordPress makes paragraphs and breaks of line ends, and links of bare addresses, as we do. Code, headings and crossed
out words have no form in our comments: their words stay. Whatever is no tag that WordPress lets readers use is text.
"""

import html as entities
import re
from dataclasses import dataclass, field
from os.path import commonprefix

from posts.rendering import fit, plain_text, render_comment, without_turns
from posts.wordpress.converting.closing_lines import page_address

DEEPEST = 8  # quotes and lists in each other; further ones stand on the last level

_TAG = re.compile(
    r"(<(?:/?(?:a|abbr|acronym|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|ol"
    r"|p|pre|q|s|small|span|strike|strong|sub|sup|tt|u|ul)(?=[\s/>])[^<>]*+|!--[^<>]*+--)>)",
    re.IGNORECASE,
)
_NAME = re.compile(r"</?([a-z0-9]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s(href|src|alt)\s*=\s*(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE)
_BLOCKS = frozenset("blockquote center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre ul".split())
_STYLES = {"b": "**", "strong": "**", **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "**")}
_STYLES |= {"em": "*", "i": "*", "cite": "*"}
_URL = re.compile(r"(https?://[^\s<>]+)", re.IGNORECASE)
_MARKS = re.compile(r"([\\*_`]|\](?=\()|<(?=[a-z][a-z0-9+.-]*[:@]))", re.IGNORECASE)
_AT_LINE_START = re.compile(r"^(\s*)(?:([>+-])|(\d{1,9})([.)]))", re.MULTILINE)


@dataclass(slots=True)
class _Run:
    """Words of one look."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False
    address: str = ""


@dataclass(slots=True)
class _Paragraph:
    first: str = ""  # what stands before its first line: "> - "
    others: str = ""  # and before those after it
    runs: list[_Run] = field(default_factory=list)

    @property
    def is_item(self) -> bool:
        return self.first != self.others


def remark_text(content: str) -> tuple[str, str]:
    """Return the Markdown of a comment and the HTML that it is shown as."""
    content = fit(without_turns(content)).replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = _Reader(content).paragraphs
    text = _written(paragraphs, is_plain=False)
    rendered = render_comment(text)
    if _words(rendered) != _said(paragraphs):
        text = _written(paragraphs, is_plain=True)
        rendered = render_comment(text)
    return text, rendered


def _words(rendered: str) -> str:
    return "".join(plain_text(rendered).split())


def _said(paragraphs: list[_Paragraph]) -> str:
    return "".join("".join(run.text for each in paragraphs for run in each.runs).split())


class _Reader:
    """Reads a comment's HTML into paragraphs of runs."""

    def __init__(self, content: str) -> None:
        self.paragraphs: list[_Paragraph] = []
        self.around: list[str] = []  # "> " for a quote, "- " or "1. " for a list's item
        self.lists: list[int] = []  # number of the last item; -1 where they have no numbers
        self.strong = self.emphasised = 0
        self.address = ""
        self.is_new, self.is_item_new = True, False
        for i, piece in enumerate(_TAG.split(content)):
            if i % 2 == 0:
                self._text(entities.unescape(piece))
            elif not piece.startswith("<!"):
                self._tag(piece)
        self.paragraphs = [each for each in self.paragraphs if any(run.text.strip() for run in each.runs)]

    def _text(self, text: str) -> None:
        for i, part in enumerate(re.split(r"\n[^\S\n]*\n\s*", fit(text))):
            self.is_new = self.is_new or i > 0
            self._say(part)

    def _say(self, text: str) -> None:
        if self.is_new and not text.strip():
            return
        if self.is_new:
            self.paragraphs.append(self._paragraph())
            self.is_new, text = False, text.lstrip()
        run = _Run(text, self.strong > 0, self.emphasised > 0, self.address)
        self.paragraphs[-1].runs.append(run)

    def _paragraph(self) -> _Paragraph:
        others = "".join(mark if mark == "> " else " " * len(mark) for mark in self.around)
        first = others
        if self.is_item_new:
            last = max(i for i, mark in enumerate(self.around) if mark != "> ")
            first = "".join(
                mark if mark == "> " or i == last else " " * len(mark) for i, mark in enumerate(self.around)
            )
            self.is_item_new = False
        return _Paragraph(first, others)

    def _tag(self, tag: str) -> None:
        found = _NAME.match(tag)
        name, is_end = found[1].lower() if found else "", tag.startswith("</")
        if name == "br":
            self._say("\n")
        elif name == "img":
            self._picture(tag)
        elif name == "a":
            self.address = "" if is_end else page_address(_attributes(tag).get("href", ""))
        elif name == "q":
            self._say("”" if is_end else "“")
        if name in _BLOCKS:
            self.is_new = True
            self._block(name, is_end=is_end)
        step = -1 if is_end else 1
        if _STYLES.get(name) == "**":
            self.strong = max(0, self.strong + step)
        elif _STYLES.get(name) == "*":
            self.emphasised = max(0, self.emphasised + step)

    def _picture(self, tag: str) -> None:
        attributes = _attributes(tag)
        self._say(attributes.get("alt", "").strip() or page_address(attributes.get("src", "")))

    def _block(self, name: str, *, is_end: bool) -> None:
        if name == "blockquote" and not is_end and len(self.around) < DEEPEST:
            self.around.append("> ")
        elif name == "blockquote" and is_end and "> " in self.around:
            del self.around[len(self.around) - 1 - self.around[::-1].index("> ") :]
        elif name in ("ul", "ol") and not is_end:
            self.lists.append(-1 if name == "ul" else 0)
        elif name in ("ul", "ol"):
            self._leave_item()
            del self.lists[-1:]
        elif name == "li":
            self._leave_item()
            if not is_end and self.lists and len(self.around) < DEEPEST:
                self._enter_item()

    def _enter_item(self) -> None:
        if self.lists[-1] >= 0:
            self.lists[-1] += 1
        self.around.append("- " if self.lists[-1] < 0 else f"{self.lists[-1]}. ")
        self.is_item_new = True

    def _leave_item(self) -> None:
        """End the item of the innermost list, if one is open; deeper lists have ended theirs."""
        items = sum(mark != "> " for mark in self.around)
        if items >= len(self.lists) > 0 and self.around[-1:] not in ([], ["> "]):
            self.around.pop()
            self.is_item_new = False


def _attributes(tag: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(tag)
    return {name.lower(): entities.unescape(a or b or c) for name, a, b, c in reversed(found)}


def _written(paragraphs: list[_Paragraph], *, is_plain: bool) -> str:
    written = []
    for paragraph in paragraphs:
        text = _inline(paragraph.runs, is_plain=is_plain)
        lines = [line.strip() for line in text.strip().split("\n")]
        first, *others = [_AT_LINE_START.sub(_escaped_start, line) for line in lines if line] or [""]
        written.append("\n".join([f"{paragraph.first}{first}", *(f"{paragraph.others}{line}" for line in others)]))
    return _joined(written, paragraphs)


def _joined(written: list[str], paragraphs: list[_Paragraph]) -> str:
    """Part paragraphs by a line; in a quote that line is the quote's too."""
    text = ""
    for number, (lines, paragraph) in enumerate(zip(written, paragraphs, strict=True)):
        before = paragraphs[number - 1]
        if number and before.is_item and paragraph.is_item:
            text += "\n"
        elif number:
            shared = commonprefix([before.others, paragraph.others])  # noqa: RUF071  of signs, it is no path
            text += f"\n{shared.rstrip()}\n"
        text += lines
    return text


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"


def _inline(runs: list[_Run], *, is_plain: bool) -> str:
    written = ""
    for run in runs:
        core = run.text.strip()
        if not core or is_plain:
            written += _escaped(run.text) if core else run.text
            continue
        before, after = run.text[: run.text.index(core)], run.text[run.text.index(core) + len(core) :]
        marks = "**" * run.is_strong + "*" * run.is_emphasised
        written += f"{before}{marks}{_linked(core, run.address)}{marks[::-1]}{after}"
    return written


def _linked(words: str, address: str) -> str:
    if not address or words == address:
        return _escaped(words)
    target = re.sub(r"[\s<>\\]", lambda sign: f"%{ord(sign[0]):02X}", address)
    label = re.sub(r"([\[\]])", r"\\\1", " ".join(_MARKS.sub(r"\\\1", words).split()).replace("\\]", "]"))
    return f"[{label}](<{target}>)" if re.search(r"[()\s]", target) else f"[{label}]({target})"


def _escaped(text: str) -> str:
    """Return words as Markdown that shows them as they are; addresses stay what they are."""
    return "".join(piece if i % 2 else _MARKS.sub(r"\\\1", piece) for i, piece in enumerate(_URL.split(text)))
