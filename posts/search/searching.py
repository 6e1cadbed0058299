"""A search: its query understood, run on the index, and what was found read as any listing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils import timezone

from posts.dating import start_of
from posts.listing import fresh
from posts.models import Category, Tag
from posts.search.engine import engine
from posts.search.expressions import Expression, labelled, needle
from posts.search.models import EPOCH, EVERY, LAST_NUMBER, label, position_of, post_of
from posts.search.queries import MOST_TERMS, Field, Filter, Query, parse, terms
from sources.models import Source
from sources.naming import fold, tidy_slug

PAGE_SIZE = 10
RANKED = 500  # of what a common word finds, the newest so many are weighed against each other
MOST_SKIPPED = 10_000
AMONG = 2000  # of what was found, the newest so many are counted by tag, category, outlet and year
Order = Literal["relevance", "date"]
Named = Tag | Source | Category


@dataclass
class Sought:
    """A query whose names were looked up."""

    query: Query
    within: Query  # of which the filters count
    expression: Expression
    low: int
    high: int
    # What it is narrowed to: pairs of a filter and what it names, or None where nobody knows that.
    named: list[tuple[Filter, Named | None]] = field(default_factory=list)
    named_within: list[tuple[Filter, Named | None]] = field(default_factory=list)

    @property
    def is_hopeless(self) -> bool:
        """Say whether it is narrowed to something that is not there, or to no time at all."""
        named = [*self.named, *self.named_within]
        return self.low > self.high or any(row is None and not each.is_excluded for each, row in named)

    @property
    def is_empty(self) -> bool:
        return self.query.is_empty and not self.within.filters

    @property
    def unknown(self) -> list[Filter]:
        return [each for each, row in self.named if row is None]

    @property
    def is_ranked(self) -> bool:
        return bool(self.query.wanted)


@dataclass
class Results:
    count: int
    positions: list[int]  # of this page
    newest: list[int]  # of all that was found, the newest: at most AMONG

    @property
    def ids(self) -> list[int]:
        return [post_of(position) for position in self.positions]


NOTHING = Results(0, [], [])


def look_up(text: str, within: str = "", at: dt.datetime | None = None, near: Sought | None = None) -> Sought:
    """Understand what was typed, as things stand at that moment; `within` holds filters that it stays within.

    What `near` names, a search much like this one, is not looked up again.
    """
    query, frame = parse(text), parse(within)
    known = {(each.field, each.name): row for each, row in [*near.named, *near.named_within]} if near else {}

    def row_of(each: Filter) -> Named | None:
        key = each.field, each.name
        return known[key] if key in known else find(each)

    named, named_within = ([(each, row_of(each)) for each in asked.filters] for asked in (query, frame))
    wanted = [needle(term) for term in query.wanted]
    unwanted = [needle(term) for term in query.terms if term.is_excluded]
    for each, row in [*named, *named_within]:
        if row is not None:
            (unwanted if each.is_excluded else wanted).append(labelled([label(each.field, row.pk)]))
    # No position is before the epoch. East of Greenwich the first day of all begins before any moment there is.
    low = position_of(start_of(query.since) if query.since and query.since > EPOCH.date() else EPOCH)
    high = position_of(at or timezone.now(), LAST_NUMBER)
    if query.until:
        high = min(high, _last_position(query.until))
    expression = Expression(tuple(wanted or [labelled([EVERY])]), tuple(unwanted))
    return Sought(query, frame, expression, low, high, named, named_within)


def _last_position(day: dt.date) -> int:
    if day == dt.date.max:
        return (1 << 63) - 1
    return position_of(start_of(day + dt.timedelta(days=1))) - 1


def find(each: Filter) -> Named | None:
    """Return what a filter names: by its address or by its name. Of what has no public post nothing is said."""
    row = named(each.field, each.name)
    return row if row and fresh(getattr(row, "tally", None), each.field, row.pk).count else None


def named(kind: Field, name: str) -> Named | None:
    if kind == "tag":
        return Tag.objects.at_slug(name) or Tag.objects.named(name)
    slug = tidy_slug(name)
    if kind == "source":
        sources = Source.objects.select_related("tally")
        return sources.filter(slug=slug).first() or sources.filter(aliases__slug=slug).first() or sources.named(name)
    return _category(slug.strip("/"), fold(name))


def _category(path: str, key: str) -> Category | None:
    # Folded here: SQLite tells É from é where PostgreSQL does not. There are few.
    rows = list(Category.objects.order_by("path").values_list("pk", "path", "slug", "name"))
    ways = (
        (pk for pk, its_path, _, _ in rows if its_path == path),
        (pk for pk, _, _, name in rows if fold(name) == key),
        (pk for pk, _, slug, _ in rows if slug == path.rpartition("/")[2]),
    )
    pk = next((pk for way in ways for pk in way), None)
    return Category.objects.select_related("tally").get(pk=pk) if pk else None


def run(sought: Sought, order: Order, number: int) -> Results:
    """Return a page of what is found, with how much there is."""
    if sought.is_empty or sought.is_hopeless:
        return NOTHING
    skip = (number - 1) * PAGE_SIZE
    most = max(AMONG, min(skip + PAGE_SIZE, MOST_SKIPPED))
    count, newest = engine().look(sought.expression, sought.low, sought.high, most)
    in_order = newest
    if order == "relevance" and sought.is_ranked:
        best = ranked(sought, count, newest)
        known = set(best)
        in_order = [*best, *(position for position in newest if position not in known)]
    return Results(count, in_order[skip : skip + PAGE_SIZE], newest[:AMONG])


def ranked(sought: Sought, count: int, newest: Sequence[int]) -> list[int]:
    """Return the best first; of very many, those with the words in the title before the newest others."""
    expression = sought.expression
    if count <= RANKED:
        return list(engine().best(expression, newest))
    in_titles = expression.in_titles()
    newest_in_titles = engine().newest(in_titles, sought.low, sought.high, RANKED)
    best_in_titles = list(engine().best(in_titles, newest_in_titles))
    known = set(best_in_titles)
    others = engine().best(expression, newest[:RANKED])
    return [*best_in_titles, *(position for position in others if position not in known)][:RANKED]


def ids_found(text: str, within: str = "", *, most: int) -> list[int]:
    """Return the ids of the posts that a query finds, the newest first, at most so many."""
    sought = look_up(text, within)
    if sought.is_empty or sought.is_hopeless:
        return []
    return [post_of(position) for position in engine().newest(sought.expression, sought.low, sought.high, most)]


def count_of(sought: Sought) -> int:
    if sought.is_empty or sought.is_hopeless:
        return 0
    count, _ = engine().look(sought.expression, sought.low, sought.high, 1)
    return int(count)


def count_instead(sought: Sought, text: str) -> int:
    """Return how many posts this text finds in place of the other, within the same."""
    return count_of(look_up(text, sought.within.text, near=sought))


def title_beginning(text: str) -> Expression | None:
    """Return what finds the titles in which these words stand, the last perhaps only begun."""
    found = terms(f"{text}*")[:MOST_TERMS]
    return Expression(tuple(map(needle, found))).in_titles() if found else None
