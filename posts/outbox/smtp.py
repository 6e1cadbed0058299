"""Mail by SMTP over a connection that stays open, and that tells when the answer to a message was lost."""

import contextlib
import io
import re
import smtplib
import socket
import ssl
import time
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

LONGEST_ANSWER = 60.0  # seconds that one answer may take, however many lines it has
WRITES_OF_DATA = 2  # the command, and then the content with its final dot

# RFC 5321, 3.8 and 4.5.3.1.10: a server's last word on a connection, or that this connection has had its share.
_ENOUGH = {421, 452}
# RFC 4954, section 6: who may send here has to say who they are, and we did not, or not rightly.
_WHO_ARE_YOU = {530, 535}
_RELAY = re.compile(r"\brelay(s|ed|ing)?\b|authentication (is )?required|must authenticate", re.IGNORECASE)
# RFC 1870, 6.1, and RFC 3463: this very message is too long.
_TOO_LONG = re.compile(r"\b5\.(2\.3|3\.4)\b|\bsize\b", re.IGNORECASE)
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@,;:]+>?")


class AnswerLost(Exception):
    """The message was handed over, and no answer came: nobody knows whether it will arrive."""


class Unusable(Exception):
    """The server cannot be reached, or takes nothing from us at present: it is no fault of the message."""


class _Answers(socket.SocketIO):
    """What the server says, up to a moment."""

    until = 0.0

    def readinto(self, buffer: Any) -> int | None:
        # The timeout of the socket begins anew with every byte that comes.
        if time.monotonic() > self.until:
            raise TimeoutError("the answer does not come to its end")
        return super().readinto(buffer)


class _TellsOfLoss:
    """An SMTP connection on which a loss after the message was sent is not taken for a loss before."""

    file: Any
    sock: Any
    _writes = 0

    def getreply(self) -> tuple[int, bytes]:
        """Return an answer. What is no answer (RFC 5321, 4.2) is as good as none: nothing on this line is sure now."""
        if self.file is None:
            self.file = io.BufferedReader(_Answers(self.sock, "r"))
        self.file.raw.until = time.monotonic() + LONGEST_ANSWER
        code, words = super().getreply()  # type: ignore[misc]
        if not 200 <= code < 600:
            self._break(f"{code} {words!r} is no answer")
        return code, words

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        self._writes += 1

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the content. Raises AnswerLost where it went out whole, and what became of it is not known."""
        self._writes = 0
        try:
            code, words = super().data(msg)  # type: ignore[misc]
            if 300 <= code < 400:
                self._break(f"{code} is no answer to a message")
        except OSError as error:  # which all errors of SMTP are too
            if self._writes == WRITES_OF_DATA:
                raise AnswerLost(f"{type(error).__name__}: {error}") from error
            if isinstance(error, smtplib.SMTPDataError) and error.smtp_code < 400:
                self._break(f"{error.smtp_code} is no answer to DATA")
            raise
        # RFC 5321, 4.2.1: every 2xx says that it was taken; smtplib knows 250 only.
        return (250 if 200 <= code < 300 else code), words

    def _break(self, why: str) -> None:
        self.close()  # type: ignore[attr-defined]
        raise smtplib.SMTPServerDisconnected(why)


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
        self._is_used = False  # whether a message was tried on the present connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Send a message. Raises AnswerLost, Unusable, or what the server said against this very message."""
        self._keep_to_rate()
        self.open()
        if self._backend is None:
            message.send()
            return
        was_used, self._is_used = self._is_used, True
        try:
            self._backend.send_messages([message])
        except AnswerLost:
            self._close()
            raise
        except OSError as error:
            if _ends_line(error):
                self._close()
                # Servers take so many messages over one connection, or end it after a while: a new one may do.
                if was_used:
                    self.send(message)
                    return
            _raise_if_ours(error)
            raise

    def open(self) -> None:
        """Have a connection ready. Raises Unusable."""
        backend = mailers.default
        if self._backend or not isinstance(backend, EmailBackend):
            return
        try:
            backend.open()
        except (OSError, ssl.SSLError) as error:
            with contextlib.suppress(OSError):
                backend.close()
            raise Unusable(f"{type(error).__name__}: {error}") from error
        self._backend, self._is_used = backend, False

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


# --- What the server said


def answers(error: Exception) -> list[tuple[int, str]]:
    """Return the codes, each with its words; none where the server said nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [(code, _words(text)) for code, text in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [(error.smtp_code, _words(error.smtp_error))]
    return []


def told(error: Exception) -> str:
    """Say what went wrong. An error of SMTP names the recipient: the row has it, so nothing is lost by leaving it."""
    said = "; ".join(f"{code} {words}" for code, words in answers(error))
    return said or f"{type(error).__name__}: {error}"


def without_addresses(words: str) -> str:
    return _ADDRESS.sub("…", words)


def _words(answer: bytes | str) -> str:
    return answer if isinstance(answer, str) else answer.decode("utf-8", "replace").replace("\x00", "")


def _ends_line(error: OSError) -> bool:
    said = answers(error)
    return not said or any(code in _ENOUGH for code, _ in said)


def _raise_if_ours(error: OSError) -> None:
    """Raise Unusable where it is no fault of the message: whatever came next would meet the same."""
    said = answers(error)
    if not said or any(_is_ours(code, words) for code, words in said) or _is_about_sender(error):
        raise Unusable(without_addresses(told(error))) from error


def _is_ours(code: int, words: str) -> bool:
    return code == 421 or code in _WHO_ARE_YOU or (code >= 500 and bool(_RELAY.search(words)))


def _is_about_sender(error: OSError) -> bool:
    if not isinstance(error, smtplib.SMTPSenderRefused):
        return False
    [(code, words)] = answers(error)
    is_too_long = bool(_TOO_LONG.search(words)) or (code == 552 and not _ENHANCED.search(words))
    return not (code >= 500 and is_too_long)
