"""The posts before and after one within each of its tags."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from posts.addressing import post_url, tag_url
from posts.dating import byline_date
from posts.listing import ListedPost
from posts.models import Post, TaggedPost

MOST_TAGS = 4


@dataclass(frozen=True)
class Neighbour:
    title: str
    url: str


@dataclass
class InTag:
    name: str
    url: str
    older: Neighbour | None = None
    newer: Neighbour | None = None


def in_tags(post: ListedPost) -> list[InTag]:
    """Return the neighbours of a public post within its tags, the rarest tag first, in two queries."""
    rows = TaggedPost.objects.filter(content_object=post.id, tag__tally__count__gt=1)
    tags = rows.order_by("tag__tally__count", "tag__name_key").values_list("tag", "tag__name", "tag__slug")[:MOST_TAGS]
    found = {pk: InTag(name, tag_url(slug)) for pk, name, slug in tags}
    if not found or post.published_at is None:
        return []
    asked = [_one(pk, side, post.id, post.published_at) for pk in found for side in ("older", "newer")]
    for pk, side, title, slug, published_at, published_on in asked[0].union(*asked[1:], all=True).order_by():
        setattr(found[pk], side, Neighbour(title or byline_date(published_at), post_url(published_on, slug)))
    return [each for each in found.values() if each.older or each.newer]


def _one(tag: int, side: str, post: int, at: dt.datetime) -> QuerySet[Any, Any]:
    """Ask for the post just older or newer in a tag, in the order of its listing; the plain bounds find the place."""
    now, entries = timezone.now(), TaggedPost.objects.filter(tag=tag)
    if side == "older":
        beyond = Q(listed_at__lt=at) | Q(listed_at=at, content_object__lt=post)
        entries = entries.filter(beyond, listed_at__lte=min(at, now)).order_by("-listed_at", "-content_object_id")
    else:
        beyond = Q(listed_at__gt=at) | Q(listed_at=at, content_object__gt=post)
        entries = entries.filter(beyond, listed_at__gte=at, listed_at__lte=now)
        entries = entries.order_by("listed_at", "content_object_id")
    return (
        Post.objects.filter(pk__in=entries.values("content_object_id")[:1])
        .annotate(
            in_tag=Value(tag, output_field=IntegerField()),
            side=Value(side, output_field=CharField()),
            day=F("published_on"),
        )
        .order_by()
        .values_list("in_tag", "side", "title", "slug", "published_at", "day")
    )
