"""How subscriptions fare, in numbers: a handful of queries however many rows there are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from posts.dating import site_date, start_of
from posts.models import Tag
from posts.outbox.models import Delivery
from posts.subscriptions.models import Day, Subscriber, Subscription

DAYS = 30
LONGEST_WAY = dt.timedelta(days=3)  # of a letter, from the queue to its last attempt; more than the ledger gives it


@dataclass(frozen=True)
class Numbers:
    subscribers: int
    waiting: int
    suspended: int


def count_subscribers() -> Numbers:
    waiting = Subscription.objects.filter(subscriber=OuterRef("pk"), state=Subscription.State.WAITING)
    return Numbers(
        **Subscriber.objects.aggregate(
            subscribers=Count("pk"), suspended=Count("pk", filter=Q(state=Subscriber.State.SUSPENDED))
        ),
        waiting=Subscriber.objects.filter(Exists(waiting)).count(),
    )


def last_days(at: dt.datetime | None = None) -> list[dt.date]:
    """Return the last days of the site's calendar, today the last."""
    today = site_date(at or timezone.now())
    return [today - dt.timedelta(days=back) for back in reversed(range(DAYS))]


def count_growth(days: list[dt.date]) -> tuple[list[int], list[int]]:
    """Return, for each of these days, how many joined and how many left."""
    found = {row.day: row for row in Day.objects.filter(day__gte=days[0])}
    empty = Day()
    rows = [found.get(day, empty) for day in days]
    return [row.joined for row in rows], [row.left for row in rows]


def count_letters(days: list[dt.date]) -> tuple[list[int], list[int]]:
    """Return, for each of these days, how many letters went out and how many failed for good."""
    bounds = [start_of(day) for day in [*days, days[-1] + dt.timedelta(days=1)]]
    counts: dict[str, Count] = {}
    # One pass over what was queued lately, on either database; the days have the bounds of the site's time zone.
    for number, (start, end) in enumerate(pairwise(bounds)):
        sent = Q(state=Delivery.State.SENT, sent_at__gte=start, sent_at__lt=end)
        failed = Q(state=Delivery.State.FAILED, claimed_at__gte=start, claimed_at__lt=end)
        counts |= {f"sent_{number}": Count("pk", filter=sent), f"failed_{number}": Count("pk", filter=failed)}
    letters = Delivery.objects.filter(kind__startswith="subscriptions.", queued_at__gte=bounds[0] - LONGEST_WAY)
    found = letters.aggregate(**counts)
    numbers = range(len(days))
    return [found[f"sent_{each}"] for each in numbers], [found[f"failed_{each}"] for each in numbers]


@dataclass(frozen=True)
class Followers:
    each: list[tuple[Tag, int]]  # those tags that somebody follows
    together: int  # readers, each once


def count_followers(tags: Sequence[Tag]) -> Followers:
    """Return how many readers follow these tags."""
    rows = Subscription.objects.filter(tag__in=tags).order_by()
    numbers = dict(rows.values_list("tag").annotate(Count("pk")))
    together = rows.aggregate(number=Count("subscriber", distinct=True))["number"]
    return Followers([(tag, numbers[tag.pk]) for tag in tags if tag.pk in numbers], together)
