"""What each listing holds, counted when it changes, so that no page counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Case, Count, Max, Min, Q, QuerySet, Value, When
from django.utils import timezone

from posts.dating import site_date, start_of

BATCH = 500
# Related tags are those that stand beside a tag most often in its latest posts: a bounded look, and a fresh one.
RELATED_AMONG = 300
RELATED_MOST = 8
# Within `counting_once`: what is to be counted at its end.
_noted: ContextVar[dict[str, set[Any]] | None] = ContextVar("noted", default=None)


class TallyQuerySet(models.QuerySet["Tally"]):
    @transaction.atomic
    def recount(
        self,
        *,
        tags: Iterable[int] = (),
        categories: Iterable[int] = (),
        sources: Iterable[int] = (),
        site: bool = False,
        at: dt.datetime | None = None,
    ) -> None:
        """Count these listings again as they stand at that moment."""
        noted = _noted.get()
        if noted is not None:
            for kind, ids in (("tags", tags), ("categories", categories), ("sources", sources)):
                noted[kind] |= set(ids)
            noted["site"] |= {True} if site else set()
            return
        at = at or timezone.now()
        if site:
            self._recount("is_site", [True], at)
        for kind, ids in (("tag", tags), ("category", categories), ("source", sources)):
            ordered = sorted(set(ids))
            for start in range(0, len(ordered), BATCH):
                self._recount(kind, ordered[start : start + BATCH], at)

    @contextmanager
    def counting_once(self) -> Iterator[None]:
        """Count what changes within once, at the end: many posts on one shelf cost one count."""
        noted: dict[str, set[Any]] = {"tags": set(), "categories": set(), "sources": set(), "site": set()}
        token = _noted.set(noted)
        try:
            yield
        finally:
            _noted.reset(token)
        self.recount(
            tags=noted["tags"], categories=noted["categories"], sources=noted["sources"], site=bool(noted["site"])
        )

    def recount_all(self, at: dt.datetime | None = None) -> None:
        """Count every listing again: for those who write many rows past the models' own ways."""

        def ids(model: str) -> Iterable[int]:
            return apps.get_model(model).objects.values_list("pk", flat=True)

        self.recount(
            tags=ids("posts.Tag"), categories=ids("posts.Category"), sources=ids("sources.Source"), site=True, at=at
        )

    def due(self, at: dt.datetime | None = None) -> TallyQuerySet:
        """Those in which a scheduled post has appeared since they were counted."""
        return self.filter(next_at__lte=at or timezone.now())

    def _recount(self, kind: str, keys: list[Any], at: dt.datetime) -> None:
        column = kind if kind == "is_site" else f"{kind}_id"
        Tally.objects.bulk_create([Tally(**{column: key}) for key in keys], ignore_conflicts=True)
        # Whoever counts waits for whoever is counting: the count that is written last has seen everything.
        tallies: list[Any] = list(self.select_for_update().filter(**{f"{column}__in": keys}).order_by("pk"))
        counts = count(kind, keys, at)
        for tally in tallies:
            tally.take(counts[getattr(tally, column)])
        if kind == "tag":
            related = related_tags({tally.tag_id: tally.count for tally in tallies}, at)
            for tally in tallies:
                tally.related = related[tally.tag_id]
        # All rows are there; an upsert writes hundreds in one plain statement, an update in one of hundreds of cases.
        columns = ["count", "first_at", "last_at", "next_at", "years", "related"]
        self.bulk_create(tallies, update_conflicts=True, unique_fields=["id"], update_fields=columns)


class Tally(models.Model):
    """Exactly one of tag, category, source and is_site says which listing this is the tally of."""

    tag = models.OneToOneField("posts.Tag", on_delete=models.CASCADE, null=True, related_name="tally")
    category = models.OneToOneField("posts.Category", on_delete=models.CASCADE, null=True, related_name="tally")
    source = models.OneToOneField("sources.Source", on_delete=models.CASCADE, null=True, related_name="tally")
    is_site = models.BooleanField(null=True, unique=True)  # true or empty, so that there is one
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)  # when the next scheduled post appears in it
    years = models.JSONField(default=dict)  # {"2013": 4, …}, in the site's time zone
    related = models.JSONField(default=list)  # ids of tags, the nearest first

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.CheckConstraint(
                condition=Q(tag__isnull=False, category=None, source=None, is_site=None)
                | Q(tag=None, category__isnull=False, source=None, is_site=None)
                | Q(tag=None, category=None, source__isnull=False, is_site=None)
                | Q(tag=None, category=None, source=None, is_site=True),
                name="tally_of_one_listing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} posts"

    def take(self, counted: Counted) -> None:
        self.count = sum(counted.years.values())
        self.first_at, self.last_at, self.next_at = counted.first_at, counted.last_at, counted.next_at
        self.years = {str(year): counted.years[year] for year in sorted(counted.years)}


@dataclass
class Counted:
    years: dict[int, int] = field(default_factory=dict)
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    next_at: dt.datetime | None = None


def entries(kind: str, keys: list[Any]) -> tuple[QuerySet[Any], Any]:
    """Return the rows that list posts on such a shelf, and the column that tells the shelves apart."""
    if kind == "tag":
        return apps.get_model("posts.TaggedPost").objects.filter(tag__in=keys), models.F("tag_id")
    if kind == "category":
        return apps.get_model("posts.CategoryEntry").objects.filter(category__in=keys), models.F("category_id")
    posts = apps.get_model("posts.Post").objects.all()
    if kind == "source":
        return posts.filter(source__in=keys), models.F("source_id")
    return posts, Value(True)


def count(kind: str, keys: list[Any], at: dt.datetime) -> dict[Any, Counted]:
    rows, shelf = entries(kind, keys)
    counts: dict[Any, Counted] = defaultdict(Counted)
    listed = rows.filter(listed_at__lte=at).order_by()
    bounds = listed.aggregate(first=Min("listed_at"), last=Max("listed_at"))
    if bounds["first"]:
        by_year = (
            listed.annotate(shelf=shelf, year=year_of("listed_at", bounds["first"], bounds["last"]))
            .values_list("shelf", "year")
            .annotate(number=Count("*"), first=Min("listed_at"), last=Max("listed_at"))
        )
        for key, year, number, first_at, last_at in by_year:
            counted = counts[bool(key) if kind == "is_site" else key]
            counted.years[year] = number
            counted.first_at = min(counted.first_at or first_at, first_at)
            counted.last_at = max(counted.last_at or last_at, last_at)
    coming = rows.filter(listed_at__gt=at).order_by().annotate(shelf=shelf).values_list("shelf")
    for key, next_at in coming.annotate(first=Min("listed_at")):
        counts[bool(key) if kind == "is_site" else key].next_at = next_at
    return counts


def year_of(column: str, first: dt.datetime, last: dt.datetime) -> Case:
    """The site-local year of a row as plain comparisons, which both databases do fast and alike."""
    years = range(site_date(last).year, site_date(first).year, -1)
    return Case(
        *(When(**{f"{column}__gte": start_of(dt.date(year, 1, 1))}, then=Value(year)) for year in years),
        default=Value(site_date(first).year),
        output_field=models.IntegerField(),
    )


def related_tags(counts: dict[int, int], at: dt.datetime) -> dict[int, list[int]]:
    """Return for each of these tags, given with the number of its posts, those nearest to it."""
    # Of a rare tag all posts are looked at, so that one query answers for hundreds of tags.
    rare = [tag for tag, number in counts.items() if 0 < number <= RELATED_AMONG]
    related: dict[int, list[int]] = {tag: [] for tag in counts}
    for tag, other in _beside_rare(rare, at) if rare else ():
        if len(related[tag]) < RELATED_MOST:
            related[tag].append(other)
    return related | {tag: _beside_common(tag, at) for tag, number in counts.items() if number > RELATED_AMONG}


def _beside_rare(tags: list[int], at: dt.datetime) -> Iterable[tuple[int, int]]:
    """Return pairs of a tag and one that stands beside it, the nearest first."""
    pairs = apps.get_model("posts.TaggedPost").objects.filter(tag__in=tags, listed_at__lte=at)
    return (
        pairs.annotate(other=models.F("content_object__tagged__tag"))
        .exclude(other=models.F("tag"))
        .values_list("tag", "other")
        .annotate(together=Count("*"))
        .order_by("tag", "-together", "content_object__tagged__tag__name_key")
        .values_list("tag", "other")
    )


def _beside_common(tag: int, at: dt.datetime) -> list[int]:
    tagged = apps.get_model("posts.TaggedPost").objects
    latest = tagged.filter(tag=tag, listed_at__lte=at).order_by("-listed_at", "-content_object")
    beside = (
        tagged.filter(content_object__in=latest.values("content_object")[:RELATED_AMONG])
        .exclude(tag=tag)
        .values_list("tag")
        .annotate(together=Count("*"))
        .order_by("-together", "tag__name_key")
    )
    return [pk for pk, _ in beside[:RELATED_MOST]]
