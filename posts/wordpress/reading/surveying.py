"""Reads exports of WordPress (WXR 1.0 to 1.2): files, several of them, gzipped, or in a zip.

`survey` goes through everything once and refuses what cannot be read; `read` yields the records.
Both stream, and hold no more than one item with its comments.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from posts.wordpress.reading import building
from posts.wordpress.reading.opening import Document, NotReadable, open_all, printable
from posts.wordpress.reading.parsing import Node, parsed
from posts.wordpress.records import Record, Site

__all__ = ["NotReadable", "Survey", "read", "survey"]

KNOWN_VERSIONS = {"1.0", "1.1", "1.2"}


@dataclass(slots=True)
class Survey:
    """What the files hold, all of it read and found sound."""

    site: Site
    items: int = 0  # as often as they stand in the files
    kinds: Counter[str] = field(default_factory=Counter)  # items by wp:post_type
    remarks: int = 0
    authors: int = 0  # each login once
    terms: int = 0  # each slug of a taxonomy once
    digest: str = ""  # SHA-256 of the exports, whatever they are packed in and in whatever order
    warnings: list[str] = field(default_factory=list)  # what was put right or passed over: whole sentences


def read(paths: Sequence[Path | str], *, kinds: Collection[str] | None = None) -> Iterator[Record]:
    """Yield the site, then authors and terms, each once, then items in the order of the files.

    With `kinds` only items of these types are built. An item that stands in two files comes twice.
    """
    documents = open_all(paths).documents
    told: set[object] = set()
    if len(documents) > 1:
        for document in documents:
            yield from _heads(document, told)
    for document in documents:
        yield from _records(document, told, kinds)


def _heads(document: Document, told: set[object]) -> Iterator[Record]:
    for node in parsed(document, Counter()):
        if node.name == "item":
            return
        yield from _head(node, told)


def _records(document: Document, told: set[object], kinds: Collection[str] | None) -> Iterator[Record]:
    offset = dt.timedelta(0)
    number = 0
    for node in parsed(document, Counter()):
        if node.name != "item":
            yield from _head(node, told)
            continue
        number += 1
        offset = building.clock(node, offset)
        if kinds is None or building.kind_of(node) in kinds:
            yield building.item(node, f"{document.name}, item {number}", offset)


def _head(node: Node, told: set[object]) -> Iterator[Record]:
    """Yield what stands before the items, unless it was yielded before."""
    key = _key(node)
    if key is None or key in told:
        return
    told.add(key)
    if node.name == "channel":
        yield building.site(node)
    elif node.name == "wp:author":
        yield building.author(node)
    else:
        yield building.term(node)


def _key(node: Node) -> object:
    if node.name == "channel":
        return "site"
    if node.name == "wp:author":
        return building.author(node).login or None
    term = building.term(node)
    return (term.taxonomy, term.slug) if term.slug else None


def survey(paths: Sequence[Path | str]) -> Survey:
    """Read all files to their ends and count; raise NotReadable for the first that cannot be read."""
    opened = open_all(paths)
    counting = _Counting(warnings=opened.warnings)
    for document in opened.documents:
        counting.add(document)
    return counting.survey()


class _Counting:
    def __init__(self, warnings: list[str]) -> None:
        self.warnings = list(warnings)
        self.sites: list[tuple[str, Site]] = []  # (name of the file, the blog it is of)
        self.digests: list[str] = []
        self.heads: set[object] = set()
        self.kinds: Counter[str] = Counter()
        self.remarks = 0
        self.seen: set[int] = set()  # hashes of what tells items apart
        self.twice = 0

    def add(self, document: Document) -> None:
        digest = hashlib.sha256()
        counts: Counter[str] = Counter()
        hashed = replace(document, chunks=lambda: _hashed(document.chunks(), digest))
        channel, items = None, 0
        for node in parsed(hashed, counts):
            if node.name == "channel":
                channel = node
            elif node.name == "item":
                items += 1
                self._add_item(node)
            else:
                self.heads.add(_key(node))
        if channel is not None:
            self._add_site(document.name, building.site(channel))
        self.digests.append(digest.hexdigest())
        self.warnings += [f"{document.name}: {words}" for words in _mended(counts)]
        if not items:
            self.warnings.append(f"{document.name}: it holds no items.")

    def _add_item(self, node: Node) -> None:
        self.kinds[building.kind_of(node)] += 1
        self.remarks += sum(child.name == "wp:comment" for child in node.children)
        key = node.texts.get("guid", "").strip() or node.texts.get("wp:post_id", "").strip()
        self.twice += bool(key) and hash(key) in self.seen
        self.seen.add(hash(key))

    def _add_site(self, name: str, site: Site) -> None:
        for other_name, other in self.sites[:1]:
            if site.address and other.address and _blog(site) != _blog(other):
                raise NotReadable(
                    name,
                    f"is an export of {printable(site.address)}, but {other_name} is one of "
                    f"{printable(other.address)}. Import each blog by itself.",
                )
        if site.version not in KNOWN_VERSIONS:
            said = f"version {printable(site.version, 20)}" if site.version else "no version"
            self.warnings.append(f"{name}: it names {said} of the format; 1.0 to 1.2 are known. It was read like 1.2.")
        self.sites.append((name, site))

    def survey(self) -> Survey:
        warnings = self.warnings
        if len(set(self.digests)) < len(self.digests):
            warnings = [*warnings, "The same export was named twice. Its items count once."]
        if self.twice:
            warnings = [*warnings, f"{_many(self.twice, 'item stands', 'items stand')} in the files more than once."]
        return Survey(
            site=self.sites[0][1],
            items=self.kinds.total(),
            kinds=self.kinds,
            remarks=self.remarks,
            authors=sum(isinstance(key, str) for key in self.heads),
            terms=sum(isinstance(key, tuple) for key in self.heads),
            digest=hashlib.sha256("".join(sorted(self.digests)).encode()).hexdigest(),
            warnings=warnings,
        )


def _hashed(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _blog(site: Site) -> str:
    """Return an address by which the same blog is known with and without https."""
    host, slash, path = re.sub(r"^https?://", "", site.address, flags=re.IGNORECASE).partition("/")
    return host.lower() + slash + path


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _mended(counts: Counter[str]) -> Iterator[str]:
    """Say what was put right in a file."""
    if counts["notice"]:
        yield "something stands before the first line, as a notice of PHP does; it was passed over."
    if counts["after"]:
        yield "something stands after the end of the export; it was passed over."
    if n := counts["bytes"]:
        yield f"{_many(n, 'place is', 'places are')} no text in the file’s encoding; “\ufffd” stands there now."
    if n := counts["removed bytes"] + counts["references"]:
        yield f"{_many(n, 'control character was', 'control characters were')} left out, as XML forbids them."
    if n := counts["ampersands"]:
        yield f"{_many(n, 'bare “&” was', 'bare “&” were')} read as the character."
    if n := counts["entities"]:
        yield f"{_many(n, 'entity of HTML was', 'entities of HTML were')} read as characters."
