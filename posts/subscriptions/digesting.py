"""Digests: what a day, a week or a month brought to one reader, in one letter and without repetition.

What a reader was told stands in the mail ledger; a digest leaves it out, whichever scope or letter it came by.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from posts.dating import site_time
from posts.models import CategoryEntry, TaggedPost
from posts.outbox.models import Delivery
from posts.subscriptions.models import Announcement, Frequency, Subscriber, Subscription
from posts.subscriptions.models.subscriber import DIGESTS, HOURS

SLICE = 500  # subscribers
COLLECTS = "subscriptions.digest"
# What was announced a moment before the hour may not be written yet.
GRACE = dt.timedelta(minutes=1)

Key = tuple[str, int]  # as Subscription.scope_key


@dataclass(frozen=True)
class News:
    """An announcement, as far as digests need to know it."""

    pk: int
    post: int
    made_at: dt.datetime
    published_at: dt.datetime
    is_again: bool


@dataclass
class Collection:
    """What was announced in a time, by what one may follow."""

    by_key: dict[Key, list[News]] = field(default_factory=lambda: defaultdict(list))

    def of(self, subscription: Subscription, until: dt.datetime) -> Iterator[News]:
        for news in self.by_key.get(subscription.scope_key, ()):
            is_new = news.is_again or news.published_at > subscription.starts_at
            if is_new and subscription.told_until < news.made_at <= until:
                yield news


def last_boundary(frequency: str, hour: int, at: dt.datetime) -> dt.datetime:
    """Return the latest moment, up to this one, at which a digest of this frequency goes to those of this hour.

    In the site's own time: daily at the hour, weekly on Mondays, monthly on the first.
    """
    local = site_time(at)
    day = local.date()
    if local.hour < hour:
        day -= dt.timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        day -= dt.timedelta(days=day.weekday())
    elif frequency == Frequency.MONTHLY:
        day = day.replace(day=1)
    boundary = dt.datetime.combine(day, dt.time(hour), tzinfo=timezone.get_default_timezone())
    # Where the clocks go forward the hour may be missing; it is read as the one after.
    return min(boundary.astimezone(dt.UTC), at.astimezone(dt.UTC))


def send_digests(at: dt.datetime | None = None) -> Iterator[int]:
    """Write down the digests that are due; yield, slice by slice, how many. Empty ones are not sent."""
    at = (at or timezone.now()) - GRACE
    for frequency in DIGESTS:
        if Announcement.objects.filter(finished_at=None).exists():
            return  # somebody is being told of something: the next minute knows of whom
        boundaries = {hour: last_boundary(frequency, hour, at) for hour in HOURS}
        reached = 0
        while (rows := _due(frequency, boundaries, reached)) and rows:
            reached = rows[-1].subscriber_id
            yield _write_slice([row.subscriber_id for row in rows], frequency, boundaries)


def _due(frequency: str, boundaries: dict[int, dt.datetime], reached: int) -> list[Subscription]:
    """One subscription of each of the next subscribers for whom a digest is due."""
    is_due = reduce(or_, (Q(subscriber__hour=hour, told_until__lt=moment) for hour, moment in boundaries.items()))
    due = Subscription.objects.active().filter(
        is_due,
        frequency=frequency,
        told_until__lt=max(boundaries.values()),
        subscriber__state=Subscriber.State.ACTIVE,
        subscriber__gt=reached,
    )
    ids = due.order_by("subscriber_id").values_list("subscriber_id", flat=True).distinct()[:SLICE]
    return [Subscription(subscriber_id=pk) for pk in ids]


@transaction.atomic
def _write_slice(subscribers: list[int], frequency: str, boundaries: dict[int, dt.datetime]) -> int:
    # The readers, not their subscriptions: of two clocks, one sees what the other has just told, however often.
    locked = Subscriber.objects.select_for_update(skip_locked=True).filter(pk__in=subscribers).order_by("pk")
    readers = {reader.pk: reader for reader in locked if reader.state == Subscriber.State.ACTIVE}
    due = []
    for row in Subscription.objects.active().filter(subscriber__in=readers, frequency=frequency).order_by("pk"):
        row.subscriber = readers[row.subscriber_id]
        if row.told_until < boundaries[row.subscriber.hour]:
            due.append(row)
    if not due:
        return 0
    collection = _collect(min(row.told_until for row in due), max(boundaries.values()))
    told = told_to({row.subscriber.email for row in due})
    by_subscriber: dict[int, list[Subscription]] = defaultdict(list)
    for row in due:
        by_subscriber[row.subscriber_id].append(row)
    letters = [
        letter
        for mine in by_subscriber.values()
        if (letter := _letter(mine, collection, told, boundaries[mine[0].subscriber.hour]))
    ]
    for hour, boundary in boundaries.items():
        ids = [row.pk for row in due if row.subscriber.hour == hour]
        Subscription.objects.filter(pk__in=ids).update(told_until=boundary)
    return Delivery.objects.write(letters)


def _letter(
    mine: list[Subscription], collection: Collection, told: dict[str, set[int]], until: dt.datetime
) -> Delivery | None:
    """Return the digest of one subscriber; None where there is nothing to tell."""
    subscriber, frequency = mine[0].subscriber, mine[0].frequency
    news = {each.post: each for row in mine for each in collection.of(row, until)}
    left = [each for each in news.values() if each.pk not in told[subscriber.email]]
    if not left:
        return None
    left.sort(key=lambda each: (each.published_at, each.post), reverse=True)
    return Delivery(
        # With the first of what it is about: what becomes as frequent later that day has a digest of its own.
        key=f"subscriptions:digest:{subscriber.pk}:{frequency}:{until:%Y-%m-%dT%H:%M}:{mine[0].pk}",
        kind=COLLECTS,
        recipient=subscriber.email,
        data={"announcements": [each.pk for each in left], "subscriber": subscriber.pk, "frequency": frequency},
    )


def _collect(since: dt.datetime, until: dt.datetime) -> Collection:
    """Read what was announced after one moment and up to another, with all that it can be followed by."""
    announcements = Announcement.objects.filter(made_at__gt=since, made_at__lte=until, post__listed_at__isnull=False)
    columns = ("pk", "post", "made_at", "post__listed_at", "number", "post__source")
    rows: list[Any] = list(announcements.values_list(*columns))
    keys = _keys({row[1] for row in rows})
    collection = Collection()
    for pk, post, made_at, published_at, number, source in rows:
        news = News(pk, post, made_at, published_at, number > 1)
        for key in [("all", 0), *keys[post], *([("source", source)] if source else [])]:
            collection.by_key[key].append(news)
    return collection


def _keys(posts: Iterable[int]) -> dict[int, list[Key]]:
    keys: dict[int, list[Key]] = defaultdict(list)
    tagged = TaggedPost.objects.filter(content_object__in=posts).values_list("content_object", "tag")
    filed = CategoryEntry.objects.filter(post__in=posts).values_list("post", "category")
    for kind, pairs in (("tag", tagged), ("category", filed)):
        for post, shelf in pairs:
            keys[post].append((kind, shelf))
    return keys


def told_to(emails: Iterable[str]) -> dict[str, set[int]]:
    """Return, for each of these addresses, of which announcements the ledger has a letter."""
    told: dict[str, set[int]] = defaultdict(set)
    letters = Delivery.objects.filter(recipient__in=emails, kind__in=["subscriptions.post", COLLECTS])
    for email, data in letters.values_list("recipient", "data"):
        told[email] |= {data["announcement"]} if "announcement" in data else set(data["announcements"])
    return told


# --- Before its time


def send_collected(subscription: Subscription, at: dt.datetime) -> None:
    """Send what a digest would have brought, because from now on each post has a letter of its own.

    Inside a transaction. What is just being announced and has not come to this subscriber yet will come as a letter.
    """
    unfinished: QuerySet[Announcement] = Announcement.objects.select_for_update().filter(finished_at=None)
    coming = {each.pk for each in unfinished if each.reached < subscription.subscriber_id}
    collection = _collect(subscription.told_until, at)
    told = told_to([subscription.subscriber.email])
    told[subscription.subscriber.email] |= coming
    if letter := _letter([subscription], collection, told, at):
        letter.key = f"subscriptions:collected:{subscription.pk}:{at.isoformat()}"
        letter.data["frequency"] = ""
        Delivery.objects.write([letter])
    subscription.told_until = at
