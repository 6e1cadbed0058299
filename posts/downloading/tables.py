"""A list as a table: CSV in UTF-8 (RFC 4180), one row a post, cells that no spreadsheet takes for formulas. Pure."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from django.conf import settings

from posts.dating import site_time
from posts.listing import ListedPost
from posts.rendering import fit, plain_text
from posts.spreadsheets import Echo, guard

COLUMNS = [
    "id", "guid", "address", "title", "published", "categories", "tags", "source", "original_address", "headline",
    "byline", "original_date", "language", "also_reported_by", "excerpt", "corrected", "content_notice", "text",
]  # fmt: skip
_END_OF_BLOCK = re.compile(r"</(?:p|h[1-6]|li|pre|tr|figure|summary)>|<hr>|<br>")
MARK = "\ufeff"  # by which spreadsheets know UTF-8


def lines(slices: Iterable[list[ListedPost]], categories: Mapping[str, str]) -> Iterator[str]:
    """Yield the table slice by slice; `categories` has the full names by their paths."""
    yield MARK + written([COLUMNS])
    for posts in slices:
        yield written(row(post, categories) for post in posts)


def written(rows: Iterable[list[str]]) -> str:
    writer = csv.writer(Echo())
    return "".join(str(writer.writerow([guard(fit(cell)) for cell in cells])) for cells in rows)


def row(post: ListedPost, categories: Mapping[str, str]) -> list[str]:
    original = post.original
    return [
        str(post.id),
        post.guid,
        settings.SITE_URL + post.url,
        post.display_title,
        site_time(post.published_at).isoformat(timespec="seconds") if post.published_at else "",
        "; ".join(sorted(full_name(shelf.url, shelf.name, categories) for shelf in post.categories)),
        "; ".join(sorted(shelf.name for shelf in post.tags)),
        post.source_name or "",
        post.link_address or "",
        original.headline if original else "",
        original.byline if original else "",
        original.published_on.isoformat() if original and original.published_on else "",
        post.link_language or "",
        "; ".join(f"{report.outlet} {report.address}" for report in post.also),
        post.excerpt,
        "yes" if post.corrections_html else "no",
        post.notice,
        _paragraphs(post.text_html),
    ]


def _paragraphs(text_html: str) -> str:
    """Return the words, an empty line between one block and the next."""
    return "\n\n".join(filter(None, map(plain_text, _END_OF_BLOCK.split(text_html))))


def full_name(url: str, name: str, categories: Mapping[str, str]) -> str:
    return categories.get(unquote(url).removeprefix("/category/").removesuffix("/"), name)
