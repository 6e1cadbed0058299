"""A query whose words are names and years, as the one with filters that may be meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from posts.search.names import Entry, Names, shape
from posts.search.queries import Field, Query, place_of

MOST_WORDS = 12  # of a query, of which it is seen whether they are exactly a name
PREFERRED: tuple[Field, ...] = ("source", "tag", "category")  # where several are called the same
YEARS = re.compile("((?:19|20)[0-9]{2}|2100)(?:[-–]((?:19|20)[0-9]{2}|2100))?")


def with_filters(query: Query, names: Names) -> Iterator[str]:
    """Yield the query with its outlets and years as filters, with its tags and categories too, with its years only."""
    rows = list(_named_rows(query, names))
    years = list(_years(query, rows))
    named = [(place, f"{entry.kind}:{entry.slug}") for place, entry in rows]
    # A tag is a word of its posts anyway, but for its other names.
    surest = [
        each for each, (_place, entry) in zip(named, rows, strict=True)
        if entry.kind == "source" or shape(entry.name).letters != shape(entry.own_name).letters
    ]  # fmt: skip
    for filters in ([*surest, *years], [*named, *years], years):
        if filters:
            rest = query.without(*(place for place, _words in filters))
            in_order = sorted(filters, key=lambda each: each[0].start)
            yield " ".join(filter(None, [*(words for _place, words in in_order), rest]))


def _named_rows(query: Query, names: Names) -> Iterator[tuple[slice, Entry]]:
    """Yield the words that are exactly a name, the longest first; but not a name that is all that was asked."""
    taken: list[slice] = []
    for row in query.rows(MOST_WORDS):
        place = place_of(row)
        if any(place.start < other.stop and other.start < place.stop for other in taken):
            continue
        called = names.are_called(" ".join(word.text for word in row))
        if called and query.without(place):
            taken.append(place)
            yield place, min(called, key=lambda entry: PREFERRED.index(entry.kind))


def _years(query: Query, rows: Sequence[tuple[slice, Entry]]) -> Iterator[tuple[slice, str]]:
    """Yield the years from which and to which the query says: “2012”, “2012–2014”, “2012 2013”."""
    named = [place for place, _entry in rows]
    words = [word for word in query.words if not any(place.start <= word.place.start < place.stop for place in named)]
    found = [(word.place, match) for word in words if (match := YEARS.fullmatch(word.text))]
    if not found or query.dates:
        return
    years = sorted(year for _place, match in found for year in match.groups() if year)
    place, *others = (place for place, _match in found)
    yield place, f"from:{years[0]} to:{years[-1]}"
    yield from ((other, "") for other in others)
