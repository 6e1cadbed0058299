"""How often one writer may send a form; and who "one writer" is, without any address being stored.

A writer is a keyed hash of the network prefix from which a request comes. The key is random, made each day, and
deleted within two days together with everything that was hashed with it: after that nobody can say, not even with the
whole database and SECRET_KEY in hand, whether two rows came from one network.
"""

import datetime as dt
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from posts.models import Attempt, PrefixKey

# A network as one household or office has it: RFC 6177 gives a site a /48 to a /56.
IPV4_PREFIX, IPV6_PREFIX = 24, 48
# The youngest hash made with a day's key is a day younger than the key: both are gone before the key is two days old.
KEY_LIVES = dt.timedelta(hours=47)


class TooOften(Exception):
    """The limit is reached; `wait` says for how many seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"The limit is reached for {wait} seconds.")
        self.wait = wait


@dataclass(frozen=True)
class Rule:
    """At most `most` in so many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Writer:
    """The hashes under which a network is known: with today's key first, then with yesterday's."""

    day: dt.date  # of the key that hashes today
    hashes: tuple[str, ...]

    @property
    def hash(self) -> str:
        return self.hashes[0]


def network_of(request: HttpRequest) -> str:
    """Return the network prefix a request comes from; "" where there is none (a socket).

    A proxy on this machine (README, nginx) appends the address it saw to X-Forwarded-For; from anybody else that
    header is hearsay, and is not read.
    """
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    if address is None or address.is_loopback:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        address = _parsed(forwarded) or address
    if address is None:
        return ""
    bits = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def writer_of(request: HttpRequest, at: dt.datetime | None = None) -> Writer:
    """Return who writes, as hashes. Makes the day's key if it is not there yet."""
    today = (at or timezone.now()).astimezone(dt.UTC).date()
    PrefixKey.objects.get_or_create(day=today)
    keys = list(PrefixKey.objects.filter(day__in=[today, today - dt.timedelta(days=1)]).order_by("-day"))
    network = network_of(request)
    hashes = (hmac.new(bytes.fromhex(key.secret), network.encode(), sha256).hexdigest() for key in keys)
    return Writer(today, tuple(hashes))


def take_turn(kind: str, writer: Writer, rules: Sequence[Rule], at: dt.datetime | None = None) -> None:
    """Count one more form of this kind, or raise TooOften. Inside the transaction that stores what was sent.

    Two at once come one after the other: whoever counts holds the day's key until the transaction ends.
    """
    if not settings.LIMITS:
        return
    at = at or timezone.now()
    with transaction.atomic():
        list(PrefixKey.objects.select_for_update().filter(day=writer.day))
        attempts = Attempt.objects.filter(kind=kind, writer__in=writer.hashes)
        for rule in rules:
            since = at - dt.timedelta(seconds=rule.seconds)
            latest = attempts.filter(made_at__gt=since).order_by("-made_at").values_list("made_at", flat=True)
            if len(reached := list(latest[: rule.most])) == rule.most:
                free_at = reached[-1] + dt.timedelta(seconds=rule.seconds)
                raise TooOften(max(1, -int((at - free_at).total_seconds() // 1)))
        Attempt.objects.create(kind=kind, writer=writer.hash, made_at=at)


def tidy(at: dt.datetime) -> None:
    """Delete the keys that have lived, and what was hashed with them."""
    PrefixKey.objects.filter(day__lte=(at - KEY_LIVES).astimezone(dt.UTC).date()).delete()
    Attempt.objects.filter(made_at__lte=at - dt.timedelta(days=1)).delete()


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
