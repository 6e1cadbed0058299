"""What a search is narrowed to, in words: “Tag: North Korea”, “Year: 2012”, and where that stands in its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from posts.search.queries import Filter, Query, days_of
from posts.search.searching import Named, Sought


@dataclass(frozen=True)
class Narrowing:
    words: str
    places: tuple[slice, ...]


def narrowings(sought: Sought) -> list[Narrowing]:
    filters = [Narrowing(filter_words(each, row), (each.place,)) for each, row in sought.named]
    return [*filters, *_times(sought.query)]


def _times(query: Query) -> Iterator[Narrowing]:
    since = tuple(place for name, place in query.dates if name == "from")
    until = tuple(place for name, place in query.dates if name == "to")
    if year := whole_year(query):
        yield Narrowing(_("Year: %(year)s") % {"year": str(year)}, (*since, *until))
        return
    if query.since:
        yield Narrowing(_("From %(date)s") % {"date": query.since.isoformat()}, since)
    if query.until:
        yield Narrowing(_("Until %(date)s") % {"date": query.until.isoformat()}, until)


def whole_year(query: Query) -> int | None:
    """Return the year that the query asks for from its first to its last day, and nothing else."""
    since, until = query.since, query.until
    if since and until and since.year == until.year and days_of(str(since.year).zfill(4)) == (since, until):
        return since.year
    return None


def filter_words(each: Filter, row: Named | None) -> str:
    """Say what a filter does: “Tag: North Korea”."""
    name = {"name": each.name if row is None else row.name}
    if each.is_excluded:
        words = {
            "tag": _("Not the tag: %(name)s"),
            "source": _("Not the outlet: %(name)s"),
            "category": _("Not the category: %(name)s"),
        }
    else:
        words = {
            "tag": _("Tag: %(name)s"),
            "source": _("Outlet: %(name)s"),
            "category": _("Category: %(name)s"),
        }
    return words[each.field] % name
