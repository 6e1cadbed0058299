"""What was found, counted by tag, category, outlet and year: each count narrows the search."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from posts.dating import site_date
from posts.models import CategoryEntry, Post, TaggedPost
from posts.search.engine import engine
from posts.search.models import EPOCH, NUMBER_BITS, post_of
from posts.search.searching import Sought

AMONG = 2000  # of what was found, the newest so many are counted
MOST = 8  # values of one kind


@dataclass(frozen=True)
class Value:
    name: str
    count: int
    narrowing: str  # what the query gets in addition: "tag:north-korea"


@dataclass(frozen=True)
class Facet:
    name: str
    values: list[Value]


@dataclass(frozen=True)
class Facets:
    kinds: list[Facet]
    among: int | None  # of how many of the newest these are the counts; None for all


def facets_of(sought: Sought, count: int) -> Facets:
    if not count:
        return Facets([], None)
    newest = engine().newest(sought.expression, sought.low, sought.high, AMONG)
    ids = [post_of(position) for position in newest]
    tags = TaggedPost.objects.filter(content_object__in=ids).values("tag__slug", "tag__name")
    categories = CategoryEntry.objects.filter(post__in=ids).values("category__path", "category__name")
    sources = Post.objects.filter(pk__in=ids, source__isnull=False).order_by().values("source__slug", "source__name")
    kinds = [
        _facet("Tags", "tag", tags),
        _facet("Categories", "category", categories),
        _facet("Outlets", "source", sources),
        _years(newest),
    ]
    return Facets([kind for kind in kinds if kind.values], AMONG if count > AMONG else None)


def _facet(title: str, field: str, rows: QuerySet[Any, Any]) -> Facet:
    key, name = rows._fields  # type: ignore[attr-defined]
    counted = rows.annotate(number=Count("*")).order_by("-number", name)[:MOST]
    return Facet(title, [Value(row[name], row["number"], f"{field}:{row[key]}") for row in counted])


def _years(positions: list[int]) -> Facet:
    moments = (EPOCH + dt.timedelta(seconds=position >> NUMBER_BITS) for position in positions)
    counts = Counter(site_date(moment).year for moment in moments)
    return Facet(
        "Years", [Value(f"{year:04}", counts[year], f"from:{year:04} to:{year:04}") for year in sorted(counts)[::-1]]
    )
