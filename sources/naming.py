"""Names as people type them, and the form in which two of them count as the same."""

import re
import unicodedata
from collections.abc import Container

from django.utils.text import slugify

# Dots, dashes and slashes part words as spaces do: "U.S." is "u-s". Other punctuation goes without a trace.
_PARTING = re.compile(r"[./\u2010-\u2015]")


def tidy_name(name: str) -> str:
    """Return the name in NFC, without control characters, its white space collapsed."""
    text = unicodedata.normalize("NFC", name)
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text).split())


def fold(name: str) -> str:
    """Return the form under which names are compared: tidy, case-folded, NFC (Unicode, D145)."""
    return unicodedata.normalize("NFC", tidy_name(name).casefold())


def tidy_slug(slug: str) -> str:
    """Return the form of a slug under which it is looked up: NFC, lower case."""
    return unicodedata.normalize("NFC", slug).lower()


def propose_slug(name: str, *, fallback: str, taken: Container[str] = (), max_length: int = 100) -> str:
    """Return a slug for the name as WordPress makes it, Unicode letters kept; `-2`, `-3` … where it is taken.

    A name without a single letter or digit (an emoji) gets the fallback.
    """
    text = _PARTING.sub("-", unicodedata.normalize("NFC", name))
    base = slugify(text, allow_unicode=True)[:max_length].strip("-_") or fallback
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base[: max_length - len(str(number)) - 1]}-{number}"
    return slug
