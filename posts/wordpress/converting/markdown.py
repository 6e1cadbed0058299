"""What WordPress stored of a text, as our Markdown. Pure."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from posts.rendering import says_something
from posts.wordpress.converting import escaping
from posts.wordpress.converting.inline import Atom, Break, Edge, Mark, Token, paragraphs
from posts.wordpress.converting.linking import link_addresses
from posts.wordpress.converting.markup import EMBEDS, PREFORMATTED, Node, parse
from posts.wordpress.converting.old_files import NO_FILES, Files
from posts.wordpress.converting.shortcodes import block_says, expand
from posts.wordpress.converting.targets import (
    Picture,
    Targets,
    behind,
    descendants,
    embedded,
    filled_in,
    only_pictures,
)
from posts.wordpress.reasons import Reason

DEEPEST_NEST = 10  # quotations and lists in each other; the renderer goes no deeper than 40 levels of its own

UNSEEN = set("style xml title head meta link base basefont bgsound col colgroup param source track wbr".split())
# Told, for something that worked is gone; their words stay, but for those of which there are none to be seen.
REMOVED = set("script form input button select textarea svg canvas applet math frameset".split())
WORDLESS = set("script input select textarea svg datalist noframes noembed template".split())
_SIGNS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "strike": "~~"}
_RAW_OF = {"*": ("<em>", "</em>"), "**": ("<strong>", "</strong>"), "~~": ("<s>", "</s>")}
_RAW_INLINE = set("abbr bdi bdo cite code del dfn ins kbd mark q rp rt ruby samp small sub sup time u var".split())
_RENAMED = {"acronym": "abbr", "tt": "code", "strike": "s", "listing": "pre", "menu": "ul", "dir": "ul"}
_RAW_BLOCKS = set(
    (
        "blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p pre summary table tbody td tfoot "
        "th thead tr ul"
    ).split()
)
_RAW_ATTRIBUTES = {
    "abbr": ("title",), "blockquote": ("cite",), "q": ("cite",), "ol": ("start", "reversed"),
    "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan", "scope"), "time": ("datetime",),
}  # fmt: skip
_NO_PICTURE_TEXT = {"table", "blockquote", "ul", "ol", *PREFORMATTED, *EMBEDS}
_STRUCTURE = set("details ul ol menu dir dl table thead tbody tfoot tr".split())
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_HIDDEN_BLOCKS = {"spacer", "post-title", "separator", "more", "nextpage", "paragraph", "group", "columns", "column"}


@dataclass
class Converted:
    markdown: str
    reasons: list[Reason] = field(default_factory=list)
    images: tuple[str, ...] = ()  # addresses of the pictures it shows, in order
    root: Node = field(default_factory=lambda: Node("#root"))  # the old text as it was read


class Piece(NamedTuple):
    kind: str  # "line" (words without a paragraph of their own), "paragraph", "list", "more", "other"
    markdown: str


def convert(text: str, *, files: Files = NO_FILES, base: str = "", is_careful: bool = False) -> Converted:
    """Return the Markdown of a text as WordPress stored it.

    `base` is the old blog's address ("https://oldblog.example"). A careful conversion writes more than is needed as
    raw HTML or with a backslash before it, for where the usual one did not come out well.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    expanded = expand(text, files)
    root = read(expanded.html)
    writer = _Writer(Targets(files, base), has_lines="<!-- wp:" not in text, is_careful=is_careful)
    markdown = writer.document(root)
    reasons = expanded.reasons + writer.told()
    return Converted(markdown, reasons, tuple(dict.fromkeys(writer.images)), root)


def read(text: str) -> Node:
    """Return the tree of a text in which shortcodes are HTML."""
    root = parse(text)
    if "://" in text:
        link_addresses(root)
    return root


class _Writer:
    def __init__(self, targets: Targets, *, has_lines: bool, is_careful: bool) -> None:
        self.targets = targets
        self.has_lines = has_lines  # line breaks and empty lines are meant, as WordPress has it (wpautop)
        self.is_careful = is_careful
        self.images: list[str] = []
        self.removed: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        self.undescribed: dict[str, None] = {}
        self.untold: dict[Reason, None] = {}
        self.marks: list[str] = []  # that are open around the present words
        self.has_more = False
        self.nest = 0
        self.direction = ""

    def told(self) -> list[Reason]:
        reasons = list(self.untold)
        if self.removed:
            reasons.append(Reason("removed-markup", f"Left out: {_listed(self.removed)}."))
        if self.missing:
            reasons.append(Reason("file-missing", f"Pictures that are not here: {_listed(self.missing)}."))
        if self.undescribed:
            reasons.append(Reason("no-description", f"Nothing says what these show: {_listed(self.undescribed)}."))
        return reasons

    # Blocks

    def document(self, root: Node) -> str:
        parts: list[str] = []
        for piece in self.blocks(root.children):
            if piece.kind != "more":
                parts.append(piece.markdown)
            elif not self.has_more:
                self.has_more = True
                parts.append(piece.markdown)
        return "\n\n".join(_apart(parts))

    def blocks(self, nodes: Iterable[Node | str]) -> list[Piece]:
        pieces: list[Piece] = []
        run: list[Node | str] = []
        for node in _level(nodes):
            if isinstance(node, str) or not node.is_block:
                run.append(node)
                continue
            if run:
                pieces += self.run(run, "line")
                run = []
            pieces += self.block(node)
        return pieces + self.run(run, "line") if run else pieces

    def run(self, nodes: list[Node | str], kind: str) -> list[Piece]:
        """Words and what stands among them; pictures at either end become paragraphs of their own."""
        before, nodes, after = _pictures_apart(nodes)
        return [
            Piece(kind if part is nodes else "paragraph", text)
            for part in [*before, nodes, *after]
            for text in self.paragraphs(part)
        ]

    def paragraphs(self, nodes: Iterable[Node | str]) -> list[str]:
        tokens: list[Token] = []
        self.flatten(nodes, tokens)
        texts = paragraphs(tokens, is_careful=self.is_careful)
        return ["\n".join(map(escaping.escape_line, text.split("\n"))) for text in texts if text]

    def line(self, nodes: Iterable[Node | str]) -> str:
        tokens: list[Token] = []
        self.flatten(nodes, tokens)
        return "".join(paragraphs(tokens, is_line=True, is_careful=self.is_careful))

    def block(self, node: Node) -> list[Piece]:
        if self.is_left_out(node):
            return []
        if node.tag in EMBEDS:
            return self.player(node)
        if node.tag in _HEADINGS:
            return self.heading(node)
        if node.tag == "figure" or (node.tag in ("dl", "div") and node.has_class("wp-caption")):
            return self.figure(node)
        write = _BLOCK_WRITERS.get(node.tag, _Writer.container)
        return write(self, node)

    def container(self, node: Node) -> list[Piece]:
        return self.in_language(node, self.cover(node) + self.inside(node, "line"))

    def paragraph(self, node: Node) -> list[Piece]:
        return self.in_language(node, self.inside(node, "paragraph"))

    def rule(self, node: Node) -> list[Piece]:
        return [Piece("other", "***" if self.nest else "---")]

    def more(self, node: Node) -> list[Piece]:
        words = node.written if "--" not in node.written and "<" not in node.written else ""
        return [Piece("more", f"<!--more {words}-->" if words else "<!--more-->")]

    def is_left_out(self, node: Node) -> bool:
        if node.tag in REMOVED:
            self.removed.setdefault(f"<{node.tag}>")
        return node.tag in UNSEEN or node.tag in WORDLESS

    def inside(self, node: Node, kind: str) -> list[Piece]:
        if node.has_block:
            return [Piece("paragraph" if kind == "paragraph" else piece.kind, piece.markdown) if piece.kind == "line"
                    else piece for piece in self.blocks(node.children)]  # fmt: skip
        return self.run(node.children, kind)

    def quotation(self, node: Node) -> list[Piece]:
        return self.nested(node, self.quoted)

    def enumeration(self, node: Node) -> list[Piece]:
        if "gallery" in node.written:
            return self.blocks(node.children)
        return self.nested(node, self.items)

    def nested(self, node: Node, write: Callable[[Node], list[Piece]]) -> list[Piece]:
        """A quotation or a list; too deep in others it is but its content."""
        if self.nest >= DEEPEST_NEST:
            return self.blocks(node.children)
        self.nest += 1
        try:
            return self.in_language(node, write(node))
        finally:
            self.nest -= 1

    def in_language(self, node: Node, pieces: list[Piece]) -> list[Piece]:
        attributes = self.language(node)
        if not attributes or not pieces:
            return pieces
        inner = "\n\n".join(_apart([piece.markdown for piece in pieces if piece.kind != "more"]))
        mores = [piece for piece in pieces if piece.kind == "more"]
        return [Piece("other", f"<div{attributes}>\n\n{inner}\n\n</div>"), *mores]

    def language(self, node: Node) -> str:
        """Language and direction, where they say anything; Word and others write them everywhere."""
        written = node.written.lower()
        if "lang" not in written and "dir" not in written:
            return ""
        language, direction = node.get("lang").strip(), node.get("dir").strip().lower()
        if not _LANGUAGE.match(language) or re.match(r"EN-[A-Z]{2}\Z", language):
            language = ""
        if direction not in ("rtl", "auto") and not (direction == "ltr" and (language or self.direction)):
            direction = ""
        if direction == "rtl":
            self.direction = direction
        return _attributes({"lang": language, "dir": direction})

    def heading(self, node: Node) -> list[Piece]:
        attributes = self.language(node)
        words = self.line(_flat(node.children))
        if not words:
            return []
        if attributes:
            words = f"<span{attributes}>{words}</span>"
        return [Piece("other", f"{'#' * _HEADINGS[node.tag]} {escaping.escape_heading(words)}")]

    def quoted(self, node: Node) -> list[Piece]:
        pieces = self.blocks(node.children)
        mores = [piece for piece in pieces if piece.kind == "more"]
        inner = "\n\n".join(_apart([piece.markdown for piece in pieces if piece.kind != "more"]))
        if not inner:
            return mores
        address = self.targets.link(node.get("cite")) if "cite" in node.written else None
        if address:
            return [Piece("other", f'<blockquote cite="{html.escape(address)}">\n\n{inner}\n\n</blockquote>'), *mores]
        return [Piece("other", _prefixed(inner, "> ", "> ")), *mores]

    def items(self, node: Node) -> list[Piece]:
        if node.tag == "ol" and "reversed" in node.attributes:
            return self.raw(node)
        is_ordered = node.tag == "ol"
        number = int(node.get("start")) if re.fullmatch(r"\d{1,8}", node.get("start").strip()) else 1
        mores: list[Piece] = []
        items: list[tuple[str, bool]] = []
        before: list[Piece] = []
        for group in _items(node):
            first = group[0]
            is_item = isinstance(first, Node) and first.tag == "li"
            pieces = self.item(first) if isinstance(first, Node) and is_item else self.blocks(group)
            mores += [piece for piece in pieces if piece.kind == "more"]
            pieces = [piece for piece in pieces if piece.kind != "more"]
            if not pieces:
                continue
            if not is_item and items:  # a list in a list, or words, with no item of their own
                text, is_tight = items.pop()
                is_tight = is_tight and all(piece.kind == "list" for piece in pieces)
                items.append((text + ("\n" if is_tight else "\n\n") + _joined(pieces), is_tight))
            elif not is_item and any(piece.kind == "list" for piece in pieces):
                before += pieces
            else:
                items.append((_joined(pieces), _is_tight(pieces)))
        is_tight = all(tight for _, tight in items)
        written = []
        for text, _ in items:
            mark = f"{number}." if is_ordered else "-"
            number += is_ordered
            written.append(_prefixed(text, f"{mark} ", " " * (len(mark) + 1)))
        if not written:
            return before + mores
        return [*before, Piece("list", ("\n" if is_tight else "\n\n").join(written)), *mores]

    def item(self, node: Node) -> list[Piece]:
        attributes = self.language(node)
        if not attributes:
            return self.inside(node, "line")
        return self.blocks([Node("span" if not node.has_block else "div", node.written, node.children)])

    def preformatted(self, node: Node) -> list[Piece]:
        words = _lines_in(node)
        if not words.strip():
            return self.inside(node, "paragraph")
        has_marks = any(inner.tag not in ("code", "span", "font", "br", "div") for inner in descendants(node))
        if node.has_class("wp-block-verse"):
            was, self.has_lines = self.has_lines, True
            try:
                return self.run(node.children, "paragraph")
            finally:
                self.has_lines = was
        if has_marks:
            pieces = self.raw(node)
            # In a list an empty line would end it; elsewhere lines read better.
            return pieces if self.nest else [Piece("other", piece.markdown.replace("&#10;", "\n")) for piece in pieces]
        language = re.search(r"(?:language|lang|brush)[-:]\s*([\w+#-]{1,30})", node.get("class"))
        return [Piece("other", escaping.fenced(words.strip("\n"), language[1] if language else ""))]

    def table(self, node: Node) -> list[Piece]:
        rows = _rows(node)
        captions = [child for child in descendants(node) if child.tag == "caption"]
        above = [piece for caption in captions for piece in self.inside(caption, "paragraph")]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around the text
            return above + self.inside(rows[0][0], "line")
        if self.is_simple(node, rows):
            lines = [f"| {' | '.join(self.line(cell.children) or ' ' for cell in row)} |" for row in rows]
            lines.insert(1, f"| {' | '.join('---' for _ in rows[0])} |")
            if all(line.count("|") == line.count("\\|") + len(rows[0]) + 1 for line in lines):
                return [*above, Piece("other", "\n".join(lines))]
        return above + self.raw(node)

    def is_simple(self, node: Node, rows: "list[list[Node]]") -> bool:
        if len(rows) < 2 or self.is_careful or self.language(node):
            return False
        return all(
            len(row) == len(rows[0])
            and all(
                (cell.tag == "th") == (number == 0)
                and not cell.has_block
                and not re.search(r"span|lang|dir\s*=", cell.written.lower())
                and "|" not in _words_in(cell)
                and not (self.has_lines and re.search(r"\n\s*\n", _words_in(cell)))
                for cell in row
            )
            for number, row in enumerate(rows)
        )

    def details(self, node: Node) -> list[Piece]:
        summaries = [child for child in node.children if isinstance(child, Node) and child.tag == "summary"]
        if not summaries:
            return self.blocks(node.children)
        inner = self.blocks([child for child in node.children if child not in summaries[:1]])
        mores = [piece for piece in inner if piece.kind == "more"]
        text = "\n\n".join(_apart([piece.markdown for piece in inner if piece.kind != "more"]))
        summary = self.raw_inline(_flat(summaries[0].children)).strip()
        return [Piece("other", f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"), *mores]

    def figure(self, node: Node) -> list[Piece]:
        inside = descendants(node)
        images = [inner for inner in inside if inner.tag == "img" and self.is_picture(inner)]
        captions = [inner for inner in inside if _is_caption(inner)]
        is_more = any(inner.tag in _NO_PICTURE_TEXT for inner in inside)
        if len(images) != 1 or len(captions) != 1 or is_more:
            return self.inside(node, "paragraph")
        caption, picture = captions[0], self.targets.picture(images[0])
        link = next((inner for inner in inside if inner.tag == "a" and images[0] in descendants(inner)), None)
        words = " ".join(_words_in(caption).split())
        has_links = any(inner.tag in ("a", "img") or self.language(inner) for inner in descendants(caption))
        others = " ".join(_words_in(node).split()) != words
        if others:
            return self.inside(node, "paragraph")
        shown: Node = link.copy([images[0]]) if link else images[0]
        if not words:
            return self.run([shown], "paragraph")
        if picture.is_here and not has_links and not self.is_careful:
            return [Piece("paragraph", text) for text in self.paragraphs([_captioned(shown, words)])]
        inner_html = (
            self.raw_inline([shown]) + f"<figcaption>{self.raw_inline(_flat(caption.children)).strip()}</figcaption>"
        )
        return [Piece("other", f"<figure>{inner_html}</figure>")]

    def cover(self, node: Node) -> list[Piece]:
        picture = behind(node)
        return self.run([picture], "paragraph") if picture else []

    def player(self, node: Node) -> list[Piece]:
        address, words = embedded(node)
        where = self.targets.link(address) if address else None
        if not where:
            self.removed.setdefault(f"<{node.tag}>")
            return self.inside(node, "paragraph") if node.tag != "iframe" else []
        tokens: list[Token] = [Edge(mark := Mark(address=where), True), words, Edge(mark, False)]
        return [Piece("paragraph", text) for text in paragraphs(tokens, is_careful=self.is_careful)]

    def dynamic(self, node: Node) -> list[Piece]:
        """A block that WordPress filled in when the page was shown."""
        if shown := filled_in(node):
            return self.player(shown)
        name, said = block_says(node.written)
        if name.rpartition("/")[2] not in _HIDDEN_BLOCKS:
            number = f" {said['ref']}" if isinstance(said.get("ref"), int) else ""
            self.removed.setdefault(f"the block “{name}{number}”, which WordPress filled in itself")
        return []

    # Words

    def flatten(self, nodes: Iterable[Node | str], tokens: list[Token]) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.words(node, tokens)
            elif node.tag == "br":
                tokens.append(Break())
            elif node.is_block or not self.is_left_out(node):
                self.element(node, tokens)

    def words(self, text: str, tokens: list[Token]) -> None:
        if not self.has_lines or "\n" not in text:
            tokens.append(text)
            return
        lines = text.split("\n")
        if not lines[0].strip() and tokens and isinstance(tokens[-1], Break):
            lines = lines[1:]  # WordPress takes a <br> and the end of the line after it for one
        for number, line in enumerate(lines):
            if number:
                tokens.append(Break())
            tokens.append(line)

    def element(self, node: Node, tokens: list[Token]) -> None:
        tag = node.tag
        if tag == "img":
            tokens += self.picture(node)
        elif tag in EMBEDS:
            self.linked(*embedded(node), tokens)
        elif tag == "a":
            self.anchor(node, tokens)
        elif tag in _SIGNS:
            self.emphasis(node, _SIGNS[tag], tokens)
        elif tag in ("code", "tt") and not any(inner.tag != "br" for inner in descendants(node)):
            self.code(_words_in(node), tokens)
        elif tag == "noscript" and only_pictures(node):
            return
        elif (name := _RENAMED.get(tag, tag)) in _RAW_INLINE:
            self.marked(node, Mark(opening=f"<{name}{self.raw_attributes(node)}>", ending=f"</{name}>"), name, tokens)
        elif sign := _styled(node):
            self.emphasis(node, sign, tokens)
        elif language := self.language(node):
            self.marked(node, Mark(opening=f"<span{language}>", ending="</span>"), f"span{language}", tokens)
        else:
            self.flatten(node.children, tokens)

    def code(self, written: str, tokens: list[Token]) -> None:
        words = written.strip("\n")
        if written.startswith("\n"):
            tokens.append(Break())
        if words and "code" in self.marks:
            tokens.append(words)
        elif words:
            raw = f"<code>{escaping.escape_text(' '.join(words.split()), is_careful=True)}</code>"
            tokens.append(Atom(raw if self.is_careful else escaping.code_span(words), raw))
        if written.endswith("\n"):
            tokens.append(Break())

    def marked(self, node: Node, mark: Mark, name: str, tokens: list[Token]) -> None:
        if name in self.marks:
            self.flatten(node.children, tokens)
            return
        self.marks.append(name)
        tokens.append(Edge(mark, True))
        self.flatten(node.children, tokens)
        tokens.append(Edge(mark, False))
        self.marks.pop()

    def emphasis(self, node: Node, sign: str, tokens: list[Token]) -> None:
        if "font-weight" in node.written and re.search(r"font-weight:\s*(?:normal|400)", node.written):
            self.flatten(node.children, tokens)
            return
        opening, ending = _RAW_OF[sign]
        self.marked(node, Mark(sign, opening, ending), sign, tokens)

    def anchor(self, node: Node, tokens: list[Token]) -> None:
        written = node.get("href")
        if not written.strip() or "a" in self.marks:
            self.flatten(node.children, tokens)
            return
        where = self.targets.link(written)
        if where is None:
            self.removed.setdefault(f"a link to “{written.strip()[:60]}”")
            self.flatten(node.children, tokens)
            return
        title = " ".join(node.get("title").split())
        title = "" if title == " ".join(_words_in(node).split()) else title
        self.marked(node, Mark(address=where, title=title), "a", tokens)

    def linked(self, address: str, words: str, tokens: list[Token]) -> None:
        where = self.targets.link(address) if address else None
        mark = Mark(address=where)
        tokens += (
            [" ", Edge(mark, True), words, Edge(mark, False), " "] if where and "a" not in self.marks else [words]
        )

    # Pictures

    def is_picture(self, node: Node) -> bool:
        return self.targets.picture(node).kind == "picture"

    def picture(self, node: Node) -> list[Token]:
        picture = self.targets.picture(node)
        if picture.kind != "picture":
            return self.no_picture(picture)
        self.note(picture)
        alt = escaping.escape_text(picture.alt, in_link=True, is_careful=self.is_careful)
        caption = escaping.title(node.get("data-caption")) if "data-caption" in node.written else ""
        shown = f"![{alt}]({escaping.destination(picture.address)}{caption})"
        atom = Atom(_raw_picture(picture) if self.is_careful else shown, is_picture=_is_large_picture(node))
        return [atom] if picture.is_here else [" ", atom, " "]  # words will stand there

    def no_picture(self, picture: Picture) -> list[Token]:
        if picture.kind == "pixel":
            self.untold.setdefault(Reason("counter-left-out", "A picture that only counted readers was left out."))
            return []
        if picture.kind == "inline":
            self.removed.setdefault("a picture whose bytes stood in the text")
        elif picture.kind == "none":
            self.removed.setdefault("a picture without an address")
        return [picture.alt] if picture.alt else []

    def note(self, picture: Picture) -> None:
        self.images.append(picture.address)
        if not picture.is_here:
            self.missing.setdefault(picture.address)
        elif not says_something(picture.alt):
            self.undescribed.setdefault(picture.address)

    # Raw HTML, for what Markdown has no signs for

    def raw(self, node: Node) -> list[Piece]:
        text = self.raw_block(node).strip()
        return [Piece("other", text)] if text else []

    def raw_block(self, node: Node) -> str:
        tag = _RENAMED.get(node.tag, node.tag)
        if self.is_left_out(node) or tag == "caption" or tag in ("#more",):
            return ""
        if tag == "hr":
            return "<hr>"
        if tag in EMBEDS:
            tokens_html = self.raw_link(node)
            return f"<p>{tokens_html}</p>" if tokens_html else self.raw_inline(node.children)
        inner = self.raw_inline(node.children)
        if tag == "pre":
            return f"<pre>{_raw_preformatted(self, node).removeprefix('&#10;')}</pre>"
        if tag == "p" and not inner.strip():
            return ""
        if tag not in _RAW_BLOCKS:
            tag = "div" if not tag.startswith("#") else "p"
        inner = re.sub(r"\A(?:\s|<br>)+|(?:\s|<br>)+\Z", "", inner)
        ending = "\n" if tag in ("tr", "li", "dt", "dd", "thead", "tbody", "tfoot", "p") else ""
        start = "\n" if tag in ("table", "ul", "ol", "dl") else ""
        return f"<{tag}{self.raw_attributes(node)}>{start}{inner}</{tag}>{ending}"

    def raw_link(self, node: Node) -> str:
        address, words = embedded(node)
        where = self.targets.link(address) if address else None
        if not where:
            self.removed.setdefault(f"<{node.tag}>")
            return ""
        return f'<a href="{html.escape(where)}">{html.escape(words, quote=False)}</a>'

    def raw_inline(self, nodes: Iterable[Node | str]) -> str:
        parts: list[str] = []
        for node in nodes:
            if isinstance(node, str):
                parts.append(self.raw_words(node, parts))
            elif node.tag == "br":
                parts.append("<br>")
            elif node.is_block:
                while parts and parts[-1] in ("<br>", " "):
                    parts.pop()
                parts.append(self.raw_block(node) or ("<br>" if parts else " "))
            elif not self.is_left_out(node):
                parts.append(self.raw_element(node))
        return "".join(parts)

    def raw_words(self, text: str, parts: list[str]) -> str:
        if self.has_lines and "\n" in text:
            lines = [" ".join(line.split()) for line in text.split("\n")]
            is_after_block = not parts or parts[-1].endswith((">\n", "<br>", "</p>", "</ul>", "</ol>", "</table>"))
            if not lines[0] and is_after_block:
                lines = lines[1:]
            written = "<br>".join(html.escape(line, quote=False) for line in lines)
            return ("" if text[0] not in " \t" else " ") + written + ("" if text[-1] not in " \t" else " ")
        return re.sub(r"\s+", " ", html.escape(text, quote=False))

    def raw_element(self, node: Node) -> str:
        tag = _RENAMED.get(node.tag, node.tag)
        if tag == "img":
            return self.raw_picture(node)
        if tag == "noscript" and only_pictures(node):
            return ""
        inner = self.raw_inline(node.children)
        if tag == "a" and node.get("href").strip():
            return self.raw_anchor(node, inner)
        if tag in _RAW_INLINE or tag in _SIGNS:
            tag = {"i": "em", "b": "strong"}.get(tag, tag)
            return f"<{tag}{self.raw_attributes(node)}>{inner}</{tag}>" if inner else ""
        attributes = self.language(node)
        return f"<span{attributes}>{inner}</span>" if attributes and inner else inner

    def raw_picture(self, node: Node) -> str:
        picture = self.targets.picture(node)
        if picture.kind != "picture":
            return "".join(html.escape(str(words), quote=False) for words in self.no_picture(picture))
        self.note(picture)
        return _raw_picture(picture) if picture.is_here else f" {_raw_picture(picture)} "

    def raw_anchor(self, node: Node, inner: str) -> str:
        where = self.targets.link(node.get("href"))
        if where is None:
            self.removed.setdefault(f"a link to “{node.get('href').strip()[:60]}”")
        if not where or not inner.replace("<br>", "").strip():
            return inner
        return f"<a{_attributes({'href': where, 'title': node.get('title').strip()})}>{inner}</a>"

    def raw_attributes(self, node: Node) -> str:
        tag = _RENAMED.get(node.tag, node.tag)
        values = {name: node.get(name) for name in _RAW_ATTRIBUTES.get(tag, ())}
        if "reversed" in values:
            values["reversed"] = "reversed" if "reversed" in node.attributes else ""
        if values.get("cite"):
            values["cite"] = self.targets.link(values["cite"]) or ""
        return _attributes(values) + self.language(node)


_BlockWriter = Callable[["_Writer", Node], list[Piece]]
_BLOCK_WRITERS: dict[str, _BlockWriter] = {
    "p": _Writer.paragraph,
    "blockquote": _Writer.quotation,
    "hr": _Writer.rule,
    "table": _Writer.table,
    "dl": _Writer.raw,
    "details": _Writer.details,
    "#more": _Writer.more,
    "#dynamic": _Writer.dynamic,
    "ul": _Writer.enumeration,
    "ol": _Writer.enumeration,
    "menu": _Writer.enumeration,
    "dir": _Writer.enumeration,
    "pre": _Writer.preformatted,
    "listing": _Writer.preformatted,
    "xmp": _Writer.preformatted,
    "plaintext": _Writer.preformatted,
}


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(name[:120] for name in names[:10]) + more


def _attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{html.escape(" ".join(value.split()))}"' for name, value in values.items() if value)


def _raw_picture(picture: Picture) -> str:
    return f'<img src="{html.escape(picture.address)}" alt="{html.escape(picture.alt)}">'


def _raw_preformatted(writer: _Writer, node: Node) -> str:
    """Its line ends are written as references: an empty line would end the raw HTML around it."""
    parts: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(html.escape(child, quote=False).replace("\n", "&#10;"))
        elif child.tag == "br":
            parts.append("&#10;")
        elif child.tag == "a" and (where := writer.targets.link(child.get("href"))):
            inner = _raw_preformatted(writer, child)
            parts.append(
                f'<a href="{html.escape(where)}">{inner}</a>' if inner.replace("&#10;", "").strip() else inner
            )
        elif child.tag in ("img", *EMBEDS):
            parts.append(writer.raw_inline([child]))
        elif not writer.is_left_out(child):
            name = child.tag if child.tag in _RAW_INLINE or child.tag in _SIGNS else ""
            inner = _raw_preformatted(writer, child)
            between = "&#10;" if child.is_block else ""
            parts.append(f"<{name}>{inner}</{name}>" if name else between + inner + between)
    return "".join(parts)


def _prefixed(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    blank = others.rstrip()
    return "\n".join(
        (first if number == 0 else others) + line if line else (blank if number else first)
        for number, line in enumerate(lines)
    )


def _apart(parts: list[str]) -> list[str]:
    """Two lists, one after the other, would be one: every second gets other marks."""
    result: list[str] = []
    for part in parts:
        kind = _list_kind(part)
        runs_on = bool(result and kind) and kind == _list_kind(result[-1])
        result.append(_other_marks(part, kind) if runs_on else part)
    return result


def _list_kind(text: str) -> str:
    found = re.match(r"([-*]) |\d{1,9}([.)]) ", text)
    return (found[1] or found[2]) if found else ""


def _other_marks(text: str, kind: str) -> str:
    if kind in ("-", "*"):
        return re.sub(rf"(?m)^{re.escape(kind)}(?= )", "*" if kind == "-" else "-", text)
    return re.sub(rf"(?m)^(\d{{1,9}}){re.escape(kind)}(?= )", rf"\g<1>{')' if kind == '.' else '.'}", text)


def _joined(pieces: list[Piece]) -> str:
    if _is_tight(pieces):
        return "\n".join(piece.markdown for piece in pieces)
    return "\n\n".join(_apart([piece.markdown for piece in pieces]))


def _is_tight(pieces: list[Piece]) -> bool:
    """Whether these need no empty lines between them: words, and lists that may follow them at once."""
    kinds = [piece.kind for piece in pieces]
    if kinds == ["line"]:
        return True
    return kinds == ["line", "list"] and bool(re.match(r"[-*] |1[.)] ", pieces[1].markdown))


def _items(node: Node) -> list[list[Node | str]]:
    """Its items, each by itself, and what stands between them."""
    groups: list[list[Node | str]] = []
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        is_item = isinstance(child, Node) and child.tag == "li"
        if is_item or not groups or (isinstance(groups[-1][0], Node) and groups[-1][0].tag == "li"):
            groups.append([child])
        else:
            groups[-1].append(child)
    return groups


def _rows(table: Node) -> "list[list[Node]]":
    rows: list[list[Node]] = []
    for child in table.children:
        if not isinstance(child, Node):
            continue
        if child.tag == "tr":
            rows.append([cell for cell in child.children if isinstance(cell, Node) and cell.tag in ("td", "th")])
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows += _rows(child)
    return rows


def _words_in(node: Node, block_edge: str = "") -> str:
    """All its words; a line break is one."""
    parts: list[str] = []
    waiting: list[Node | str] = list(reversed(node.children))
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item.tag == "br":
            parts.append("\n")
        elif item.tag not in UNSEEN and item.tag not in WORDLESS:
            edge = [block_edge] if item.is_block else []
            waiting += [*edge, *reversed(item.children), *edge]
    return "".join(parts)


def _lines_in(node: Node) -> str:
    """Its words, each block in lines of its own."""
    return re.sub("\n?\x00+\n?", "\n", _words_in(node, "\x00"))


def _flat(nodes: Iterable[Node | str]) -> list[Node | str]:
    """What is inside, without the blocks around it: one line is all the room there is."""
    flat: list[Node | str] = []
    for node in nodes:
        if isinstance(node, str) or not (node.is_block or node.has_block) or node.tag in EMBEDS:
            flat.append(node)
        elif node.is_block:
            flat += [Node("br"), *_flat(node.children), Node("br")]
        else:
            flat.append(node.copy(_flat(node.children)))
    return flat


def _level(nodes: Iterable[Node | str]) -> Iterator[Node | str]:
    """These, with blocks and words side by side: an inline element around blocks goes into them."""
    for node in nodes:
        if isinstance(node, Node) and node.has_block and not node.is_block:
            yield from _level(_pushed_down(node))
        else:
            yield node


def _pushed_down(node: Node) -> list[Node | str]:
    """An inline element around blocks, as inline elements within them."""
    made: list[Node | str] = []
    run: list[Node | str] = []
    for child in _level(node.children):
        if isinstance(child, str) or not child.is_block:
            run.append(child)
            continue
        if run:
            made.append(node.copy(run))
            run = []
        made.append(_pushed_into(node, child))
    return [*made, node.copy(run)] if run else made


def _pushed_into(node: Node, block: Node) -> Node:
    if block.tag in EMBEDS or block.tag.startswith("#") or not block.children:
        return block
    if block.tag not in _STRUCTURE:
        return block.copy([node.copy(block.children)])
    children: list[Node | str] = []
    for child in _level(block.children):
        if isinstance(child, Node) and child.is_block:
            children.append(_pushed_into(node, child))
        else:
            children.append(node.copy([child]) if isinstance(child, Node) or child.strip() else child)
    return block.copy(children)


def _is_caption(node: Node) -> bool:
    return node.tag == "figcaption" or node.has_class("wp-caption-text") or node.has_class("wp-caption-dd")


def _captioned(shown: Node, words: str) -> Node:
    """The picture, linked or not, carrying its caption."""
    if shown.tag == "img":
        return Node("img", f'{shown.written} data-caption="{html.escape(words)}"')
    return shown.copy([_captioned(child, words) for child in shown.children if isinstance(child, Node)])


def _pictures_apart(
    nodes: list[Node | str],
) -> tuple[list[list[Node | str]], list[Node | str], list[list[Node | str]]]:
    """Return large pictures at the beginning, what is between, and those at the end."""
    before: list[list[Node | str]] = []
    after: list[list[Node | str]] = []
    if not any(isinstance(node, Node) and node.tag in ("img", "a", "span", "b", "strong", "em") for node in nodes):
        return before, nodes, after
    start, end = 0, len(nodes)
    while start < end and (_is_blank_node(nodes[start]) or _is_large_picture(nodes[start])):
        if not _is_blank_node(nodes[start]):
            before.append([nodes[start]])
        start += 1
    while end > start and (_is_blank_node(nodes[end - 1]) or _is_large_picture(nodes[end - 1])):
        if not _is_blank_node(nodes[end - 1]):
            after.insert(0, [nodes[end - 1]])
        end -= 1
    return before, nodes[start:end], after


def _is_blank_node(node: Node | str) -> bool:
    return not node.strip() if isinstance(node, str) else node.tag == "br"


def _is_large_picture(node: Node | str) -> bool:
    if isinstance(node, str):
        return False
    if node.tag == "img":
        sizes = [node.get(name) for name in ("width", "height")]
        return not any(size.isdigit() and int(size) <= 64 for size in sizes) and not node.has_class("wp-smiley")
    inner = [child for child in node.children if not _is_blank_node(child)]
    return node.tag in ("a", "span", "b", "strong", "em") and len(inner) == 1 and _is_large_picture(inner[0])


def _styled(node: Node) -> str:
    """The sign for what a style says, where it is all that says it."""
    if "style" not in node.written or node.tag not in ("span", "font"):
        return ""
    style = node.get("style").replace(" ", "").lower()
    if re.search(r"font-weight:(?:bold|[6-9]00)", style):
        return "**"
    return "*" if "font-style:italic" in style else ""
