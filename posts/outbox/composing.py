"""What a message says is composed by the app that queued it, at the moment when it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override


class NotWanted(Exception):
    """Raised by a composer: the reason for this message is gone. It is not sent, and its row goes."""


@dataclass(frozen=True)
class Message:
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    sender: str = ""  # a name; empty, that of the site


Composer = Callable[[dict[str, Any]], Message]
_composers: dict[str, Composer] = {}


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Register the function that composes the messages of a kind from what was queued with them."""

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


def compose(kind: str, data: dict[str, Any]) -> Message:
    """Compose a message. Raises NotWanted where its reason is gone, LookupError where the app that queued it is."""
    if kind not in _composers:
        raise LookupError(f"Nothing here composes messages of the kind “{kind}”.")
    # In the site's language, whoever's request it is in which a letter is looked at.
    with override(settings.LANGUAGE_CODE):
        return _composers[kind](data)


def render_message(
    template: str, subject: str, context: dict[str, Any], headers: dict[str, str] | None = None, *, sender: str = ""
) -> Message:
    """Return the message whose two parts are `emails/<template>.txt` and `.html`; the subject is made one line."""
    context = {"subject": subject, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
    text = render_to_string(f"emails/{template}.txt", context)
    html = render_to_string(f"emails/{template}.html", context)
    return Message(" ".join(subject.split()), text.strip() + "\n", html, headers or {}, sender)
