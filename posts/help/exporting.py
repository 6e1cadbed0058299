"""Contacts as a table that spreadsheets open."""

import csv
import io
from collections.abc import Iterable

from posts.help.models import Contact
from posts.spreadsheets import guard

COLUMNS = [
    "name", "what", "kind", "country", "languages", "telephones", "text_number", "email", "web_address",
    "chat_address", "hours", "is_free", "is_anonymous", "call_back", "position", "verified_on",
]  # fmt: skip


def as_csv(contacts: Iterable[Contact]) -> str:
    text = io.StringIO()
    text.write("\ufeff")  # the mark by which spreadsheets know UTF-8
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(contact, column)) for column in COLUMNS] for contact in contacts)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A number after + stays text.
    return guard("" if value is None else str(value).replace("\n", "; "))
