"""Messages go out: claim the row, compose, hand over, record."""

import datetime as dt
import email.policy
import logging
import smtplib
from collections.abc import Iterable
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from posts.outbox.composing import Message, NotWanted, compose
from posts.outbox.models import Delivery
from posts.outbox.smtp import AnswerLost, Line, Unusable

logger = logging.getLogger(__name__)

# RFC 3834, section 5: no automatic answer may come back to an automatic message.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def deliver(pks: Iterable[int], at: dt.datetime | None = None) -> int:
    """Send those of these messages that are due and that nobody else has; return how many went out.

    What goes wrong is recorded, not raised. Where the server takes nothing, all that is due waits a little.
    """
    sent = 0
    with Line() as line:
        for pk in pks:
            delivery = Delivery.objects.filter(pk=pk, state=Delivery.State.QUEUED).first()
            if delivery is None or not delivery.claim(at):
                continue
            try:
                sent += _send(delivery, line, at)
            except Unusable as error:
                logger.warning("The mail server takes nothing: %s", error)
                delivery.record_failure(str(error), at=at)
                Delivery.objects.postpone(at)
                break
    return sent


def _send(delivery: Delivery, line: Line, at: dt.datetime | None) -> bool:
    try:
        _check_address(delivery.recipient)
        message = as_email(delivery, compose(delivery.kind, delivery.data))
        line.open()
        if not delivery.hand_over(at):
            return False
        line.send(message)
    except Unusable:
        raise
    except NotWanted:
        # Nothing was sent, so nothing stays: should it be wanted again, it is queued again.
        delivery.drop()
    except AnswerLost as error:
        delivery.record_doubt(f"No answer came: {error}", at)
    except smtplib.SMTPRecipientsRefused as error:
        is_final = all(_is_final(code) for code, _ in error.recipients.values())
        delivery.record_failure(_told(error), is_final=is_final, at=at, is_refused=is_final)
    except smtplib.SMTPDataError as error:
        delivery.record_failure(_told(error), is_final=_is_final(error.smtp_code), at=at)
    except _Unsendable as error:
        delivery.record_failure(str(error), is_final=True, at=at, is_refused=True)
    except Exception as error:  # a composer's fault must not lose the message
        logger.warning("Message %s was not sent: %s", delivery.pk, type(error).__name__)
        delivery.record_failure(_told(error), at=at)
    else:
        delivery.record_sent(at)
        return True
    return False


class _Unsendable(Exception):
    """No server will ever take a message to this address."""


def _check_address(address: str) -> None:
    if not address.rpartition("@")[0].isascii():
        raise _Unsendable("550 5.6.7 The name before the @ has letters that our mail cannot carry (RFC 6531).")


class _WholeHeader(UnstructuredHeader):
    """A header on one line, however long (RFC 5322 allows 998): folded, an address in it is no address any longer."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


class Email(EmailMultiAlternatives):
    def message(self, *, policy: Any = email.policy.default) -> Any:
        registry = HeaderRegistry()
        for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"):
            registry.map_to_type(name.lower(), _WholeHeader)  # type: ignore[arg-type]
        # Seven bits: no server on the way has a reason to write the text anew, by which signatures break.
        return super().message(policy=policy.clone(header_factory=registry, cte_type="7bit"))


def as_email(delivery: Delivery, message: Message) -> Email:
    """Return a message as it goes out, with the headers that every one of ours has."""
    composed = Email(
        subject=message.subject,
        body=message.text,
        from_email=_sender(message.sender or settings.SITE_NAME),
        to=[delivery.recipient],
        headers={"Message-ID": delivery.message_id, **AUTOMATIC, **message.headers},
    )
    composed.attach_alternative(message.html, "text/html")
    return composed


def _sender(name: str) -> str:
    return str(Address(" ".join(name.split()), addr_spec=settings.DEFAULT_FROM_EMAIL))


def _is_final(code: int) -> bool:
    """RFC 5321, 4.2.1: 5xx is for good, 4xx for now."""
    return 500 <= code < 600


def _told(error: Exception) -> str:
    # An error of SMTP names the recipient; the row has it already, so that nothing is lost by leaving it out.
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_words(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _words(answer: bytes | str) -> str:
    return answer if isinstance(answer, str) else answer.decode("utf-8", "replace").replace("\x00", "")
