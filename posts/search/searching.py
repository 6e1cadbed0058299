"""A search: its query understood, run on the index, and what was found read as any listing is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from django.utils import timezone

from posts.dating import start_of
from posts.models import Category, Tag
from posts.search.engine import engine
from posts.search.expressions import Expression, labelled, needle
from posts.search.models import EPOCH, EVERY, label, position_of, post_of
from posts.search.queries import Filter, Query, parse
from sources.models import Source
from sources.naming import tidy_slug

PAGE_SIZE = 10
RANKED = 1000  # of what a common word finds, the newest so many are weighed against each other
MOST_SKIPPED = 10_000
Order = Literal["relevance", "date"]


@dataclass
class Sought:
    """A query whose names were looked up."""

    query: Query
    expression: Expression
    low: int
    high: int
    # What it is narrowed to: pairs of a filter and what it names, or None where nobody knows that.
    named: list[tuple[Filter, Tag | Source | Category | None]] = field(default_factory=list)
    is_hopeless: bool = False  # narrowed to something that is not there

    @property
    def unknown(self) -> list[Filter]:
        return [each for each, row in self.named if row is None]


@dataclass
class Results:
    count: int
    positions: list[int]  # of this page
    order: Order

    @property
    def ids(self) -> list[int]:
        return [post_of(position) for position in self.positions]


def look_up(text: str, at: dt.datetime | None = None) -> Sought:
    """Understand what was typed, as things stand at that moment."""
    query = parse(text)
    named = [(each, find(each)) for each in query.filters]
    wanted = [needle(term) for term in query.wanted]
    unwanted = [needle(term) for term in query.terms if term.is_excluded]
    for each, row in named:
        if row is not None:
            (unwanted if each.is_excluded else wanted).append(labelled([label(each.field, row.pk)]))
    low = position_of(start_of(query.since)) if query.since else position_of(EPOCH)
    high = position_of(at or timezone.now()) + (1 << 29) - 1
    if query.until:
        high = min(high, position_of(start_of(query.until + dt.timedelta(days=1))) - 1)
    return Sought(
        query,
        Expression(tuple(wanted or [labelled([EVERY])]), tuple(unwanted)),
        low,
        high,
        named,
        any(row is None and not each.is_excluded for each, row in named),
    )


def find(each: Filter) -> Tag | Source | Category | None:
    """Return what a filter names: by its address or by its name."""
    if each.field == "tag":
        return Tag.objects.at_slug(each.name) or Tag.objects.named(each.name)
    if each.field == "source":
        slug = tidy_slug(each.name)
        return Source.objects.filter(slug=slug).first() or Source.objects.named(each.name)
    path = tidy_slug(each.name).strip("/")
    found = Category.objects.filter(path=path).first() or Category.objects.filter(name__iexact=each.name).first()
    return found or Category.objects.filter(slug=path.rpartition("/")[2]).order_by("path").first()


def run(sought: Sought, order: Order, number: int) -> Results:
    """Return a page of what is found, with how much there is."""
    if sought.is_hopeless or sought.query.is_empty or sought.low > sought.high:
        return Results(0, [], order)
    count = engine().count(sought.expression, sought.low, sought.high)
    skip = (number - 1) * PAGE_SIZE
    if skip >= count:
        return Results(count, [], order)
    if order == "relevance" and sought.query.wanted and skip < RANKED:
        return Results(count, ranked(sought, count)[skip : skip + PAGE_SIZE], order)
    return Results(count, engine().newest(sought.expression, sought.low, sought.high, PAGE_SIZE, skip), order)


def ranked(sought: Sought, count: int) -> list[int]:
    """Return the best first; of very many, those with the words in the title before the newest others."""
    expression, low, high = sought.expression, sought.low, sought.high
    if count <= RANKED:
        return list(engine().best(expression, low, high))
    in_titles = _best_of_newest(expression.in_titles(), low, high)
    others = _best_of_newest(expression, low, high)
    known = set(in_titles)
    return [*in_titles, *(position for position in others if position not in known)][:RANKED]


def _best_of_newest(expression: Expression, low: int, high: int) -> list[int]:
    newest = engine().newest(expression, low, high, RANKED)
    return list(engine().best(expression, newest[-1], high)) if newest else []
