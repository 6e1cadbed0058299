"""“Did you mean”: what somebody may have wanted who found little, by the names that there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from posts.addressing import category_url, source_url, tag_url
from posts.models import Category
from posts.search.names import Entry, arranged, arranged_words, read_names
from posts.search.queries import Field, Query
from posts.search.searching import Sought, count_of, look_up, named

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


@dataclass(frozen=True)
class Proposal:
    """Another query, and how many posts it finds."""

    text: str
    within: str
    count: int
    page: NamePage | None = None  # what it is the whole name of


URLS = {"tag": tag_url, "source": source_url, "category": category_url}


def kind_name(kind: Field) -> str:
    return {"tag": _("Tag"), "source": _("Outlet"), "category": _("Category")}[kind]


def pages_called(sought: Sought) -> list[NamePage]:
    """Return the pages of what is called exactly as the whole query says, or has that as another name."""
    query = sought.query
    is_plain = query.words and not (query.filters or query.dates or len(query.terms) != len(query.wanted))
    if not is_plain or query.text.endswith("*"):
        return []
    text = " ".join(word.text for word in query.words)
    kinds: tuple[Field, ...] = ("tag", "source", "category")
    found = ((kind, named(kind, text)) for kind in kinds)
    return [
        NamePage(kind, row.name, row_url(kind, row.path if isinstance(row, Category) else row.slug), row.tally.count)
        for kind, row in found
        if row is not None and getattr(row, "tally", None) is not None and row.tally.count
    ]


def row_url(kind: Field, slug: str) -> str:
    return str(URLS[kind](slug))


def proposals(sought: Sought, count: int) -> list[Proposal]:
    """Return queries like this one that find more, made of names that have public posts."""
    if sought.is_empty or not (sought.query.words or sought.unknown):
        return []
    within = sought.within.text
    found: list[Proposal] = []
    tried: set[str] = set()
    entries, counts = read_names()
    for text, entry in _corrected(sought, entries):
        if text in tried or text == sought.query.text:
            continue
        if len(tried) >= TRIED or len(found) >= MOST:
            break
        tried.add(text)
        number = count_of(look_up(text, within))
        if number > count:
            page = _page(entry, counts[entry.kind, entry.pk]) if entry else None
            found.append(Proposal(text, within, number, page))
    return found


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
        if names.are_called(text) and len(run) < len(words):
            continue
        is_whole = len(run) == len(query.words) and not query.filters
        for entry in names.near(text)[: MOST if is_whole else 1]:
            yield query.with_instead(place, _as_words(entry.name)), entry if is_whole else None
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
