"""Somebody asks to be told. A letter asks whether it was them; their answer makes them a subscriber.

The answer on the page is the same whoever asks for whom, and nothing here tells whether an address is known.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import override

from posts import limiting
from posts.dating import site_date
from posts.limiting import Rule, Writer
from posts.outbox.models import Delivery
from posts.subscriptions.changing import follow
from posts.subscriptions.models import Block, Consent, Day, Frequency, Invited, Policy, Subscriber
from posts.subscriptions.models.consent import UNCONFIRMED_LIVES, shown_wording
from posts.subscriptions.scopes import find_scope

RULES = [Rule(5, 3600)]
BETWEEN_LETTERS = dt.timedelta(hours=24)
MOST_SCOPES = 30  # that one asking holds, however often it is added to
ASKED = "subscriptions.ask"
# Who says yes again, to a letter of ours, lifts these; the others are the desk's.
LIFTED_BY_READERS = {Subscriber.Reason.BOUNCED, Subscriber.Reason.COMPLAINED}


@dataclass(frozen=True)
class Wish:
    """What somebody typed, tidied and checked."""

    email: str
    scopes: Mapping[str, str]  # address of a listing → frequency
    hour: int | None = None  # where it was asked
    is_discreet: bool = False
    came_from: str = ""
    proof: str = ""


def ask(wish: Wish, writer: Writer) -> None:
    """Write down what is wished, and have a letter ask for a yes. Raises limiting.TooOften."""
    with transaction.atomic():
        limiting.take_turn("subscribe", writer, RULES)
        if not is_shut_out(wish.email):
            send_letter(_note(wish))


def invite(wish: Wish) -> bool:
    """Ask an address of an imported list, once and never again; False where it is known, blocked, or was asked.

    Who is asking by themselves at present is left alone, too.
    """
    known = Subscriber.objects.filter(email=wish.email).exists() or asked_besides(wish.email) is not None
    # Nobody asked on a page: the first to show them our words is the letter, in the site's language.
    with transaction.atomic(), override(settings.LANGUAGE_CODE):
        if known or is_shut_out(wish.email):
            return False
        _, is_new = Invited.objects.get_or_create(digest=_digest(wish.email))
        if is_new:
            send_letter(_note(wish))
    return is_new


def is_shut_out(email: str) -> bool:
    kept_out = Subscriber.objects.filter(email=email, state=Subscriber.State.SUSPENDED)
    return Block.objects.meets(email) or kept_out.exclude(reason__in=LIFTED_BY_READERS).exists()


def _note(wish: Wish) -> Consent:
    """Store a wish, or add it to the one of the same address that nobody has confirmed yet.

    Anybody may write anybody's address: what is added takes nothing away, and never makes a discreet letter another.
    """
    try:
        with transaction.atomic():
            return Consent.objects.create(
                email=wish.email,
                scopes=dict(wish.scopes),
                hour=wish.hour,
                is_discreet=wish.is_discreet,
                came_from=wish.came_from,
                proof=wish.proof,
                wording=shown_wording(),
            )
    except IntegrityError:
        consent = Consent.objects.select_for_update().get(email=wish.email, confirmed_at=None)
    added = {address: often for address, often in wish.scopes.items() if address not in consent.scopes}
    changed = {address: often for address, often in wish.scopes.items() if address in consent.scopes}
    room = max(0, MOST_SCOPES - len(consent.scopes))
    consent.scopes = {**consent.scopes, **changed, **dict(list(added.items())[:room])}
    consent.hour = consent.hour if wish.hour is None else wish.hour
    consent.is_discreet = consent.is_discreet or wish.is_discreet
    consent.wording, consent.asked_at = shown_wording(), timezone.now()
    consent.save()
    return consent


def send_letter(consent: Consent, at: dt.datetime | None = None) -> bool:
    """Queue the letter that asks, one a day to an address. False where that one has gone: its link holds for this too,
    or, if it was used, this waits for its own (see `ask_waiting`).
    """
    at = at or timezone.now()
    if is_shut_out(consent.email):
        return False
    lately = Delivery.objects.filter(recipient=consent.email, kind=ASKED, queued_at__gt=at - BETWEEN_LETTERS)
    if lately.exists():
        return False
    key = f"subscriptions:ask:{_digest(consent.email)[:24]}:{at:%Y-%m-%dT%H}"
    if Delivery.objects.queue(key, ASKED, consent.email, consent=consent.pk) is None:
        return False
    Consent.objects.filter(pk=consent.pk).update(mailed_at=at)
    return True


def ask_waiting(at: dt.datetime | None = None) -> None:
    """Send the letters that had to wait because the address had had one that day."""
    for consent in Consent.objects.filter(confirmed_at=None, mailed_at=None).order_by("pk")[:1000]:
        send_letter(consent, at)


def find_open(token: str, at: dt.datetime | None = None) -> Consent | None:
    """Return the asking that a link of ours names, confirmed or not; None where its time is over."""
    since = (at or timezone.now()) - UNCONFIRMED_LIVES
    consent = Consent.objects.filter(token=token).select_related("subscriber").first()
    if consent is None or consent.confirmed_at:
        return consent
    return None if consent.asked_at <= since or is_shut_out(consent.email) else consent


def asked_besides(email: str) -> Consent | None:
    """Return what else was asked for with an address and is not confirmed: whoever has a link of ours reads it."""
    since = timezone.now() - UNCONFIRMED_LIVES
    return Consent.objects.filter(email=email, confirmed_at=None, asked_at__gt=since).first()


@transaction.atomic
def confirm(consent: Consent, addresses: set[str] | None = None, at: dt.datetime | None = None) -> Subscriber:
    """Make the asker a subscriber to all they asked for, or to these of it; pressed twice, the first time counts."""
    at = at or timezone.now()
    # The reader first, as everybody who changes what they follow does.
    list(Subscriber.objects.select_for_update().filter(email=consent.email))
    consent = Consent.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=consent.pk)
    if consent.subscriber:
        return consent.subscriber
    subscriber, is_new = Subscriber.objects.get_or_create(email=consent.email, defaults={"made_at": at})
    if subscriber.reason in LIFTED_BY_READERS:
        subscriber.resume(at)
    # What was not asked stays; discretion ends on the reader's own page and nowhere else.
    subscriber.hour = subscriber.hour if consent.hour is None else consent.hour
    subscriber.is_discreet = subscriber.is_discreet or consent.is_discreet
    subscriber.save(update_fields=["hour", "is_discreet"])
    waits = Policy.current().waits_for_approval
    chosen = {address: each for address, each in consent.scopes.items() if addresses is None or address in addresses}
    for address, frequency in chosen.items():
        if scope := find_scope(address):
            follow(subscriber, scope, Frequency(frequency), waits=waits, at=at)
    consent.scopes, consent.subscriber, consent.confirmed_at = chosen, subscriber, at
    consent.save()
    if is_new:
        Day.count(site_date(at), "joined")
    return subscriber


def _digest(email: str) -> str:
    """Stands for an address where none may stand."""
    return salted_hmac("posts.subscriptions", email, algorithm="sha256").hexdigest()
