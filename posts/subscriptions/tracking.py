"""What a mail service tells of our letters, by anymail's webhooks."""

import datetime as dt
import hashlib
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.utils import timezone

from posts.subscriptions.bounces import COMPLAINT, HARD, SOFT, Notice, find_code, sane, tidy, weigh
from posts.subscriptions.bouncing import record

_GONE = {RejectReason.BOUNCED, RejectReason.INVALID, None}


def connect() -> None:
    tracking.connect(look_at)


def look_at(event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    at = timezone.now()
    if notice := as_notice(event, esp_name, at):
        record([notice], at)


def as_notice(event: AnymailTrackingEvent, service: str, at: dt.datetime) -> Notice | None:
    """Return what an event says; None where no letter came back and nobody complained."""
    if event.event_type not in (EventType.BOUNCED, EventType.COMPLAINED) or not event.recipient:
        return None
    words = tidy(event.mta_response or event.description or "")
    code = find_code("", words)
    kind = COMPLAINT if event.event_type == EventType.COMPLAINED else _weigh(event.reject_reason, code, words)
    # Services give letters names of their own: enough to tell one letter from the next.
    message_id = f"{service} {event.message_id}" if event.message_id else ""
    when = sane(event.timestamp, at)
    return Notice(event.recipient.lower(), message_id, kind, code, words, when, _key(event, service))


def _weigh(reason: str | None, code: str, words: str) -> str:
    # Some services call every letter bounced that came back; where the server's own code is told, it says more.
    is_gone = reason in _GONE and (not code or weigh(code, words) == HARD)
    return HARD if is_gone else SOFT


def _key(event: AnymailTrackingEvent, service: str) -> str:
    told = (event.event_type, event.recipient, event.timestamp, event.message_id)
    name = event.event_id or " ".join(map(str, told))
    return hashlib.sha256(f"{service} {name}".encode("utf-8", "replace")).hexdigest()
