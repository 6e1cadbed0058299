"""The demo's share: a few readers, so that the desk has something to show. None of these addresses can exist."""

import datetime as dt

from django.utils import timezone

from posts.dating import site_date
from posts.outbox.models import Delivery
from posts.subscriptions.changing import follow
from posts.subscriptions.models import Bounce, Consent, Day, Frequency, Subscriber, Subscription
from posts.subscriptions.scopes import find_scope

# Name, days since they came, what they follow, and how often.
READERS = [
    ("ann", 29, {"/": "weekly"}),
    ("library.desk", 27, {"/": "daily", "/tag/north-korea/": "post"}),
    ("m.okafor", 21, {"/category/forced-labor/": "weekly"}),
    ("jisoo", 20, {"/tag/north-korea/": "post"}),
    ("legal-aid", 14, {"/": "post"}),
    ("teacher", 9, {"/": "monthly"}),
    ("ben", 9, {"/tag/refugees/": "daily"}),
    ("newsroom", 4, {"/": "post"}),
    ("lena", 2, {"/tag/china/": "weekly"}),
    ("dockside", 1, {"/": "weekly"}),
]
LEFT = {18: 1, 6: 1}  # days ago → how many
LETTERS = {26: 2, 20: 3, 13: 4, 9: 5, 5: 6, 2: 7}


def fill() -> None:
    now = timezone.now()
    readers = [_make(name, now - dt.timedelta(days=days), follows) for name, days, follows in READERS]
    _one_waits(readers[-1])
    for days, number in LEFT.items():
        Day.count(site_date(now - dt.timedelta(days=days)), "left", number)
    for days, number in LETTERS.items():
        _send(readers[:number], now - dt.timedelta(days=days))
    _one_came_back(readers[5], now - dt.timedelta(days=5))


def _make(name: str, since: dt.datetime, follows: dict[str, str]) -> Subscriber:
    email = f"{name}@readers.example"
    subscriber = Subscriber.objects.create(email=email, made_at=since)
    for address, frequency in follows.items():
        if scope := find_scope(address):
            subscription = follow(subscriber, scope, Frequency(frequency), at=since)
            Subscription.objects.filter(pk=subscription.pk).update(told_until=timezone.now())
    asked_at = since - dt.timedelta(minutes=7)
    Consent.objects.create(
        email=email, scopes=follows, asked_at=asked_at, confirmed_at=since, subscriber=subscriber, came_from="/"
    )
    Day.count(site_date(since), "joined")
    return subscriber


def _one_waits(subscriber: Subscriber) -> None:
    subscriber.subscriptions.update(state=Subscription.State.WAITING)


def _send(readers: list[Subscriber], at: dt.datetime) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            key=f"subscriptions:demo:{reader.pk}:{at:%Y-%m-%d}",
            kind="subscriptions.digest",
            recipient=reader.email,
            data={"announcements": [], "subscriber": reader.pk, "frequency": "weekly"},
            state=Delivery.State.SENT,
            attempts=1,
            queued_at=at,
            claimed_at=at,
            sent_at=at,
        )
        for reader in readers
    )


def _one_came_back(subscriber: Subscriber, at: dt.datetime) -> None:
    words = "550 5.1.1 no such user"
    Bounce.objects.create(key="demo", email=subscriber.email, kind=Bounce.Kind.HARD, code="5.1.1", words=words, at=at)
    subscriber.suspend(Subscriber.Reason.BOUNCED, at)
    letters = Delivery.objects.filter(recipient=subscriber.email).order_by("-pk")
    letters.filter(pk__in=letters.values("pk")[:1]).update(state=Delivery.State.FAILED, sent_at=None, error=words)
