"""Letters that came back, and complaints, as the servers of others report them. Pure: one raw mail in, notices out.

Read are delivery status notifications (RFC 3464; RFC 6533 for addresses in UTF-8) and abuse reports (RFC 5965), both
within a multipart/report (RFC 6522). Whatever else lies in a mailbox says nothing here: answers from holidays,
receipts, ordinary mail, spam.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice

from django.utils import timezone

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"

LONGEST = 1_000_000  # bytes of a mail that are looked at
MOST_RECIPIENTS = 100  # of one report: each letter of ours has one
MOST_MULTIPARTS = 50  # each inside the other, they cost the email package time
WORDS_LENGTH = 300
FIELD_LENGTH = 2_000
OLDEST = dt.timedelta(days=365)

_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINAL = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
# RFC 5965, 7.3, and opt-out of its drafts, which some still send. Others report viruses, or that it was no spam.
_COMPLAINTS = {"abuse", "fraud", "opt-out"}

_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,318}>")
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,189}")
# RFC 3463; neither a part of a network address nor of a version.
_ENHANCED = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(r"(?<![\w.])[45]\d\d(?![\w.])")
_XTEXT = re.compile(r"\+([2-7][0-9A-F])")  # RFC 3461, 4
_EMBEDDED = re.compile(r"\\x\{([0-9A-F]{2,5})\}")  # RFC 6533, 3


Fields = dict[str, list[str]]  # by name in lower case
Told = tuple[str, str, str, str]  # recipient, kind, code, words


@dataclass(frozen=True)
class Notice:
    """What a report says of one recipient of one letter; what it leaves out is empty."""

    recipient: str
    message_id: str  # of the letter, in its angle brackets
    kind: str
    code: str  # as 5.1.1
    words: str
    at: dt.datetime | None
    key: str  # the same report read twice has the same


def parse(raw: bytes, at: dt.datetime | None = None) -> list[Notice]:
    """Return what a mail reports; nothing where it is no report, or where it cannot be read."""
    raw = raw[:LONGEST]
    if not _may_be_report(raw.lower()):
        return []
    try:
        mail = BytesParser(_Part).parsebytes(raw)
        return list(_notices(mail, raw, at or timezone.now()))
    except Exception:
        # What breaks the standards breaks the email package in many ways; a stranger's mail stops nobody.
        return []


def _may_be_report(raw: bytes) -> bool:
    return b"multipart/report" in raw and raw.count(b"multipart/") <= MOST_MULTIPARTS


class _Part(Message):
    """A part of a mail. What is said to be message/… stays as it came.

    The email package would take such a part to pieces before its transfer encoding is undone (RFC 6533 allows one),
    and would make an object of each block, however many somebody sends.
    """

    def get_content_type(self) -> str:
        return super().get_content_type().replace("message/", "opaque/", 1)

    @property
    def kind(self) -> str:
        return super().get_content_type()

    @property
    def parts(self) -> list["_Part"]:
        return self.get_payload() if self.is_multipart() else []  # type: ignore[return-value]

    @property
    def text(self) -> str:
        decoded = self.get_payload(decode=True)
        return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""

    def header(self, name: str) -> str:
        return str(self.get(name, ""))[:FIELD_LENGTH]


def _notices(mail: _Part, raw: bytes, at: dt.datetime) -> Iterator[Notice]:
    report = next((part for part in mail.walk() if part.get_content_type() == "multipart/report"), None)
    if not isinstance(report, _Part):
        return
    original = next((_fields(part.text) for part in report.parts if part.kind in _ORIGINAL), {})
    # Where the letter is left out, many answer to it at least.
    message_id = _message_id(_first(original, "message-id") or mail.header("In-Reply-To"))
    when = sane(_date(mail.header("Date")), at)
    report_id = _message_id(mail.header("Message-ID")) or hashlib.sha256(raw).hexdigest()
    for recipient, kind, code, words in islice(_told(report, original), MOST_RECIPIENTS):
        if recipient or message_id:
            yield Notice(recipient, message_id, kind, code, words, when, _digest(report_id, recipient, message_id))


def _told(report: _Part, original: Fields) -> Iterator[Told]:
    for part in report.parts:
        if part.kind in _STATUS:
            yield from _bounced(_BLANK_LINE.split(part.text, maxsplit=MOST_RECIPIENTS))
        elif part.kind == "message/feedback-report":
            yield from _complained(_fields(part.text), original)


def _bounced(blocks: Iterable[str]) -> Iterator[Told]:
    """RFC 3464, 2.3: a block for each recipient; only what has failed for good came back."""
    for block in blocks:
        fields = _fields(block)
        if _first(fields, "action").lower().split(" ", 1)[0] != "failed":
            continue
        words = tidy(re.sub(r"^[\w.-]+\s*;", "", _first(fields, "diagnostic-code")))
        code = find_code(_first(fields, "status"), words)
        yield _recipient(fields), weigh(code, words), code, words


def _complained(fields: Fields, original: Fields) -> Iterator[Told]:
    feedback = _first(fields, "feedback-type").lower()
    if feedback in _COMPLAINTS:
        told = fields.get("original-rcpt-to") or [parseaddr(_first(original, "to"))[1]]
        yield from ((_address(address.rpartition(";")[2]), COMPLAINT, "", feedback) for address in told)


# --- What it means


def find_code(status: str, words: str) -> str:
    """Return the code of RFC 3463 that says most: the status, or where that is a general one, what the server said."""
    codes = [*_ENHANCED.findall(status)[:1], *_ENHANCED.findall(words)]
    return next((code for code in codes if not _is_general(code)), next(iter(codes), ""))


def weigh(code: str, words: str) -> str:
    """Say whether there is no mailbox, or none that takes mail, or whether it is anything else.

    Full mailboxes, servers out of order, and what is held against us or the letter may pass.
    """
    reply = _REPLY.search(words)
    if code.startswith("4."):
        return SOFT
    if _is_general(code) and reply:
        # RFC 5321, 4.2.3: no mailbox, elsewhere, not its name. With 552 it is full; 554 may mean anything.
        return HARD if reply[0] in {"550", "551", "553"} else SOFT
    # 5.1.7 and 5.1.8 find fault with the sender's address. 5.2.1: switched off; 5.4.4: no such host.
    is_gone = code.startswith(("5.0.", "5.1.")) and code not in {"5.1.7", "5.1.8"}
    return HARD if is_gone or code in {"5.2.1", "5.4.4"} else SOFT


def _is_general(code: str) -> bool:
    """Whether a code says no more than that it failed (RFC 3463, 3.1)."""
    return code[1:3] in ("", ".0")


def sane(moment: dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
    """Return a moment that others told us; None where it lies ahead, or long ago."""
    return moment if moment and at - OLDEST <= moment <= at else None


def tidy(words: str) -> str:
    """Return what a server said as one line of printable words."""
    line = " ".join(words.split())
    return "".join(letter for letter in line if letter.isprintable())[:WORDS_LENGTH]


# --- Fields


def _fields(block: str) -> Fields:
    """Return the header fields with which a text begins (RFC 5322, 2.2), unfolded, by name in lower case."""
    fields: Fields = {}
    head = _BLANK_LINE.split(block.lstrip("\r\n"), maxsplit=1)[0]
    for line in _FOLD.sub(" ", head).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), []).append(value[:FIELD_LENGTH].strip())
    return fields


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _recipient(fields: Fields) -> str:
    """Return whom we wrote to (RFC 3461, 6.3), not whom it was passed on to; the other where that is all there is."""
    original, final = (_typed_address(_first(fields, f"{name}-recipient")) for name in ("original", "final"))
    if original.lower() != final.lower():
        # What we gave comes back in xtext, unless somebody has undone that: then a plus is a plus.
        original = _XTEXT.sub(_letter, original)
    return _address(original) or _address(final)


def _typed_address(value: str) -> str:
    kind, _, address = value.partition(";")
    if kind.strip().lower() == "utf-8":
        return _EMBEDDED.sub(_letter, address.strip())
    return address.strip() if kind.strip().lower() == "rfc822" else ""


def _address(text: str) -> str:
    address = text.strip().strip("<>").lower()
    return address if _ADDRESS.fullmatch(address) and address.isprintable() else ""


def _letter(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))


def _message_id(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[0] if found else ""


def _date(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    # RFC 5322, 3.3: -0000 is UTC from a place that is not told.
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
