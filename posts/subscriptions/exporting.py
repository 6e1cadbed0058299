"""Subscribers as a table that spreadsheets open, and that `importing` reads."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from posts.spreadsheets import Echo, guard
from posts.subscriptions.models import Consent, Subscriber, Subscription
from posts.subscriptions.scopes import of_subscription

COLUMNS = [
    "email", "state", "follows", "hour", "discreet", "asked_at", "confirmed_at", "wording", "asked_on", "proof",
]  # fmt: skip
CHUNK = 500  # subscribers in memory at a time


def export(subscribers: QuerySet[Subscriber]) -> Iterator[str]:
    """Yield the lines of the table; the memory it takes does not grow with their number."""
    writer = csv.writer(Echo())
    yield "\ufeff" + str(writer.writerow(COLUMNS))  # the mark by which spreadsheets know UTF-8
    # Chosen anew: a list of the desk brings columns that nobody needs here.
    rows = (
        Subscriber.objects.filter(pk__in=subscribers.order_by().values("pk"))
        .order_by("pk")
        .prefetch_related(
            Prefetch("subscriptions", Subscription.objects.with_scopes()),
            Prefetch("consents", Consent.objects.order_by("-id")),
        )
    )
    for subscriber in rows.iterator(chunk_size=CHUNK):
        yield str(writer.writerow([guard(str(cell)) for cell in _cells(subscriber)]))


def _cells(subscriber: Subscriber) -> list[Any]:
    consent = next(iter(subscriber.consents.all()), None)
    return [
        subscriber.email,
        subscriber.reason or subscriber.state,
        ";".join(f"{of_subscription(row).url}={row.frequency}" for row in subscriber.subscriptions.all()),
        subscriber.hour,
        "yes" if subscriber.is_discreet else "no",
        consent.asked_at.isoformat() if consent else "",
        consent.confirmed_at.isoformat() if consent and consent.confirmed_at else "",
        consent.wording if consent else "",
        consent.came_from if consent else "",
        consent.proof if consent else "",
    ]
