"""Old HTML as a tree, as a browser would read it, whatever is wrong with it. Pure.

It is our own reader because it must neither fail nor lose a word: it takes time that grows with the text's length,
and its tree is never deeper than can be walked.
"""

import html
import re
from functools import cached_property

DEEPEST = 48  # what lies deeper loses its tags, and keeps its words

VOID = set(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
BLOCKS = set(
    (
        "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset "
        "figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing "
        "main menu multicol nav ol optgroup p plaintext pre search section select summary table tbody td template "
        "tfoot th thead title tr ul xml xmp "
        # What is shown in its own box becomes a paragraph of its own.
        "applet audio canvas embed iframe object video #more #dynamic"
    ).split()
)
EMBEDS = set("audio embed iframe object video frame".split())
PREFORMATTED = {"pre", "listing", "xmp", "plaintext"}
# Their content is no markup: it ends with their own closing tag.
_RAW_TEXT = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "xml"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CELLS = {"td", "th", "caption"}
# The opening of one ends the other, up to the element that holds both.
_ENDS = {
    "li": ({"li"}, {"ul", "ol", "menu", "dir"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th", "caption", "colgroup"}, {"table"}),
    "td": ({"td", "th", "caption"}, {"tr", "table"}),
    "th": ({"td", "th", "caption"}, {"tr", "table"}),
    "thead": ({"tbody", "thead", "tfoot", "caption", "colgroup"}, {"table"}),
    "tbody": ({"tbody", "thead", "tfoot", "caption", "colgroup"}, {"table"}),
    "tfoot": ({"tbody", "thead", "tfoot", "caption", "colgroup"}, {"table"}),
    "option": ({"option"}, {"select"}),
    "summary": (set(), {"details"}),
}
_PARTS_OF_TABLE = {"tbody", "thead", "tfoot", "tr"} | _CELLS
_ROWS = {"table", "tbody", "thead", "tfoot", "tr"}
_BETWEEN_CELLS = {*_PARTS_OF_TABLE, "col", "colgroup", "script", "style", "input", "form", "template"}

_NAME = r"(/?)([a-zA-Z][\w-]*+(?::[\w-]++)?)(?=[\s/>])"
_TAG = re.compile(
    rf"<{_NAME}((?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|=)*+)>",
    re.ASCII,
)
_SIMPLE_TAG = re.compile(rf"<{_NAME}([^<>]*+)>", re.ASCII)
_BEGINS_TAG = re.compile(rf"<{_NAME}", re.ASCII)
_ATTRIBUTE = re.compile(r"([^\s\"'>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_ENDS_IN_VALUE = re.compile(r"=\s*[^\s\"'>]*/\Z")  # <a href=http://old.example/>: the slash is the address's
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z][a-zA-Z0-9]{1,31};)")
_LONGEST_VALUE = 4000
_MOST_BROKEN_TAGS = 20  # which are searched to the end of the text

_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Soft hyphens, zero-width spaces and marks of order; joiners only where no script and no emoji needs them.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u2060\ufeff]|(?<![\u0300-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\U0010ffff])"
)
_ODD_SPACES = re.compile("[\u00a0\u2007\u202f\u000b\u000c\u0085\u2028\u2029]")
_MORE = re.compile(r"\s*more\b(.*)\Z", re.DOTALL | re.IGNORECASE)
_DYNAMIC = re.compile(r"\s*wp:([\w/-]+)\s*(\{.*\})?\s*/\s*\Z", re.DOTALL)
_STARTS_OR_ENDS_BLOCK = re.compile(r"\s*/?wp:|\s*nextpage", re.IGNORECASE)


class Node:
    """An element: its children are elements and plain text, character references already read."""

    def __init__(self, tag: str, written: str = "", children: "list[Node | str] | None" = None) -> None:
        self.tag = tag
        self.written = written  # its attributes as they stand in the tag; or what it is made of, where it is no tag
        self.children: list[Node | str] = [] if children is None else children
        self.has_block = False
        self.is_ended = False

    @cached_property
    def attributes(self) -> dict[str, str]:
        return read_attributes(self.written) if self.written else {}

    def get(self, name: str) -> str:
        return self.attributes.get(name, "") if name in self.written.lower() else ""

    def has_class(self, name: str) -> bool:
        return name in self.written and name in self.get("class").split()

    @property
    def is_block(self) -> bool:
        return self.tag in BLOCKS

    def copy(self, children: "list[Node | str]") -> "Node":
        made = Node(self.tag, self.written, children)
        made.has_block = any(isinstance(child, Node) and (child.is_block or child.has_block) for child in children)
        return made


def read_attributes(written: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        attributes.setdefault(name.lower(), unescape_attribute("".join(values)))
    return attributes


def unescape_attribute(value: str) -> str:
    """In an address, `&copy=1` is no ©: only a reference that ends as it should is one."""
    if "&" in value:
        value = _REFERENCE.sub(lambda found: html.unescape(found[0]), value)
    return _UNFIT.sub("", value)


def unescape_text(text: str) -> str:
    return _UNFIT.sub("", html.unescape(text) if "&" in text else text)


def clean_text(text: str) -> str:
    """Without the no-break spaces of widow control and pasting, and without what nobody can see."""
    if text.isascii() and "\x0b" not in text and "\x0c" not in text:
        return text
    return _UNSEEN.sub("", _ODD_SPACES.sub(" ", text))


def parse(text: str) -> Node:
    return _Builder(text).build()


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root = Node("#root")
        self.stack = [self.root]
        self.preformatted = 0  # how many such elements are open
        self.broken_tags = 0
        self.never_ended: set[str] = set()  # what has no end in the rest of the text
        self.done = 0  # up to where the text is in the tree
        self._lower: str | None = None

    def build(self) -> Node:
        place = 0
        while (start := self.text.find("<", place)) >= 0:
            place = self._markup(start) or start + 1
        self._words_before(len(self.text))
        return self.root

    def _markup(self, start: int) -> int:
        """Take the tag or comment that begins here, after the words before it; return where it ends, or 0."""
        sign = self.text[start + 1 : start + 2]
        if sign in ("!", "?"):
            return self._comment(start) if self.text.startswith("<!--", start) else self._declaration(start)
        found = self._tag(start)
        if not found:
            return 0
        self._words_before(start)
        ending, name, written = found[1], found[2].lower(), found[3]
        end = found.end()
        if ending:
            self._close(name)
        else:
            is_empty = name in VOID or (
                written.endswith("/") and not _ENDS_IN_VALUE.search(written, max(len(written) - _LONGEST_VALUE, 0))
            )
            if name in _RAW_TEXT and not is_empty:
                end = self._raw_text(name, written, end)
            else:
                self._open(name, written.removesuffix("/") if is_empty else written, is_empty=is_empty)
        self.done = end
        return end

    def _tag(self, start: int) -> re.Match[str] | None:
        if self.broken_tags > _MOST_BROKEN_TAGS:
            return _SIMPLE_TAG.match(self.text, start)
        found = _TAG.match(self.text, start)
        if not found and _BEGINS_TAG.match(self.text, start):
            self.broken_tags += 1
            found = _SIMPLE_TAG.match(self.text, start)
        return found

    def _declaration(self, start: int) -> int:
        end = 0 if ">" in self.never_ended else self.text.find(">", start) + 1
        if not end:
            self.never_ended.add(">")
            return 0
        self._words_before(start)
        self.done = end
        return end

    def _words_before(self, start: int) -> None:
        if start > self.done:
            self._add_text(self.text[self.done : start])

    def _add_text(self, text: str) -> None:
        text = unescape_text(text)
        if not self.preformatted:
            text = clean_text(text)
        if text:
            if self.stack[-1].tag in _ROWS and text.strip():
                self._begin_cell()
            children = self.stack[-1].children
            if children and isinstance(children[-1], str):
                children[-1] += text
            else:
                children.append(text)

    def _comment(self, start: int) -> int:
        self._words_before(start)
        end = -1 if "-->" in self.never_ended else self.text.find("-->", start + 4)
        if end < 0:  # a browser would hide all that follows: nothing shall be lost
            self.never_ended.add("-->")
            self.done = start + 4
            return self.done
        said = self.text[start + 4 : end]
        if more := _MORE.match(said):
            self._add_block(Node("#more", " ".join(more[1].split())))
        elif dynamic := _DYNAMIC.match(said):
            self._add_block(Node("#dynamic", f"{dynamic[1]} {dynamic[2] or ''}".strip()))
        elif _STARTS_OR_ENDS_BLOCK.match(said):
            self._add_block(Node("p"))
        self.done = end + 3
        return self.done

    def _raw_text(self, name: str, written: str, start: int) -> int:
        if name in self.never_ended:
            self._open(name, written, is_empty=True)
            return start
        if self._lower is None:
            self._lower = self.text.lower() if self.text.isascii() else _ascii_lower(self.text)
        end = self._lower.find(f"</{name}", start)
        if end < 0:
            self.never_ended.add(name)
            self._open(name, written, is_empty=True)
            return start
        node = Node(name, written, [self.text[start:end]])
        if name in BLOCKS:
            self._add_block(node)
        else:
            self.stack[-1].children.append(node)
        return (self.text.find(">", end) + 1) or len(self.text)

    def _add_block(self, node: Node) -> None:
        self._end_paragraph()
        self.stack[-1].children.append(node)
        self._note_block()

    def _note_block(self) -> None:
        for above in reversed(self.stack):
            if above.has_block:
                break
            above.has_block = True

    def _open(self, name: str, written: str, *, is_empty: bool) -> None:
        if name in _PARTS_OF_TABLE and not any(node.tag == "table" for node in self.stack):
            name = "div"  # a cell that stands nowhere
        is_block = name in BLOCKS
        if is_block:
            self._end_paragraph(name)
            self._end_what_it_ends(name)
        elif name == "a":
            self._close("a")
        if self.stack[-1].tag in _ROWS and name not in _BETWEEN_CELLS:
            if name == "br":
                return
            self._begin_cell()
        node = Node(name, written)
        if is_block:
            self._note_block()
        if len(self.stack) >= DEEPEST and not is_empty:
            if is_block:
                self.stack[-1].children.append(Node("p"))
            return
        self.stack[-1].children.append(node)
        if not is_empty:
            self.stack.append(node)
            self.preformatted += name in PREFORMATTED

    def _begin_cell(self) -> None:
        """What stands between the cells of a table gets a cell."""
        if self.stack[-1].tag != "tr":
            self._open("tr", "", is_empty=False)
        self._open("td", "", is_empty=False)

    def _end_paragraph(self, name: str = "") -> None:
        """A block ends the paragraph in which it begins, and a heading ends a heading."""
        for depth in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[depth].tag
            if tag == "p" or (name in _HEADINGS and tag in _HEADINGS):
                self._pop_to(depth)
                return
            if tag in BLOCKS:
                return

    def _end_what_it_ends(self, name: str) -> None:
        ended, holders = _ENDS.get(name, (set(), set()))
        if not ended:
            return
        outermost = 0
        for depth in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[depth].tag
            if tag in holders:
                break
            if tag in ended:
                outermost = depth
            elif tag in _CELLS or tag == "table":
                break
        if outermost:
            self._pop_to(outermost)

    def _close(self, name: str) -> None:
        if name == "br":
            self.stack[-1].children.append(Node("br"))
            return
        is_block = name in BLOCKS
        for depth in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[depth].tag
            if tag == name or (name in _HEADINGS and tag in _HEADINGS):
                if any(node.tag in BLOCKS for node in self.stack[depth + 1 :]) and not is_block:
                    self.stack[depth].is_ended = True  # it goes with the block in which it ends
                else:
                    self._pop_to(depth)
                return
            if tag in _CELLS and name != "table" and name not in _PARTS_OF_TABLE:
                break
        if is_block:
            self.stack[-1].children.append(Node("p"))
            self._note_block()

    def _pop_to(self, depth: int) -> None:
        """Close the element at this depth; what is wrongly still open in it is opened again after it."""
        closed = self.stack[depth:]
        del self.stack[depth:]
        self.preformatted -= sum(node.tag in PREFORMATTED for node in closed)
        if closed[0].tag not in BLOCKS:
            for node in closed[1:]:
                if node.tag not in ("a", "#root") and not node.is_ended:
                    again = Node(node.tag, node.written)
                    self.stack[-1].children.append(again)
                    self.stack.append(again)
        while len(self.stack) > 1 and self.stack[-1].is_ended:
            del self.stack[-1]


def _ascii_lower(text: str) -> str:
    """Lower case that keeps every letter's place."""
    return text.translate({sign: sign + 32 for sign in range(ord("A"), ord("Z") + 1)})
