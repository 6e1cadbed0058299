"""A post, and the original it goes back to, as works that can be cited. Pure: each is one item of a bibliography."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from posts.dating import byline_date
from posts.listing import ListedPost
from posts.rendering import fit, plain_text
from posts.scripts import language_for
from sources.models import host_of

SLUG_PART = 24  # characters of a key that come from the slug


@dataclass(frozen=True)
class Reference:
    kind: Literal["post", "article"]
    key: str  # ASCII letters, digits and hyphens, a letter first; the same for as long as the address is
    title: str
    container: str  # the site, or the outlet
    url: str
    author: str = ""  # one name, as it is written; "" where nobody is named
    issued: dt.date | None = None
    accessed: dt.date | None = None
    language: str = ""
    note: str = ""


def references_of(post: ListedPost, retrieved_on: dt.date) -> list[Reference]:
    """Return the post, retrieved on that day, and its original where the page is known."""
    original = of_original(post)
    return [of_post(post, retrieved_on), *([original] if original else [])]


def of_post(post: ListedPost, retrieved_on: dt.date) -> Reference:
    return Reference(
        kind="post",
        key=_key(settings.SITE_NAME, post.published_on, post),
        title=one_line(post.title) or (byline_date(post.published_at) if post.published_at else ""),
        container=settings.SITE_NAME,
        url=settings.SITE_URL + post.url,
        author=settings.SITE_NAME,
        issued=post.published_on,
        accessed=retrieved_on,
        language=language_for(f"{post.title} {plain_text(post.text_html)}", settings.LANGUAGE_CODE),
        note=f"Source: {one_line(post.source_name)}" if post.source_name else "",
    )


def of_original(post: ListedPost) -> Reference | None:
    """Return the page that was clipped; None where nobody knows more than its outlet."""
    report = post.original
    if report is None or not report.address:
        return None
    return Reference(
        kind="article",
        key=_key(report.outlet, report.published_on or post.published_on, post) + "-original",
        title=one_line(report.headline) or host_of(report.address) or report.address,
        container=one_line(report.outlet),
        url=report.address,
        author=one_line(report.byline),
        issued=report.published_on or None,
        accessed=report.retrieved_on or None,
        language=report.language,
    )


def one_line(text: str) -> str:
    """Return the text without line breaks, and without what cannot be shown."""
    return " ".join(fit(text).split())


def _key(name: str, day: dt.date | None, post: ListedPost) -> str:
    words = [f"{_begun(name)}{day.year if day else ''}", _slug_part(post.slug), str(post.id)]
    return "-".join(word for word in words if word)


def _begun(name: str) -> str:
    plain = re.sub("[^a-z0-9]", "", _ascii(name))[:SLUG_PART]
    return plain if plain[:1].isalpha() else f"outlet{plain}"


def _slug_part(slug: str) -> str:
    plain = re.sub("[^a-z0-9]+", "-", _ascii(slug)).strip("-")
    if len(plain) > SLUG_PART:
        plain = plain[: SLUG_PART + 1].rpartition("-")[0] or plain[:SLUG_PART]
    return plain


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
