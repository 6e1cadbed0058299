"""What becomes of subscriptions when what they follow becomes part of something else."""

from typing import Any

from django.db.models.signals import pre_delete

from posts.models import Category, Tag
from posts.subscriptions.changing import change_frequency
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
    followed_twice = staying.filter(subscriber__in=ending.values("subscriber")).select_related("subscriber")
    both = {subscription.subscriber_id: subscription for subscription in followed_twice}
    for subscription in ending.filter(subscriber__in=both).select_related("subscriber"):
        _join(subscription, both[subscription.subscriber_id])
    ending.update(**{scope: kept})


def _join(ending: Subscription, twin: Subscription) -> None:
    """Make one of two subscriptions: as often as the more frequent, begun if either has begun."""
    if ending.state == Subscription.State.ACTIVE != twin.state:
        columns = {name: getattr(ending, name) for name in ("state", "frequency", "starts_at", "told_until")}
        ending.delete()
        Subscription.objects.filter(pk=twin.pk).update(**columns)
        return
    frequency = min(ending.frequency, twin.frequency, key=_OFTEN.index)
    if ending.state == twin.state:
        change_frequency(twin, Frequency(frequency))
    ending.delete()
