"""One message goes out: claim its row, compose, send, record."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from posts.outbox.composing import Message, NotWanted, compose
from posts.outbox.models import Delivery

logger = logging.getLogger(__name__)

# RFC 3834, section 5: no automatic answer may come back to an automatic message.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def deliver(pk: int) -> bool:
    """Send a message if it is due and nobody else has it; True if it was sent. Errors are recorded, not raised."""
    delivery = Delivery.objects.filter(pk=pk).first()
    if delivery is None or not delivery.claim():
        return False
    try:
        message = compose(delivery.kind, delivery.data)
        as_email(delivery, message).send()
    except NotWanted:
        # Nothing was sent, so nothing stays: should it be wanted again, it is queued again.
        delivery.drop()
    except smtplib.SMTPRecipientsRefused as error:
        refusals = [code for code, _ in error.recipients.values()]
        delivery.record_failure(_told(error), is_final=all(_is_final(code) for code in refusals))
    except smtplib.SMTPResponseException as error:
        # A refusal of the login or of the sender is the site's fault and may be mended: try again.
        is_final = isinstance(error, smtplib.SMTPDataError) and _is_final(error.smtp_code)
        delivery.record_failure(_told(error), is_final=is_final)
    except Exception as error:  # a composer's fault must not lose the message
        logger.warning("Message %s was not sent: %s", delivery.pk, type(error).__name__)
        delivery.record_failure(_told(error))
    else:
        delivery.record_sent()
        return True
    return False


def as_email(delivery: Delivery, message: Message) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.recipient],
        headers={"Message-ID": delivery.message_id, **AUTOMATIC, **message.headers},
    )
    email.attach_alternative(message.html, "text/html")
    return email


def _is_final(code: int) -> bool:
    """RFC 5321, 4.2.1: 5xx is for good, 4xx for now."""
    return 500 <= code < 600


def _told(error: Exception) -> str:
    # An error of SMTP names the recipient; the row has it already, so that nothing is lost by leaving it out.
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text!r}" for code, text in error.recipients.values())
    return f"{type(error).__name__}: {error}"
