"""What administrators do to subscribers, and that they looked. Each leaves a line in the log, without an address."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from posts.outbox.looking import looked
from posts.subscriptions import asking, changing
from posts.subscriptions.models import Block, Consent, Entry, Subscriber, Subscription

SLICE = 500  # rows of one transaction: readers who write meanwhile wait for one at most


def connect() -> None:
    looked.connect(note_look)


def note_look(user: AbstractBaseUser, words: str, **_: Any) -> None:
    """The ledger of mail shows readers' addresses as well."""
    note(user, Entry.Act.LOOK, words)


def note(user: AbstractBaseUser, act: Entry.Act, words: str = "", *, subscriber_id: int | None = None) -> None:
    """Add a line to the log. Words hold numbers, never an address and never what was searched for."""
    note_each(user, act, [subscriber_id], words)


def note_each(user: AbstractBaseUser, act: Entry.Act, ids: Iterable[int | None], words: str = "") -> None:
    """Add a line to the log for each of these subscribers."""
    by = {"actor_id": user.pk, "actor": user.get_username()[:150]}
    rows = [Entry(act=act, subscriber_id=pk, words=words, **by) for pk in ids]
    Entry.objects.bulk_create(rows, batch_size=SLICE)


def approve(ids: Sequence[int], user: AbstractBaseUser, at: dt.datetime | None = None) -> int:
    """Let what waits begin, with what appears from now on; return at how many subscribers something waited."""
    return sum(_approve(part, user, at or timezone.now()) for part in batched(ids, SLICE))


@transaction.atomic
def _approve(ids: Sequence[int], user: AbstractBaseUser, at: dt.datetime) -> int:
    waiting = Subscription.objects.filter(subscriber__in=ids, state=Subscription.State.WAITING)
    approved = sorted(set(waiting.values_list("subscriber_id", flat=True)))
    waiting.update(state=Subscription.State.ACTIVE, starts_at=at, told_until=at)
    note_each(user, Entry.Act.APPROVE, approved)
    return len(approved)


def suspend(ids: Sequence[int], user: AbstractBaseUser, at: dt.datetime | None = None) -> int:
    """Send these no more letters; return how many had been getting them."""
    active = Subscriber.objects.filter(state=Subscriber.State.ACTIVE)
    return sum(
        _suspend(active.filter(pk__in=part), Subscriber.Reason.DESK, Entry.Act.SUSPEND, user, at)
        for part in batched(ids, SLICE)
    )


@transaction.atomic
def _suspend(
    subscribers: QuerySet[Subscriber],
    reason: Subscriber.Reason,
    act: Entry.Act,
    user: AbstractBaseUser,
    at: dt.datetime | None,
) -> int:
    ids = list(subscribers.order_by("pk").values_list("pk", flat=True))
    columns = {"state": Subscriber.State.SUSPENDED, "reason": reason, "state_since": at or timezone.now()}
    for part in batched(ids, SLICE):
        Subscriber.objects.filter(pk__in=part).update(**columns)
    note_each(user, act, ids)
    return len(ids)


def resume(ids: Sequence[int], user: AbstractBaseUser, at: dt.datetime | None = None) -> tuple[int, int]:
    """Send these letters again, of what appears from now on; return how many, and how many a block still keeps out."""
    resumed = blocked = 0
    for part in batched(ids, SLICE):
        with transaction.atomic():
            suspended = Subscriber.objects.filter(pk__in=part, state=Subscriber.State.SUSPENDED)
            kept_out = {each.pk for each in suspended if Block.objects.meets(each.email)}
            begun = [each.pk for each in suspended if each.pk not in kept_out and each.resume(at)]
            note_each(user, Entry.Act.RESUME, begun)
        resumed, blocked = resumed + len(begun), blocked + len(kept_out)
    return resumed, blocked


# --- Blocking


def met_by(pattern: str) -> Q:
    """Addresses that a block meets: the one, or all of a domain and of those below it."""
    if "@" in pattern:
        return Q(email=pattern)
    return Q(email__endswith=f"@{pattern}") | Q(email__endswith=f".{pattern}")


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


@transaction.atomic
def block(patterns: Iterable[str], user: AbstractBaseUser) -> int:
    """Block addresses or domains; return how many subscribers that suspends."""
    suspended = 0
    for pattern in patterns:
        Block.objects.get_or_create(pattern=pattern, defaults={"made_by_id": user.pk})
        suspended += shut_out(pattern, user)
    return suspended


@transaction.atomic
def shut_out(pattern: str, user: AbstractBaseUser) -> int:
    """Suspend whom a block meets; return how many. What they asked for and did not confirm is gone."""
    Consent.objects.filter(met_by(pattern), confirmed_at=None).delete()
    met = Subscriber.objects.filter(met_by(pattern)).exclude(reason=Subscriber.Reason.BLOCKED)
    suspended = _suspend(met, Subscriber.Reason.BLOCKED, Entry.Act.BLOCK, user, None)
    if not suspended:
        note(user, Entry.Act.BLOCK, "Nobody met")
    return suspended


# --- Erasing, asking again


def erase(subscribers: QuerySet[Subscriber], user: AbstractBaseUser) -> int:
    """Erase subscribers and all that is kept with their addresses; return how many."""
    rows = list(subscribers.values_list("pk", "email"))
    for pk, email in rows:
        with transaction.atomic():
            changing.erase(email)
            note(user, Entry.Act.ERASE, subscriber_id=pk)
    return len(rows)


def erase_askings(consents: QuerySet[Consent], user: AbstractBaseUser) -> int:
    """Erase what was asked and not confirmed, and its letters; who subscribes besides stays. Return how many."""
    rows = list(consents.filter(confirmed_at=None).values_list("pk", "email"))
    subscribed = set(Subscriber.objects.filter(email__in=[email for _, email in rows]).values_list("email", flat=True))
    for pk, email in rows:
        with transaction.atomic():
            if email in subscribed:
                Consent.objects.filter(pk=pk).delete()
            else:
                changing.erase(email)
            note(user, Entry.Act.ERASE, "Asked, and had not confirmed")
    return len(rows)


def ask_again(consents: QuerySet[Consent], user: AbstractBaseUser) -> tuple[int, int]:
    """Send the first letter again; return how many go out, and how many do not.

    Not within a day of the last one, not to a blocked address, and never to one of an imported list: it is asked once.
    """
    sent = left = 0
    for consent in consents.filter(confirmed_at=None):
        with transaction.atomic():
            may_be_asked = not consent.proof and not Block.objects.meets(consent.email)
            is_sent = may_be_asked and asking.send_letter(consent)
            if is_sent:
                note(user, Entry.Act.ASK)
        sent, left = sent + is_sent, left + (not is_sent)
    return sent, left
