"""The addresses of what readers open, in one place. They are WordPress's, so that the old blog's links live on.

Plain functions and not `reverse()`: a page of a listing names a hundred of them. What they return is percent-encoded
ASCII, in which nothing needs escaping: safe in HTML as it stands.
"""

import datetime as dt
from urllib.parse import quote

from django.utils.safestring import SafeString

# What a slug cannot be: these words follow an address and would be taken for a part of it, as in /tag/x/feed/.
RESERVED_BELOW_POSTS = {"atom", "embed", "feed", "page", "rdf", "rss", "rss2", "trackback"}
RESERVED_BELOW_CATEGORIES = {"feed", "page"}
SLUG_LENGTH = 200  # of a post's slug

HOME = SafeString("/")
CORRECTIONS = SafeString("/corrections/")


def post_url(published_on: dt.date, slug: str) -> str:
    """Return a post's permalink; the date is the site-local date of its publication."""
    return SafeString(f"{archive_url(published_on.year, published_on.month, published_on.day)}{quote(slug)}/")


def preview_url(pk: int) -> str:
    return SafeString(f"/preview/{pk}/")


def shared_preview_url(token: str) -> str:
    return SafeString(f"/preview/{token}/")


def tag_url(slug: str) -> str:
    return SafeString(f"/tag/{quote(slug)}/")


def tags_url(slugs: list[str], sign: str) -> str:
    """Return the address of several tags: with `+` of the posts that carry all, with `,` of those that carry any."""
    return SafeString(f"/tag/{sign.join(quote(slug) for slug in slugs)}/")


def category_url(path: str) -> str:
    return SafeString(f"/category/{quote(path)}/")


def source_url(slug: str) -> str:
    return SafeString(f"/source/{quote(slug)}/")


def archive_url(year: int, month: int | None = None, day: int | None = None) -> str:
    return SafeString("/" + "".join(f"{part:0{width}}/" for part, width in ((year, 4), (month, 2), (day, 2)) if part))


def page_url(listing_url: str, number: int) -> str:
    return listing_url if number == 1 else SafeString(f"{listing_url}page/{number}/")
