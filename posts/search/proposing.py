"""“Did you mean”: what somebody may have wanted who found little, by the names and words that there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from posts.addressing import category_url, source_url, tag_url
from posts.search.filtering import with_filters
from posts.search.names import Entry, Names, arranged, arranged_words, names_called, read_names
from posts.search.narrowing import narrowings
from posts.search.queries import LONGEST_ROW, Field, Filter, Query, place_of
from posts.search.respelling import MOST_WORDS, respelled
from posts.search.searching import Sought, count_instead, count_of, look_up
from posts.search.widening import without_a_word

FEW = 3  # who finds fewer is asked whether they meant something else
MOST = 3  # proposals
TRIED = 8  # searches that are run to see whether a proposal finds more


@dataclass(frozen=True)
class NamePage:
    """The page of a tag, an outlet or a category."""

    kind: Field
    name: str
    url: str
    count: int

    @property
    def kind_name(self) -> str:
        return kind_name(self.kind)


@dataclass
class Proposal:
    """Another query, and how many posts it finds."""

    text: str
    count: int
    pages: list[NamePage] = field(default_factory=list)  # of what it is the whole name of
    parts: list[str] = field(default_factory=list)  # the same in words, where it narrows: “Year: 2012”


URLS = {"tag": tag_url, "source": source_url, "category": category_url}


def kind_name(kind: Field) -> str:
    return {"tag": _("Tag"), "source": _("Outlet"), "category": _("Category")}[kind]


def pages_called(sought: Sought) -> list[NamePage]:
    """Return the pages of what is called exactly as the whole query says, or has that as another name."""
    query = sought.query
    is_plain = query.words and not (query.filters or query.dates or len(query.terms) != len(query.wanted))
    if not is_plain or query.text.endswith("*"):
        return []
    rows = names_called(" ".join(word.text for word in query.words))
    return [NamePage(kind, name, row_url(kind, slug), count) for kind, name, slug, count in rows]


def row_url(kind: Field, slug: str) -> str:
    return str(URLS[kind](slug))


def proposals(sought: Sought, count: int) -> list[Proposal]:
    """Return queries like this one that find more, made of names and words of public posts."""
    if sought.is_empty or not (sought.query.words or sought.unknown):
        return []
    entries, counts = read_names()
    return [*_narrowed(sought, entries, count), *_spelled(sought, entries, counts, count)]


def _narrowed(sought: Sought, entries: tuple[Entry, ...], count: int) -> list[Proposal]:
    """Return the query with the names and years in it as filters, in two ways at the most, where that finds more.

    If none does, then without one of its other words.
    """
    texts = dict.fromkeys(with_filters(sought.query, arranged(entries)))
    ways = [look_up(text, sought.within.text, near=sought) for text in texts]
    found: dict[int, Sought] = {}
    for way in ways:
        number = count_of(way) if len(found) < 2 else 0
        if number > count:
            found.setdefault(number, way)
    if ways and len(ways[0].query.words) > 1 and not (found or count):
        found = {each.count: look_up(each.text, sought.within.text, near=ways[0]) for each in without_a_word(ways[0])}
    return [Proposal(way.query.text, number, parts=_parts(way)) for number, way in found.items()]


def _parts(sought: Sought) -> list[str]:
    narrowed = narrowings(sought)
    rest = sought.query.without(*(place for each in narrowed for place in each.places))
    return [*(each.words for each in narrowed), *([rest] if rest else [])]


def _spelled(
    sought: Sought, entries: tuple[Entry, ...], counts: dict[tuple[str, int], int], count: int
) -> list[Proposal]:
    tried: dict[str, Proposal] = {}
    for text, entry in _corrected(sought, entries):
        key = text.casefold().replace('"', "")
        if text.casefold() == sought.query.text.casefold():
            continue
        if key not in tried and len(tried) < TRIED:
            tried[key] = Proposal(text, count_instead(sought, text))
        if entry and key in tried:
            tried[key].pages.append(_page(entry, counts[entry.kind, entry.pk]))
    return [each for each in tried.values() if each.count > count][:MOST]


def _page(entry: Entry, count: int) -> NamePage:
    return NamePage(entry.kind, entry.own_name, row_url(entry.kind, entry.slug), count)


def _corrected(sought: Sought, entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry | None]]:
    """Yield other queries, the likeliest first, and what the whole of it is the name of."""
    query, names = sought.query, arranged(entries)
    for each in sought.unknown:
        near = [(each.place, entry) for entry in names.near(each.name, [each.field])[:MOST]]
        for place, entry in [*_further_words(query, each, names), *near]:
            minus = "-" if each.is_excluded else ""
            yield query.with_instead(place, f"{minus}{each.field}:{entry.slug}"), None
    for row in query.rows(MOST_WORDS):
        text = " ".join(word.text for word in row)
        is_all = len(row) == len(query.words)
        if not is_all and any(entry.name == entry.own_name for entry in names.are_called(text)):
            continue
        is_whole = is_all and not query.filters
        for entry in names.near(text)[: MOST if is_whole else 1]:
            yield query.with_instead(place_of(row), _as_words(entry.own_name)), entry if is_whole else None
    yield from ((text, None) for text in respelled(query, arranged_words(entries)))


def _further_words(query: Query, unknown: Filter, names: Names) -> Iterator[tuple[slice, Entry]]:
    """Yield what a filter may name together with the words behind it: “tag:North Korea”, without quotes."""
    name, stop = unknown.name, unknown.place.stop
    for word in [word for word in query.words if word.place.start > stop][: LONGEST_ROW - 1]:
        if query.text[stop : word.place.start].strip():
            return
        name, stop = f"{name} {word.text}", word.place.stop
        yield from (
            (slice(unknown.place.start, stop), entry)
            for entry in names.are_called(name)
            if entry.kind == unknown.field
        )


def _as_words(name: str) -> str:
    """Return a name as it can be typed into the box, no sign of it meaning anything."""
    return " ".join("".join(" " if sign in '"“”„«»:*' else sign for sign in name).split()).lstrip("-−–")
