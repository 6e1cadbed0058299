"""A subscriber's own hand: what they follow and how often, and leaving."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from posts.dating import site_date
from posts.outbox.models import Delivery
from posts.subscriptions.digesting import send_collected
from posts.subscriptions.models import Bounce, Consent, Day, Frequency, Subscriber, Subscription
from posts.subscriptions.scopes import Scope

# What was announced shortly before a change may be on its way: the ledger tells what of it was told.
LOOKS_BACK = dt.timedelta(hours=1)


@transaction.atomic
def follow(
    subscriber: Subscriber, scope: Scope, frequency: Frequency, *, waits: bool = False, at: dt.datetime | None = None
) -> Subscription:
    """Have a subscriber told of this so often. What they followed already changes its frequency and nothing else."""
    at = at or timezone.now()
    columns = {"tag_id": None, "category_id": None, "source_id": None, **scope.columns}
    subscription = Subscription.objects.filter(subscriber=subscriber, **columns).first()
    if subscription:
        change_frequency(subscription, frequency, at)
        return subscription
    state = Subscription.State.WAITING if waits else Subscription.State.ACTIVE
    return Subscription.objects.create(
        subscriber=subscriber, frequency=frequency, state=state, starts_at=at, told_until=at, **columns
    )


@transaction.atomic
def change_frequency(subscription: Subscription, frequency: Frequency, at: dt.datetime | None = None) -> None:
    """From now on so often. What a digest had collected until now comes at once where no digest follows."""
    at = at or timezone.now()
    before, subscription.frequency = subscription.frequency, frequency
    if before == frequency:
        return
    if frequency == Frequency.POST:
        send_collected(subscription, at)
    elif before == Frequency.POST:
        subscription.told_until = max(subscription.starts_at, at - LOOKS_BACK)
    subscription.save(update_fields=["frequency", "told_until"])


@transaction.atomic
def leave(subscriber: Subscriber, at: dt.datetime | None = None) -> None:
    """Have a subscriber go, and all that is kept with the address."""
    erase(subscriber.email, at)


@transaction.atomic
def erase(email: str, at: dt.datetime | None = None) -> bool:
    """Leave no trace of an address, the record of letters included; False where there was none.

    A letter that is being sent at this moment arrives; those that wait are gone with the record.
    """
    email = email.lower()
    # The reader first, as everybody who changes what they follow does.
    list(Subscriber.objects.select_for_update().filter(email=email))
    _, gone = Subscriber.objects.filter(email=email).delete()
    asked, _ = Consent.objects.filter(email=email).delete()
    bounced, _ = Bounce.objects.filter(email=email).delete()
    sent, _ = Delivery.objects.filter(recipient=email, kind__startswith="subscriptions.").delete()
    if gone.get("subscriptions.Subscriber"):
        Day.count(site_date(at or timezone.now()), "left")
    return bool(gone or asked or bounced or sent)
