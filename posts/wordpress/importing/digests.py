"""By what a record is known to be the same as last time."""

import hashlib
import re
from dataclasses import replace
from typing import Any

from posts.wordpress.converting.old_files import File, Files
from posts.wordpress.records import Author, Item, Term

# Raise it with every change that makes another post of the same record: what nobody has edited is then updated.
CONVERSION_VERSION = 1

_ADDRESS = re.compile(r"https?://[^\s\"'<>\[\]()]+|/wp-content/[^\s\"'<>\[\]()]+")
_NUMBERS = re.compile(r"wp-image-(\d{1,18})|\"id\":(\d{1,18})|\bids?=[\"']?([\d,\s]+)|attachment_(\d{1,18})")


def digest_of_record(record: Author | Term) -> str:
    return _digest(record)


def digest_of_item(item: Item, files: Files, pattern: str | None) -> str:
    """Of all that it says and of the pictures that it shows, as far as they are here; not of its place in the file."""
    return _digest(CONVERSION_VERSION, pattern or "", replace(item, place=""), pictures_of(item, files))


def digest_of_attachment(item: Item) -> str:
    return _digest(replace(item, place=""))


def _digest(*values: Any) -> str:
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()


def pictures_of(item: Item, files: Files) -> list[tuple[str, bool]]:
    """Return the files that an item may show, each with whether it is here."""
    found: list[File | None] = list(files.children())
    found += [files.by_address(address) for address in _ADDRESS.findall(item.content)]
    found += [files.by_number(number) for number in _numbers(item)]
    return sorted({(file.address, file.is_here) for file in found if file is not None})


def _numbers(item: Item) -> set[int]:
    words = [part for groups in _NUMBERS.findall(item.content) for group in groups for part in group.split(",")]
    words.append(item.first_meta("_thumbnail_id"))
    return {int(word) for word in words if word.strip().isdecimal() and len(word) < 19}
