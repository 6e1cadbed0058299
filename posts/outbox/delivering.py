"""Messages go out: claim the row, compose, hand over, record."""

import datetime as dt
import email.policy
import logging
import re
import smtplib
from collections.abc import Iterable
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from posts.outbox.composing import Message, NotWanted, compose
from posts.outbox.models import Delivery
from posts.outbox.smtp import AnswerLost, Line, Unusable, answers, told, without_addresses

logger = logging.getLogger(__name__)

# RFC 3834, section 5: no automatic answer may come back to an automatic message.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# RFC 3463: 5.1 and 5.2 speak of the address or its mailbox, 5.3.4 of a message that is too long; 5.7 of a policy.
_OF_THIS_ONE = re.compile(r"\b5\.([12]\.\d|3\.4)")
_OF_POLICY = re.compile(r"\b5\.7\.\d")
MOST_ALIKE = 2  # domains in a row that may refuse for good


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
                delivery.put_back(str(error), at)
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
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        _record_refusal(delivery, error, at)
    except _Unsendable as error:
        delivery.record_failure(str(error), is_final=True, at=at, is_refused=True)
    except Exception as error:  # a composer's fault must not lose the message
        logger.warning("Message %s was not sent: %s", delivery.pk, type(error).__name__)
        delivery.record_failure(told(error), at=at)
    else:
        refusals.forget()
        delivery.record_sent(at)
        return True
    return False


def _record_refusal(delivery: Delivery, error: smtplib.SMTPException, at: dt.datetime | None) -> None:
    is_final = _is_final(error)
    is_too_long = isinstance(error, smtplib.SMTPSenderRefused)  # or the line would have told that it is unusable
    if is_final and not is_too_long and refusals.are_of_us(delivery, told(error), at):
        raise Unusable(f"It refuses whatever we send: {without_addresses(told(error))}") from error
    is_refused = is_final and isinstance(error, smtplib.SMTPRecipientsRefused)
    delivery.record_failure(told(error), is_final=is_final, at=at, is_refused=is_refused)


def _is_final(error: smtplib.SMTPException) -> bool:
    """RFC 5321, 4.2.1: 5xx is for good, 4xx for now. Whom a policy keeps out today, it may let in tomorrow."""
    is_of_mailbox = isinstance(error, smtplib.SMTPRecipientsRefused)
    return all(
        500 <= code < 600 and not (is_of_mailbox and _OF_POLICY.search(words)) for code, words in answers(error)
    )


class _Refusals:
    """What was refused for good since this process last sent something, without a code that speaks of a mailbox.

    That mailboxes of several domains in a row are gone, and nothing goes out between, hardly happens. Then it is us
    whom the relay refuses, and that must cost us no letter and no reader.
    """

    def __init__(self) -> None:
        self.domains: set[str] = set()
        self.rows: list[int] = []

    def forget(self) -> None:
        self.domains, self.rows = set(), []

    def are_of_us(self, delivery: Delivery, words: str, at: dt.datetime | None) -> bool:
        """Note a refusal; say whether it was us who were refused, and then take back what was thought before."""
        if _OF_THIS_ONE.search(words):
            return False
        self.domains.add(delivery.recipient.rpartition("@")[2].lower())
        if len(self.domains) <= MOST_ALIKE:
            self.rows.append(delivery.pk)
            return False
        failed = Delivery.objects.filter(pk__in=self.rows, state=Delivery.State.FAILED)
        failed.update(state=Delivery.State.QUEUED, is_refused=False, next_try_at=at or timezone.now())
        self.rows = []
        return True


refusals = _Refusals()


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
        # What looks like an encoded word (RFC 2047) would be decoded where it is read, not shown as it was typed.
        subject=message.subject.replace("=?", "=\N{ZERO WIDTH SPACE}?"),
        body=message.text,
        from_email=_sender(message.sender or settings.SITE_NAME),
        to=[delivery.recipient],
        headers={"Message-ID": delivery.message_id, **AUTOMATIC, **message.headers},
    )
    composed.attach_alternative(message.html, "text/html")
    return composed


def _sender(name: str) -> str:
    return str(Address(" ".join(name.split()), addr_spec=settings.DEFAULT_FROM_EMAIL))
