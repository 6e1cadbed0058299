"""What a page that is not there may have been: public posts whose address begins alike, or with a tag of its words."""

import re
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from posts import listing
from posts.addressing import post_url
from posts.dating import byline_date
from posts.models import Post, Tag
from posts.wordpress.addresses.asked import Asked

MOST = 5
SHORTEST = 4  # letters of a beginning that says something
MOST_WORDS = 12
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_COLUMNS = ("pk", "title", "slug", "published_at", "published_on")


class Suggestion(NamedTuple):
    title: str
    url: str
    date: str


def suggest(wanted: Asked) -> list[Suggestion]:
    """Return up to five posts. However many there are, it takes the same few lookups."""
    found: dict[int, Suggestion] = {}
    words = _words_in(wanted)
    for beginning in _beginnings(words):
        _add(
            found, Post.objects.published().filter(_begins(beginning)).order_by("slug", "pk").values(*_COLUMNS)[:MOST]
        )
    if len(found) < MOST:
        _add(found, _tagged(words))
    return list(found.values())


def _words_in(wanted: Asked) -> list[str]:
    """Return the words of the last part of the path that has letters: what stood for the title."""
    parts = [part for part in wanted.parts if not part.isdecimal() and part not in ("tag", "category", "source")]
    slug = _AROUND.sub("", parts[-1].rpartition(".")[0] or parts[-1]) if parts else ""
    return [word for word in re.split(r"[-_\s+.]+", slug) if word][:MOST_WORDS]


def _beginnings(words: list[str]) -> list[str]:
    """Return the slug as it is, then less and less of its words."""
    counts = dict.fromkeys((len(words), min(len(words), 4), min(len(words), 2)))
    return [text for count in counts if len(text := "-".join(words[:count])) >= SHORTEST]


def _begins(beginning: str) -> Q:
    # Each database finds the beginning in its index by other means.
    if connection.vendor == "sqlite":
        return Q(slug__gte=beginning, slug__lt=f"{beginning}\U0010ffff")
    return Q(slug__startswith=beginning)


def _tagged(words: list[str]) -> Any:
    """Return the newest posts of the rarest tag whose slug is a word of these, or two of them."""
    slugs = {*words, *(f"{one}-{after}" for one, after in pairwise(words))}
    tags = Tag.objects.filter(slug__in=slugs, tally__count__gt=0).select_related("tally")
    tag = tags.order_by("tally__count", "pk").first() if slugs else None
    ids = list(listing.of_tag(tag).ids[:MOST].values_list("content_object_id", flat=True)) if tag else []
    return Post.objects.published().filter(pk__in=ids).newest_first().values(*_COLUMNS) if ids else ()


def _add(found: dict[int, Suggestion], rows: Any) -> None:
    for row in rows:
        if len(found) < MOST:
            date = byline_date(row["published_at"])
            address = post_url(row["published_on"], row["slug"])
            found.setdefault(row["pk"], Suggestion(row["title"] or date, address, date))
