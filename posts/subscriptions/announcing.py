"""What is published and of which nobody has been told: have everybody told who wants to know of each post.

A post is announced once in its life. Letters are written down in slices, each in a transaction of its own that also
notes how far it came: whoever is killed goes on from there, and a reader who writes a comment meanwhile waits for one
slice at most.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from posts.models import CategoryEntry, Post, TaggedPost
from posts.outbox.models import Delivery
from posts.subscriptions.models import Announcement, Frequency, Subscriber, Subscription

SLICE = 2000
TELLS = "subscriptions.post"


def announce(at: dt.datetime | None = None) -> Iterator[int]:
    """Announce what is news; yield, slice by slice, how many letters were written down."""
    at = at or timezone.now()
    news = Post.objects.news(at).filter(announcements=None).order_by("listed_at", "id")
    for pk in news.values_list("pk", flat=True):
        Announcement.objects.get_or_create(post_id=pk, number=1, defaults={"made_at": at})
    for pk in Announcement.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        while (written := _write_slice(pk, at)) is not None:
            yield written


@transaction.atomic
def _write_slice(pk: int, at: dt.datetime) -> int | None:
    """Write down the letters to the next subscribers; None where all are written, or where somebody else is at it."""
    announcement = _locked().filter(pk=pk).first()
    if announcement is None:
        return None
    rows = list(_readers(announcement).values_list("pk", "email")[:SLICE])
    Delivery.objects.write(
        [
            Delivery(
                key=f"subscriptions:post:{pk}:{subscriber}",
                kind=TELLS,
                recipient=email,
                data={"announcement": pk, "subscriber": subscriber},
            )
            for subscriber, email in rows
        ]
    )
    announcement.told += len(rows)
    if rows:
        announcement.reached = rows[-1][0]
    if len(rows) < SLICE:
        announcement.finished_at = at
    announcement.save(update_fields=["told", "reached", "finished_at"])
    return len(rows)


def _locked() -> QuerySet[Announcement]:
    return Announcement.objects.select_for_update(skip_locked=True).filter(finished_at=None)


def _readers(announcement: Announcement) -> QuerySet[Subscriber]:
    """Those who get a letter of their own about it and have none yet; nobody if it is not public any longer."""
    post = Post.objects.published().filter(pk=announcement.post_id).only("published_at", "source").first()
    if post is None:
        return Subscriber.objects.none()
    subscriptions = followers_of(post).filter(frequency=Frequency.POST)
    if announcement.number == 1:
        subscriptions = subscriptions.filter(starts_at__lt=post.published_at)
    return Subscriber.objects.reached_by(subscriptions).filter(pk__gt=announcement.reached).order_by("pk")


def followers_of(post: Post) -> QuerySet[Subscription]:
    """Return the active subscriptions to the site, or to a tag, a category (or one above) or the outlet of a post."""
    shelves = {
        "tag__in": list(TaggedPost.objects.filter(content_object=post).values_list("tag", flat=True)),
        "category__in": list(CategoryEntry.objects.filter(post=post).values_list("category", flat=True)),
        "source__in": [post.source_id] if post.source_id else [],
    }
    wanted = Q(tag=None, category=None, source=None)
    for lookup, ids in shelves.items():
        wanted |= Q(**{lookup: ids})
    return Subscription.objects.active().filter(wanted)


# --- Again


def tell_again(post: Post, by: str, at: dt.datetime | None = None) -> Announcement:
    """Announce a post once more, to all who follow it now. The letters are written by the next `announce`."""
    last = Announcement.objects.filter(post=post).aggregate(last=Max("number"))["last"] or 1
    return Announcement.objects.create(post=post, number=last + 1, asked_by=by, made_at=at or timezone.now())


def count_readers(post: Post) -> tuple[int, int]:
    """Return how many would get a letter about this post now, and how many would find it in their next digest."""
    followers = followers_of(post)
    at_once = Subscriber.objects.reached_by(followers.filter(frequency=Frequency.POST))
    later = Subscriber.objects.reached_by(followers.exclude(frequency=Frequency.POST)).exclude(pk__in=at_once)
    return at_once.count(), later.count()
