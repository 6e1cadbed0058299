"""From clean bytes to the elements of an export, one record at a time.

Expat is driven by hand: it streams, it is three times as fast as a guarded `iterparse`, prefixes that nobody declared
do not stop it, and the one lock that hostile XML needs (no document type, hence no entities) is one handler.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate, errors
from xml.sax.saxutils import escape, quoteattr

from posts.wordpress.mending import mended
from posts.wordpress.opening import Document, NotReadable, printable

DEPTH_AT_MOST = 500
RECORD_AT_MOST = 128 << 20  # bytes of one item with all its comments
TAG_AT_MOST = 16 << 20
AGAIN = "Export it again, and save or upload the whole file."

# What stands in what. A child that is a key here is a container, too; every other child is a text.
CONTAINERS = {
    "rss": "channel",
    "channel": "title link description language wp:wxr_version wp:base_site_url wp:base_blog_url "
    "wp:author wp:category wp:tag wp:term item",
    "wp:author": "wp:author_id wp:author_login wp:author_email wp:author_display_name wp:author_first_name "
    "wp:author_last_name",
    "wp:category": "wp:term_id wp:category_nicename wp:category_parent wp:cat_name wp:category_description wp:termmeta",
    "wp:tag": "wp:term_id wp:tag_slug wp:tag_name wp:tag_description wp:termmeta",
    "wp:term": "wp:term_id wp:term_taxonomy wp:term_slug wp:term_parent wp:term_name wp:term_description wp:termmeta",
    "item": "title link pubDate dc:creator guid description content:encoded excerpt:encoded category "
    "wp:post_id wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:comment_status "
    "wp:ping_status wp:post_name wp:status wp:post_parent wp:menu_order wp:post_type wp:post_password "
    "wp:is_sticky wp:attachment_url wp:postmeta wp:comment",
    "wp:comment": "wp:comment_id wp:comment_author wp:comment_author_email wp:comment_author_url wp:comment_date "
    "wp:comment_date_gmt wp:comment_content wp:comment_approved wp:comment_type wp:comment_parent "
    "wp:comment_user_id wp:commentmeta",
    "wp:postmeta": "wp:meta_key wp:meta_value",
    "wp:termmeta": "wp:meta_key wp:meta_value",
    "wp:commentmeta": "wp:meta_key wp:meta_value",
}
CHILDREN = {name: frozenset(children.split()) for name, children in CONTAINERS.items()}
RECORDS = frozenset({"wp:author", "wp:category", "wp:tag", "wp:term", "item"})

FAMILIES = [
    ("excerpt", re.compile(r"https?://(www\.)?wordpress\.org/export/([^/]*/)?excerpt/?", re.IGNORECASE)),
    ("wp", re.compile(r"https?://(www\.)?wordpress\.org/export/?([^/]*/?)", re.IGNORECASE)),
    ("content", re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?", re.IGNORECASE)),
    ("dc", re.compile(r"https?://purl\.org/dc/elements/1\.[01]/?", re.IGNORECASE)),
]
# What the prefixes mean where a file forgets to say so.
CONVENTION = {"": "", "wp": "wp", "content": "content", "excerpt": "excerpt", "dc": "dc"}
VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "param", "source", "track", "wbr"})


class Node:
    """A container: its texts by name, and the containers in it."""

    __slots__ = ("children", "name", "texts")

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: dict[str, str] = {}
        self.children: list[Node] = []


class Parser:
    """What expat calls. `done` fills with finished records; `channel` is the blog's own node."""

    def __init__(self, name: str, counts: Counter[str]) -> None:
        self.name = name
        self.counts = counts
        self.items = 0
        self.done: list[Node] = []
        self.channel = Node("channel")
        self.is_closed = False
        self.knows_wordpress = False
        self._stack: list[Node] = []
        self._title = ""
        self._field: str | None = None  # the child whose text is being read; "" for one that is not wanted
        self._attributes: dict[str, str] = {}
        self._nested = 0
        self._text: list[str] = []
        self._prefixes = CONVENTION
        self._names: dict[str, str] = {}
        self._scopes: list[tuple[int, dict[str, str], dict[str, str]]] = []
        expat = ParserCreate("UTF-8")  # the bytes were mended: what the declaration says is past
        expat.buffer_text = True
        expat.buffer_size = 1 << 16
        expat.StartDoctypeDeclHandler = self._doctype
        expat.StartElementHandler = self._start
        expat.EndElementHandler = self._end
        expat.CharacterDataHandler = self._text.append
        self.expat = expat

    def _doctype(self, root: str, *_: object) -> None:
        if root.lower() == "html":
            raise NotReadable(self.name, f"is a web page, not an export. {AGAIN}")
        raise NotReadable(
            self.name, "declares a document type (DTD), which no export of WordPress does. Take the declaration out."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._field is not None:
            self._start_nested(tag, attributes)
            return
        if attributes:
            self._enter_scope(attributes)
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = self._resolved(tag)
        if not self._stack:
            self._start_root(tag, name)
        elif name not in CHILDREN[self._stack[-1].name]:
            self._field = ""
        elif name in CHILDREN:
            node = self.channel if name == "channel" else Node(name)
            self._stack.append(node)
        else:
            self._field, self._attributes = name, attributes
        self._text.clear()

    def _start_root(self, tag: str, name: str) -> None:
        if name == "rss":
            self._stack.append(Node("rss"))
            return
        local = printable(tag.rpartition(":")[2], 40)
        kind = {"feed": "a feed", "RDF": "a feed", "urlset": "a sitemap", "html": "a web page"}.get(local)
        what = f"is {kind}" if kind else f"begins with <{local}>, not with <rss>: it is"
        raise NotReadable(
            self.name, f"{what}{', ' if kind else ' '}not an export. In WordPress, use Tools → Export → All content."
        )

    def _start_nested(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep markup that stands open in a text, as exporters write it that do not use CDATA."""
        self._nested += 1
        if self._nested > DEPTH_AT_MOST:
            raise NotReadable(
                self.name, f"{self.place}: elements are nested more than {DEPTH_AT_MOST} deep, as in no export."
            )
        if not self._field:
            return
        if self._nested == 1:
            self._text[:] = [escape(text) for text in self._text]
            self.expat.CharacterDataHandler = self._escaped
        said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if key[:5] != "xmlns")
        self._text.append(f"<{tag.rpartition(':')[2]}{said}>")

    def _escaped(self, text: str) -> None:
        self._text.append(escape(text))

    def _end_nested(self, tag: str) -> None:
        self._nested -= 1
        local = tag.rpartition(":")[2]
        if self._field and local not in VOID:
            self._text.append(f"</{local}>")
        if not self._nested:
            self.expat.CharacterDataHandler = self._text.append

    def _end(self, tag: str) -> None:
        if self._nested:
            self._end_nested(tag)
            return
        if self._field is not None:
            self._end_field()
        else:
            self._end_container(self._stack.pop())
        if self._scopes and self._scopes[-1][0] == len(self._stack):
            _, self._prefixes, self._names = self._scopes.pop()

    def _end_field(self) -> None:
        field, self._field = self._field, None
        if not field:
            return
        if field[:3] == "wp:":
            self.knows_wordpress = True
        text = "".join(self._text)
        node = self._stack[-1]
        if field == "category":
            filed = Node("category")
            filed.texts = {"name": text, **self._attributes}
            node.children.append(filed)
        elif text and not node.texts.get(field):
            node.texts[field] = text

    def _end_container(self, node: Node) -> None:
        if node.name in RECORDS:
            self.done.append(node)
            if node.name == "item":
                self.items += 1
                self._title = node.texts.get("title", "")
        elif node.name == "rss":
            self.is_closed = True
        elif node.name != "channel" and (node.texts or node.children):
            self._stack[-1].children.append(node)

    def _enter_scope(self, attributes: dict[str, str]) -> None:
        declared = {key[6:]: uri for key, uri in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        if not declared:
            return
        self._scopes.append((len(self._stack), self._prefixes, self._names))
        self._prefixes = {**self._prefixes, **{prefix: self._family(prefix, uri) for prefix, uri in declared.items()}}
        self._names = {}

    def _family(self, prefix: str, uri: str) -> str:
        uri = uri.strip()
        for family, pattern in FAMILIES:
            if pattern.fullmatch(uri):
                return family
        # Some write a default namespace on the root; deeper down it marks what others added.
        return "" if not prefix and (not uri or not self._stack) else "other"

    def _resolved(self, tag: str) -> str:
        prefix, _, local = tag.rpartition(":")
        family = self._prefixes.get(prefix, "other")
        return f"{family}:{local}" if family else local

    @property
    def place(self) -> str:
        """Say where the parser stands: “line 12, after item 3 “A title””."""
        line = f"line {self.expat.CurrentLineNumber + self.counts['lines before']}"
        title = f" “{printable(self._title, 50)}”" if self._title.strip() else ""
        return f"{line}, after item {self.items}{title}" if self.items else f"{line}, before the first item"


def parsed(document: Document, counts: Counter[str]) -> Iterator[Node]:
    """Yield the channel, as full as it is before its first record, then each record."""
    parser = Parser(document.name, counts)
    is_told = False
    for _ in _fed(parser, mended(document.chunks(), document.name, counts)):
        if parser.done and not is_told:
            is_told = True
            yield parser.channel
        done, parser.done = parser.done, []
        yield from done
    if not parser.knows_wordpress:
        raise NotReadable(document.name, "is a feed, not an export. In WordPress, use Tools → Export → All content.")
    if not is_told:
        yield parser.channel


def _fed(parser: Parser, chunks: Iterator[bytes]) -> Iterator[None]:
    """Feed the parser, and stop after each chunk so that what is done can be taken away."""
    fed = begun = 0
    for chunk in chunks:
        try:
            parser.expat.Parse(chunk, False)
        except ExpatError as error:
            if not parser.is_closed:
                raise NotReadable(parser.name, _fault(parser, error)) from None
            _refuse_second(parser, chunk[parser.expat.ErrorByteIndex - fed :], chunks)
            return
        fed += len(chunk)
        begun = fed if parser.done else begun
        if fed - begun > RECORD_AT_MOST or fed - parser.expat.CurrentByteIndex > TAG_AT_MOST:
            raise NotReadable(parser.name, f"{parser.place}: one item is larger than any post can be. {AGAIN}")
        yield
    try:
        parser.expat.Parse(b"", True)
    except ExpatError:
        if not parser.is_closed:
            raise NotReadable(parser.name, f"{parser.place}: the file ends in the middle. {AGAIN}") from None
        parser.counts["after"] += 1
    yield


def _refuse_second(parser: Parser, rest: bytes, chunks: Iterator[bytes]) -> None:
    """Let pass what a cache or a notice wrote after the end, but not a second export."""
    parser.counts["after"] += 1
    for piece in (rest, *chunks):
        if b"<item" in piece or b"<rss" in piece:
            raise NotReadable(
                parser.name,
                f"{parser.place}: another export begins. Save each in a file of its own and name them all.",
            )


def _fault(parser: Parser, error: ExpatError) -> str:
    what = FAULTS.get(error.code, errors.messages.get(error.code, "not well-formed"))
    return f"{parser.place}: {what}. {AGAIN}"


FAULTS = {
    errors.codes[errors.XML_ERROR_INVALID_TOKEN]: "a “<”, “>” or quote stands where XML does not allow it",
    errors.codes[errors.XML_ERROR_TAG_MISMATCH]: "an element is closed that is not open there",
    errors.codes[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "an element says the same attribute twice",
    errors.codes[errors.XML_ERROR_UNDEFINED_ENTITY]: "an entity is used that nobody declared",
    errors.codes[errors.XML_ERROR_NO_MEMORY]: "it needs more memory than there is",
}
