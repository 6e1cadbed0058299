"""A reference as a sentence for people, in the language of whoever reads it. Pure."""

import datetime as dt
from collections.abc import Callable

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from posts.listing import ListedPost
from posts.referencing.references import Reference, of_original, of_post, one_line


def _as_it_is(text: str) -> str:
    return text


def cited(post: ListedPost, retrieved_on: dt.date, mark: Callable[[str], str] = _as_it_is) -> str:
    """Return how to cite a post, and what it goes back to; `mark` dresses what others wrote."""
    return f"{_post(of_post(post, retrieved_on), mark)} {_original(post, mark)}".strip()


def _post(reference: Reference, mark: Callable[[str], str]) -> str:
    return _("%(site)s. “%(title)s” %(date)s. Retrieved %(retrieved)s. %(url)s.") % {
        "site": mark(reference.container),
        "title": mark(_ended(reference.title, ".")),
        "date": _month_first(reference.issued),
        "retrieved": _day_first(reference.accessed),
        "url": mark(reference.url),
    }


def _original(post: ListedPost, mark: Callable[[str], str]) -> str:
    reference = of_original(post)
    if reference is None:
        return _("Original: %(words)s.") % {"words": mark(one_line(post.source_name))} if post.source_name else ""
    # The parts that are known, in the order of a note; what is between them is a comma in every style.
    parts = [
        mark(reference.author),
        f"“{mark(_ended(reference.title, ','))}”",
        f"{mark(reference.container)},",
        f"{_month_first(reference.issued)}," if reference.issued else "",
        mark(reference.url),
    ]
    parts[0] = f"{parts[0]}," if reference.author else ""
    return _("Original: %(words)s.") % {"words": " ".join(part for part in parts if part)}


def _ended(title: str, sign: str) -> str:
    """Return the title with this sign at its end, unless it brings one of its own."""
    return title if title.endswith((".", "?", "!", "…", "。", "？", "！")) else title + sign


def _month_first(day: dt.date | None) -> str:
    # Translators: the date of publication in a citation, in the letters of PHP's date().
    return format_date(day, pgettext("date in a citation", "F j, Y")) if day else ""


def _day_first(day: dt.date | None) -> str:
    # Translators: the date of retrieval in a citation, in the letters of PHP's date().
    return format_date(day, pgettext("date of retrieval", "j F Y")) if day else ""
