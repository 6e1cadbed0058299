"""Messages to look at: what would go out, on a page of the desk and as HTML in a box of its own."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from posts.outbox.composing import Message, compose
from posts.outbox.delivering import as_email
from posts.outbox.models import Delivery

# Whoever has such an address acts for the reader: 22 characters stand for 128 bits.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")

SANDBOX: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "style-src": [CSP.UNSAFE_INLINE],  # a letter has no other
    "sandbox": True,
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


@dataclass(frozen=True)
class Preview:
    """A message as it goes out, in words."""

    subject: str
    sender: str
    headers: list[tuple[str, str]]
    text: str
    html: str


def compose_undone(delivery: Delivery) -> Message:
    """Compose what a row of the ledger would say now, and leave no trace: composers may write. Raises as `compose`."""
    with transaction.atomic():
        message = compose(delivery.kind, delivery.data)
        transaction.set_rollback(True)
    return message


def without_tokens(message: Message) -> Message:
    """Return a message whose links act for nobody."""
    return replace(
        message,
        text=_TOKEN.sub("…", message.text),
        html=_TOKEN.sub("…", message.html),
        headers={name: _TOKEN.sub("…", value) for name, value in message.headers.items()},
    )


def preview_of(message: Message, delivery: Delivery | None = None) -> Preview:
    email = as_email(delivery or Delivery(), message)
    headers = {name: str(value) for name, value in email.extra_headers.items()}
    if delivery is None:
        del headers["Message-ID"]  # each letter has its own
    return Preview(message.subject, str(email.from_email), list(headers.items()), message.text, message.html)


@csp_override(SANDBOX)
def show_html(_request: object, message: Message) -> HttpResponse:
    """Answer the HTML of a message: it may show pictures of ours, and nothing else of what a page may."""
    return HttpResponse(message.html)
