"""What becomes of subscriptions when what they follow becomes part of something else."""

from typing import Any

from django.db.models.signals import pre_delete

from posts.models import Category, Tag
from posts.subscriptions.models import Frequency, Subscription
from sources.models import Source, absorbing

_OFTEN = list(Frequency.values)


def connect() -> None:
    absorbing.connect(follow_tag, sender=Tag)
    absorbing.connect(follow_source, sender=Source)
    for model in (Tag, Category, Source):
        pre_delete.connect(stop_following, sender=model)


def follow_tag(kept: Tag, other: Tag, **_: Any) -> None:
    _follow("tag", kept, other)


def follow_source(kept: Source, other: Source, **_: Any) -> None:
    _follow("source", kept, other)


def stop_following(instance: Tag | Category | Source, **_: Any) -> None:
    scope = type(instance).__name__.lower()
    Subscription.objects.filter(**{scope: instance}).delete()


def _follow(scope: str, kept: Any, other: Any) -> None:
    """Followers of the one that ends follow the one that stays; who followed both is told as often as before."""
    ending = Subscription.objects.filter(**{scope: other})
    staying = Subscription.objects.filter(**{scope: kept})
    both = {subscription.subscriber_id: subscription for subscription in staying.filter(
        subscriber__in=ending.values("subscriber"))}  # fmt: skip
    for subscription in ending.filter(subscriber__in=both):
        twin = both[subscription.subscriber_id]
        if _OFTEN.index(subscription.frequency) < _OFTEN.index(twin.frequency):
            staying.filter(pk=twin.pk).update(frequency=subscription.frequency)
        subscription.delete()
    ending.update(**{scope: kept})
