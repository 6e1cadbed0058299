"""“Did you mean”: what somebody may have wanted who found little, by the names that there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from posts.addressing import category_url, source_url, tag_url
from posts.search.names import Entry, arranged, arranged_words, names_called, read_names
from posts.search.queries import Field, Query
from posts.search.searching import Sought, count_of, look_up

FEW = 3  # who finds fewer is asked whether they meant something else
MOST = 3  # proposals
TRIED = 6  # searches that are run to see whether a proposal finds more
MOST_WORDS = 6  # of a query that are looked at
LONGEST_RUN = 4  # words of a query that may be one name


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
    """Return queries like this one that find more, made of names that have public posts."""
    if sought.is_empty or not (sought.query.words or sought.unknown):
        return []
    entries, counts = read_names()
    tried: dict[str, Proposal] = {sought.query.text.casefold(): Proposal(sought.query.text, count)}
    for text, entry in _corrected(sought, entries):
        key = text.casefold()
        if key not in tried and len(tried) <= TRIED:
            tried[key] = Proposal(text, count_of(look_up(text, sought.within.text)))
        if entry and key in tried:
            tried[key].pages.append(_page(entry, counts[entry.kind, entry.pk]))
    return [each for each in tried.values() if each.count > count][:MOST]


def _page(entry: Entry, count: int) -> NamePage:
    return NamePage(entry.kind, entry.own_name, row_url(entry.kind, entry.slug), count)


def _corrected(sought: Sought, entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry | None]]:
    """Yield other queries, the likeliest first, and what the whole of it is the name of."""
    query, names = sought.query, arranged(entries)
    for each in sought.unknown:
        for entry in names.near(each.name, [each.field])[:MOST]:
            minus = "-" if each.is_excluded else ""
            yield query.with_instead(each.place, f"{minus}{each.field}:{entry.slug}"), None
    words = query.words[:MOST_WORDS]
    misspelled = [words[start:stop] for start, stop in _runs(len(words))]
    for run in misspelled:
        text = " ".join(word.text for word in run)
        place = slice(run[0].place.start, run[-1].place.stop)
        if len(run) < len(words) and any(entry.name == entry.own_name for entry in names.are_called(text)):
            continue
        is_whole = len(run) == len(query.words) and not query.filters
        for entry in names.near(text)[: MOST if is_whole else 1]:
            yield query.with_instead(place, _as_words(entry.own_name)), entry if is_whole else None
    known = arranged_words(entries)
    corrected = query
    for word in words[::-1]:
        # From the end, so that the places before stay where they are.
        near = [] if known.are_called(word.text) else known.near(word.text)
        if near:
            yield query.with_instead(word.place, near[0].name), None
            corrected = Query(f"{corrected.text[: word.place.start]}{near[0].name}{corrected.text[word.place.stop :]}")
    if corrected is not query:
        yield corrected.without(), None


def _runs(number: int) -> Iterator[tuple[int, int]]:
    """Yield where parts of so many words begin and end, the longest first."""
    for length in range(min(number, LONGEST_RUN), 0, -1):
        yield from ((start, start + length) for start in range(number - length + 1))


def _as_words(name: str) -> str:
    """Return a name as it can be typed into the box, no sign of it meaning anything."""
    return " ".join("".join(" " if sign in '"“”„«»:*' else sign for sign in name).split()).lstrip("-−–")
