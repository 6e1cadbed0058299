"""A list of addresses from elsewhere: each is asked once whether it wants letters from here, and nothing else is sent.

Reading and deciding come before anything is stored: of a file that cannot be read nothing is done.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from itertools import batched
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from posts.answering import AddressField
from posts.spreadsheets import unguard
from posts.subscriptions.asking import MOST_SCOPES, Wish, invite
from posts.subscriptions.models import Frequency
from posts.subscriptions.models.subscriber import HOURS
from posts.subscriptions.scopes import Scope

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_NAMED = 20  # malformed lines that are named one by one
AT_ONCE = 500  # rows that are asked while somebody waits for the page; more of them are a task
SLICE = 200  # rows of one transaction: readers who write meanwhile wait for one at most
PARCEL_LIVES = 24 * 60 * 60

_ADDRESS_COLUMNS = {"email", "e-mail", "address"}
_YES, _NO = {"yes", "true", "1"}, {"", "no", "false", "0"}


class Unreadable(Exception):
    """The file is no such list; the message says why."""


@dataclass(frozen=True)
class Row:
    """An address of the list, and what it is asked about; without any, what was chosen for the whole list."""

    email: str
    follows: dict[str, str] = field(default_factory=dict)
    hour: int | None = None
    is_discreet: bool = False


@dataclass
class Reading:
    """What a file holds."""

    rows: list[Row] = field(default_factory=list)
    duplicates: int = 0
    malformed: int = 0
    errors: list[str] = field(default_factory=list)  # of the first malformed lines; no address stands in them


# --- Reading


def read_list(data: bytes, find_scope: Callable[[str], Scope | None]) -> Reading:
    """Read a list: with a header that has a column `email`, or bare, with an address a line. Raises Unreadable."""
    lines = _lines(_decoded(data))
    first = next(lines, None)
    if first is None:
        raise Unreadable("The file is empty.")
    columns = _columns(first[1])
    reading, seen, count = Reading(), set(), 0
    for number, cells in _chain(first, lines) if columns is None else lines:
        count += 1
        if count > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows: cut it in parts.")
        try:
            row = _row(dict(zip(columns or ["email"], map(unguard, cells), strict=False)), find_scope)
        except ValidationError as error:
            reading.malformed += 1
            if len(reading.errors) < MOST_NAMED:
                reading.errors.append(f"Line {number}: {' '.join(error.messages)}")
            continue
        if row.email in seen:
            reading.duplicates += 1
            continue
        seen.add(row.email)
        reading.rows.append(row)
    return reading


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB: cut it in parts.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not text in UTF-8: have your program save it as “CSV UTF-8”.") from error
    if "\x00" in text:
        raise Unreadable("The file is no text: have your program save it as “CSV UTF-8”.")
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not empty."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable(f"The file is no table: it breaks off at line {reader.line_num}.") from error


def _columns(cells: list[str]) -> list[str] | None:
    """Return what the columns are called; None where the list is bare. Raises Unreadable."""
    names = [cell.strip().lower() for cell in cells]
    named = ["email" if name in _ADDRESS_COLUMNS else name for name in names]
    if named.count("email") == 1:
        return named
    if named.count("email") > 1:
        raise Unreadable("Two columns claim to hold the address: leave one called “email”.")
    if len(names) > 1:
        raise Unreadable("No column is called “email” (or “e-mail”, or “address”).")
    return None


def _chain(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _row(cells: Mapping[str, str], find_scope: Callable[[str], Scope | None]) -> Row:
    email = AddressField().clean(cells.get("email", "").strip())
    if not email.rpartition("@")[0].isascii():
        raise ValidationError("The name before the @ has letters that our mail cannot carry.")
    hour, discreet = cells.get("hour", "").strip(), cells.get("discreet", "").strip().lower()
    if hour and hour not in set(map(str, HOURS)):
        raise ValidationError("The hour is a number from 0 to 23.")
    if discreet not in _YES | _NO:
        raise ValidationError("“discreet” is yes or no.")
    return Row(
        email=email,
        follows=_follows(cells.get("follows", ""), find_scope),
        hour=int(hour) if hour else None,
        is_discreet=discreet in _YES,
    )


def _follows(text: str, find_scope: Callable[[str], Scope | None]) -> dict[str, str]:
    """Read `/tag/north-korea/=daily;/=weekly`, the form in which `exporting` writes it."""
    follows = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        address, _, frequency = part.rpartition("=")
        scope = find_scope(address)
        if scope is None:
            raise ValidationError("It follows something that is not there.")
        if frequency not in Frequency.values:
            raise ValidationError(f"How often is none of: {', '.join(Frequency.values)}.")
        follows[scope.url] = frequency
        if len(follows) > MOST_SCOPES:
            raise ValidationError(f"It follows more than {MOST_SCOPES} things.")
    return follows


# --- Asking


@dataclass(frozen=True)
class Terms:
    """What holds for a whole list."""

    follows: dict[str, str]  # for the rows that name nothing
    came_from: str
    proof: str


def invite_all(rows: list[Row], terms: Terms) -> int:
    """Ask each of these once, slice by slice; return how many. The others are known, blocked, or were asked before."""
    asked = 0
    # In one order: two who bring the same list wait for each other, and not each for the other.
    for part in batched(sorted(rows, key=lambda row: row.email), SLICE):
        with transaction.atomic():
            asked += sum(invite(_wish(row, terms)) for row in part)
    return asked


def _wish(row: Row, terms: Terms) -> Wish:
    return Wish(
        email=row.email,
        scopes=row.follows or terms.follows,
        hour=row.hour,
        is_discreet=row.is_discreet,
        came_from=terms.came_from,
        proof=terms.proof,
    )


def in_words(asked: int, left_out: int) -> str:
    """Say what became of a list. One number for all that were left out: nobody learns who is known here."""
    return f"Asked: {asked:,}. Left out: {left_out:,}."


# --- A long list


def pack(rows: list[Row], terms: Terms) -> str:
    """Keep a list until a task has asked it; return its key. It lies among the sessions, which end by themselves.

    Not in the task's own row: that is kept for two weeks.
    """
    store = _store(None)
    store["rows"] = [asdict(row) for row in rows]
    store["terms"] = asdict(terms)
    store.set_expiry(PARCEL_LIVES)
    store.create()
    return str(store.session_key)


def unpack(key: str) -> tuple[list[Row], Terms] | None:
    store = _store(key)
    if "rows" not in store:
        return None
    return [Row(**row) for row in store["rows"]], Terms(**store["terms"])


def throw_away(key: str) -> None:
    _store(key).delete()


def _store(key: str | None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
