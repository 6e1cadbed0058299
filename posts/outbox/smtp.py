"""Mail by SMTP over a connection that stays open, and that tells when the answer to a message was lost."""

import contextlib
import smtplib
import ssl
import time
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class AnswerLost(Exception):
    """The message was handed over, and no answer came: nobody knows whether it will arrive."""


class Unusable(Exception):
    """The server cannot be reached, or takes nothing from us at present: it is no fault of the message."""


class _TellsOfLoss:
    """An SMTP connection on which a loss after the message was sent is not taken for a loss before."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:  # which an SMTPServerDisconnected is too
            raise AnswerLost(f"{type(error).__name__}: {error}") from error


class _Plain(_TellsOfLoss, smtplib.SMTP):
    pass


class _Encrypted(_TellsOfLoss, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Encrypted if self.use_ssl else _Plain


class Line:
    """The way out for many messages: one connection, kept open between them and opened anew where it broke."""

    _free_at = 0.0  # of all lines of this process: when the next message may go

    def __init__(self) -> None:
        self._backend: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Send a message. Raises AnswerLost, Unusable, or what the server said against this very message."""
        self._keep_to_rate()
        is_new = self.open()
        if self._backend is None:
            message.send()
            return
        try:
            self._backend.send_messages([message])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            if _closes(error):
                self._close()
            raise
        except AnswerLost:
            self._close()
            raise
        except OSError as error:
            self._close()
            # Before the message was sent. A connection that had been open for a while may just have ended.
            if is_new or isinstance(error, smtplib.SMTPResponseException):
                raise Unusable(str(error) or type(error).__name__) from error
            self.send(message)

    def open(self) -> bool:
        """Have a connection ready; True where it is a new one. Raises Unusable."""
        backend = mailers.default
        if self._backend or not isinstance(backend, EmailBackend):
            return False
        try:
            backend.open()
        except (OSError, ssl.SSLError) as error:
            with contextlib.suppress(OSError):
                backend.close()
            raise Unusable(f"{type(error).__name__}: {error}") from error
        self._backend = backend
        return True

    def _close(self) -> None:
        backend, self._backend = self._backend, None
        if backend:
            with contextlib.suppress(OSError):
                backend.close()

    @classmethod
    def _keep_to_rate(cls) -> None:
        now = time.monotonic()
        wait = Line._free_at - now
        if wait > 0:
            time.sleep(wait)
        Line._free_at = max(now, Line._free_at) + 1 / settings.EMAIL_RATE


def _closes(error: Exception) -> bool:
    """421 is a server's last word on a connection (RFC 5321, 3.8)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == 421
