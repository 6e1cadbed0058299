"""From clean bytes to the elements of an export, one record at a time.

Expat is driven by hand, with the tree builder of the standard library as its target: it streams, no step between two
records runs in Python (a guarded `iterparse` takes three times as long), and a prefix that nobody declared does not
stop it. The one lock that hostile XML needs is a handler: no document type, hence no entities.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate, errors
from xml.etree.ElementTree import Element, TreeBuilder
from xml.sax.saxutils import escape, quoteattr

from posts.wordpress.reading.mending import mended
from posts.wordpress.reading.opening import Document, NotReadable, printable

DEPTH_AT_MOST = 500
RECORD_AT_MOST = 64 << 20  # bytes of one item with all its comments
MARKS_AT_MOST = 2_000_000  # “<” in them: each may become an element in memory
TAG_AT_MOST = 4 << 20
NAMES_AT_MOST = 200_000  # of elements and attributes; the parser remembers each for ever
MEND = "Mend it there in a text editor, or export again."
AGAIN = "Export it again, and save or upload the whole file."

# What stands in what. A child that is a key here is a container, too; every other child is a text.
CONTAINERS = {
    "rss": "channel",
    "channel": "title link description language wp:wxr_version wp:base_site_url wp:base_blog_url "
    "wp:author wp:category wp:tag wp:term item",
    "wp:author": "wp:author_id wp:author_login wp:author_email wp:author_display_name wp:author_first_name "
    "wp:author_last_name",
    "wp:category": "wp:term_id wp:category_nicename wp:category_parent wp:cat_name wp:category_description "
    "wp:termmeta",
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


class Names:
    """What tags are called here, by the namespaces that are declared around them: “wp:post_id”, “title”."""

    def __init__(self, families: dict[str, str], used: set[str]) -> None:
        self.families = families
        self.used = used  # the families that were met
        self.known: dict[str, str] = {}

    def of(self, tag: str) -> str:
        name = self.known.get(tag)
        if name is None:
            prefix, _, local = tag.rpartition(":")
            family = self.families.get(prefix, "other")
            self.used.add(family)
            name = self.known[tag] = f"{family}:{local}" if family else local
        return name

    def within(self, element: Element, *, is_root: bool = False) -> "Names":
        declared = {key[6:]: uri for key, uri in element.items() if key == "xmlns" or key.startswith("xmlns:")}
        if not declared:
            return self
        families = {prefix: _family(prefix, uri.strip(), is_root) for prefix, uri in declared.items()}
        return Names({**self.families, **families}, self.used)


def _family(prefix: str, uri: str, is_root: bool) -> str:
    for family, pattern in FAMILIES:
        if pattern.fullmatch(uri):
            return family
    # Some write a default namespace on the root; deeper down it marks what others added.
    return "" if not prefix and (is_root or not uri) else "other"


class Parser:
    """Takes clean bytes and gives away each child of the channel as soon as the next one has begun."""

    def __init__(self, name: str, counts: Counter[str]) -> None:
        self.name = name
        self.counts = counts
        self.items = 0
        self.taken_so_far = 0  # elements of the channel
        self.channel = Node("channel")
        self.families: set[str] = set()
        self._root: Element | None = None
        self._names = Names(CONVENTION, self.families)
        self._builder = TreeBuilder()
        self.expat = ParserCreate("UTF-8")  # the bytes were mended: what the declaration says is past
        self.expat.buffer_text = True
        self.expat.buffer_size = 1 << 16
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._builder.end
        self.expat.CharacterDataHandler = self._builder.data

    def _doctype(self, root: str, *_: object) -> None:
        if root.lower() == "html":
            raise NotReadable(self.name, f"is a web page, {NO_EXPORT}")
        raise NotReadable(
            self.name, "declares a document type (DTD), which no export of WordPress does. Take the declaration out."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = printable(tag.rpartition(":")[2], 40)
        if local != "rss":
            what = KINDS.get(local, f"begins with <{local}>, not with <rss>: it is")
            raise NotReadable(self.name, f"{what} {NO_EXPORT}")
        self._root = self._builder.start(tag, attributes)
        self._names = self._names.within(self._root, is_root=True)
        # From here on nothing calls back, so no circle keeps the last item alive after the end.
        self.expat.StartElementHandler = self._builder.start
        self.expat.StartDoctypeDeclHandler = None

    def taken(self, *, is_over: bool = False) -> Iterator[Node]:
        """Take what is finished out of the tree, and yield the records among it."""
        if self._root is None:
            return
        elements = list(self._root)
        for number, element in enumerate(elements, 1):
            is_finished = is_over or number < len(elements)
            names = self._names.within(element)
            if names.of(element.tag) == "channel":
                yield from self._taken_from(element, names, is_finished)
        del self._root[: len(elements) if is_over else -1]

    def _taken_from(self, channel: Element, names: Names, is_finished: bool) -> Iterator[Node]:
        finished = list(channel) if is_finished else channel[:-1]
        del channel[: len(finished)]
        self.taken_so_far += len(finished)
        for element in finished:
            name = names.of(element.tag)
            if name == "item":
                self.items += 1
            if name in RECORDS:
                yield self._node(element, name, names.within(element))
            elif name in CHILDREN["channel"] and (text := self._text(element)):
                self.channel.texts[name] = self.channel.texts.get(name) or text

    def _node(self, element: Element, name: str, names: Names) -> Node:
        node = Node(name)
        wanted, known = CHILDREN[name], names.known
        for child in element:
            inner = names.within(child) if child.keys() else names
            child_name = (known.get(child.tag) if inner is names else None) or inner.of(child.tag)
            if child_name not in wanted:
                continue
            if child_name in CHILDREN:
                found = self._node(child, child_name, inner)
                if found.texts or found.children:
                    node.children.append(found)
            elif child_name == "category":
                filed = Node("category")
                filed.texts = {**child.attrib, "name": self._text(child)}
                node.children.append(filed)
            elif text := child.text if not len(child) else self._text(child):
                node.texts[child_name] = node.texts.get(child_name) or text  # the first that says anything counts
        return node

    def _text(self, element: Element) -> str:
        if not len(element):
            return element.text or ""
        return "".join(self._markup(element))

    def _markup(self, element: Element) -> Iterator[str]:
        """Yield markup that stands open in a text, as exporters write it that do not use CDATA."""
        yield escape(element.text or "")
        open_ones = [(element, iter(element))]
        while open_ones:
            self.refuse_depth(len(open_ones))
            parent, children = open_ones[-1]
            child = next(children, None)
            if child is not None:
                said = "".join(f" {key}={quoteattr(value)}" for key, value in child.items() if key[:5] != "xmlns")
                yield f"<{_local(child)}{said}>{escape(child.text or '')}"
                open_ones.append((child, iter(child)))
                continue
            open_ones.pop()
            if open_ones:
                yield ("" if _local(parent) in VOID else f"</{_local(parent)}>") + escape(parent.tail or "")

    def refuse_depth(self, depth: int | None = None) -> None:
        if depth is None:
            depth, element = 0, self._root
            while element is not None and len(element):
                depth, element = depth + 1, element[-1]
        if depth > DEPTH_AT_MOST:
            raise NotReadable(
                self.name,
                f"{self.place}: elements are nested more than {DEPTH_AT_MOST} deep, as in no export.",
            )

    @property
    def place(self) -> str:
        """Say where the parser stands: “line 12, at item 3 “A title””."""
        line = f"line {self.expat.CurrentLineNumber + self.counts['lines before']}"
        items = [child for child in self._begun() if child.tag == "item"]
        number = self.items + len(items)
        title = printable((items[-1].findtext("title") or "") if items else "", 50)
        return (
            f"{line}, at item {number}{f' “{title}”' if title else ''}" if number else f"{line}, before the first item"
        )

    def _begun(self) -> Iterator[Element]:
        """Yield the children of the channel that are still in the tree."""
        for channel in self._root if self._root is not None else ():
            yield from channel


def _local(element: Element) -> str:
    return element.tag.rpartition(":")[2]


def parsed(document: Document, counts: Counter[str]) -> Iterator[Node]:
    """Yield the channel, as full as it is before its first record, then each record."""
    parser = Parser(document.name, counts)
    is_told = False
    for is_over in _fed(parser, mended(document.chunks(), document.name, counts)):
        for node in parser.taken(is_over=is_over):
            if not is_told:
                is_told = True
                yield parser.channel
            yield node
    if "wp" not in parser.families:
        raise NotReadable(document.name, f"is a feed, {NO_EXPORT}")
    if not is_told:
        yield parser.channel


def _fed(parser: Parser, chunks: Iterator[bytes]) -> Iterator[bool]:
    """Feed the parser, and stop after each chunk (with True after the last) so that what is done can be taken."""
    fed = size = marks = items = 0
    chunk = b""
    for chunk in chunks:
        try:
            parser.expat.Parse(chunk, False)
        except ExpatError as error:
            _refuse_unless_over(parser, error, chunk[parser.expat.ErrorByteIndex - fed :], chunks)
            break
        fed, size, marks = fed + len(chunk), size + len(chunk), marks + chunk.count(b"<")
        if size > RECORD_AT_MOST or marks > MARKS_AT_MOST or fed - parser.expat.CurrentByteIndex > TAG_AT_MOST:
            raise NotReadable(
                parser.name, f"{parser.place}: one item is larger than any post can be. Take it out of the file."
            )
        if len(parser.expat.intern) > NAMES_AT_MOST:
            raise NotReadable(parser.name, f"{parser.place}: it uses more names of elements than any export does.")
        parser.refuse_depth()
        yield False
        if parser.taken_so_far != items:
            size, marks, items = 0, 0, parser.taken_so_far
    else:
        # A line's end finishes a word that stands after the end; it would break a tag that the file's end cuts.
        end = b"" if b"<" in chunk[chunk.rfind(b">") + 1 :] else b"\n"
        try:
            parser.expat.Parse(end, True)
        except ExpatError as error:
            _refuse_unless_over(parser, error, b"", iter(()))
    yield True


def _refuse_unless_over(parser: Parser, error: ExpatError, rest: bytes, chunks: Iterator[bytes]) -> None:
    """Let pass what a cache or a notice wrote after the end, but neither a fault nor a second export."""
    if error.code in ENDS:
        raise NotReadable(parser.name, f"{parser.place}: the file ends in the middle. {AGAIN}") from None
    if error.code != errors.codes[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]:
        what = FAULTS.get(error.code, errors.messages.get(error.code, "not well-formed"))
        raise NotReadable(parser.name, f"{parser.place}: {what}. {MEND}") from None
    parser.counts["after"] += 1
    for piece in (rest, *chunks):
        if b"<item" in piece or b"<rss" in piece:
            raise NotReadable(
                parser.name,
                f"{parser.place}: another export begins. Save each in a file of its own and name them all.",
            ) from None


NO_EXPORT = "not an export. In WordPress, use Tools → Export → All content."
KINDS = {"feed": "is a feed,", "RDF": "is a feed,", "urlset": "is a sitemap,", "html": "is a web page,"}
ENDS = {
    errors.codes[name]
    for name in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
FAULTS = {
    errors.codes[errors.XML_ERROR_INVALID_TOKEN]: "a “<”, “>” or quote stands where XML does not allow it",
    errors.codes[errors.XML_ERROR_TAG_MISMATCH]: "an element is closed that is not open there",
    errors.codes[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "an element says the same attribute twice",
    errors.codes[errors.XML_ERROR_UNDEFINED_ENTITY]: "an entity is used that nobody declared",
    errors.codes[errors.XML_ERROR_NO_MEMORY]: "it needs more memory than there is",
}
