"""Whose letter came back, and what follows for them.

The ledger knows to whom a letter went; a report only claims it. Somebody who forges one can name neither a letter of
ours nor, to any effect, an address to which nothing went lately.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db import transaction
from django.db.models import CharField, Exists, Max, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from posts.outbox.models import Delivery
from posts.subscriptions.bounces import Notice, find_code, tidy, weigh
from posts.subscriptions.models import Bounce, Subscriber

OURS = "subscriptions."
WROTE_WITHIN = dt.timedelta(days=14)
CLOCKS_DIFFER = dt.timedelta(hours=1)
# So many letters that came back for now are as good as one that came back for good, if no more time lies between.
SOFT_ENOUGH = 3
SOFT_WITHIN = dt.timedelta(days=14)
MOST_REFUSALS = 1_000  # that are looked at in one go


@dataclass(frozen=True)
class Counts:
    recorded: int = 0
    suspended: int = 0
    known: int = 0  # recorded before
    others: int = 0  # no letter to a subscriber

    def __add__(self, other: Self) -> "Counts":
        return Counts(
            self.recorded + other.recorded,
            self.suspended + other.suspended,
            self.known + other.known,
            self.others + other.others,
        )


def record(notices: Iterable[Notice], at: dt.datetime | None = None) -> Counts:
    """Write down whose letters came back or were called spam, and send them no more; once for each letter."""
    at = at or timezone.now()
    return sum((_record(notice, at) for notice in notices), Counts())


def look_at_ledger(at: dt.datetime | None = None) -> Counts:
    """Do the same for letters that the recipient's own server refused while we spoke to it."""
    at = at or timezone.now()
    return sum((_record_refusal(letter, at) for letter in _refused()[:MOST_REFUSALS]), Counts())


@transaction.atomic
def _record(notice: Notice, at: dt.datetime) -> Counts:
    letter = _find_letter(notice, at)
    if letter is None:
        return Counts(others=1)
    email = letter.recipient.lower()
    bounce = Bounce(
        key=_key(notice, email), email=email, kind=notice.kind, code=notice.code, words=notice.words,
        at=notice.at or at,
    )  # fmt: skip
    return _store(bounce, at)


@transaction.atomic
def _record_refusal(letter: Delivery, at: dt.datetime) -> Counts:
    words = tidy(letter.error)
    code = find_code("", words)
    bounce = Bounce(
        key=f"delivery:{letter.pk}", email=letter.recipient.lower(), kind=weigh(code, words), code=code, words=words,
        at=letter.claimed_at or letter.queued_at,
    )  # fmt: skip
    return _store(bounce, at)


def _find_letter(notice: Notice, at: dt.datetime) -> Delivery | None:
    """Return the letter of which a notice speaks; else, one that went to its address shortly before.

    Some mail services give each letter a Message-ID of their own, so that an unknown one says little. The price: who
    knows that an address subscribes can forge a report about it; its reader resumes the letters on their own page.
    """
    if notice.message_id and (letter := Delivery.objects.filter(message_id=notice.message_id).first()):
        return letter if letter.kind.startswith(OURS) else None
    if not notice.recipient:
        return None
    moment = notice.at or at
    sent = Delivery.objects.filter(recipient=notice.recipient.lower(), kind__startswith=OURS)
    return sent.filter(sent_at__range=(moment - WROTE_WITHIN, moment + CLOCKS_DIFFER)).first()


def _key(notice: Notice, email: str) -> str:
    """One for each letter and kind: several reports of one letter are one."""
    digest = hashlib.sha256(f"{notice.message_id or notice.key}\n{email}".encode()).hexdigest()
    return f"{notice.kind}:{digest}"


def _refused() -> QuerySet[Delivery]:
    """Letters to subscribers that were refused, and of which nothing is written down yet."""
    key = Concat(Value("delivery:"), Cast(OuterRef("pk"), CharField()))
    refused = Delivery.objects.filter(is_refused=True, state=Delivery.State.FAILED, kind__startswith=OURS)
    known, theirs = Bounce.objects.filter(key=key), Subscriber.objects.filter(email=OuterRef("recipient"))
    return refused.filter(~Exists(known), Exists(theirs)).order_by("pk")


# --- What follows


def _store(bounce: Bounce, at: dt.datetime) -> Counts:
    # Locked: of two who each record a letter, the second sees the first one's.
    subscriber = Subscriber.objects.select_for_update().filter(email=bounce.email).first()
    if subscriber is None:
        return Counts(others=1)
    if Bounce.objects.filter(key=bounce.key).exists():
        return Counts(known=1)
    bounce.save()
    return Counts(recorded=1, suspended=int(_suspend(subscriber, bounce, at)))


def _suspend(subscriber: Subscriber, bounce: Bounce, at: dt.datetime) -> bool:
    since = _good_since(subscriber)
    if bounce.at < since:
        return False
    if bounce.kind == Bounce.Kind.COMPLAINT:
        return subscriber.suspend(Subscriber.Reason.COMPLAINED, at)
    is_enough = bounce.kind == Bounce.Kind.HARD or _comes_back_often(bounce, since)
    return is_enough and subscriber.suspend(Subscriber.Reason.BOUNCED, at)


def _good_since(subscriber: Subscriber) -> dt.datetime:
    """Return when we last heard that they want letters and get them: what came back before does not count."""
    confirmed_at = subscriber.consents.aggregate(last=Max("confirmed_at"))["last"]
    return max(subscriber.state_since, subscriber.made_at, confirmed_at or subscriber.made_at)


def _comes_back_often(bounce: Bounce, since: dt.datetime) -> bool:
    """Whether this is one of enough letters, none far from the other; a mailbox may be read in any order."""
    soft = Bounce.objects.filter(email=bounce.email, kind=Bounce.Kind.SOFT, at__gte=since)
    nearby = soft.filter(at__range=(bounce.at - SOFT_WITHIN, bounce.at + SOFT_WITHIN))
    moments = list(nearby.order_by("at").values_list("at", flat=True))
    return any(last - first <= SOFT_WITHIN for first, last in zip(moments, moments[SOFT_ENOUGH - 1 :], strict=False))
