"""What is told of an outlet beside its posts: its other names, what it writes about, when we clipped it."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from posts import calendars
from posts.addressing import tag_url
from posts.listing import Shelf
from posts.models import AlsoReported, Post, TaggedPost, Tally
from sources.models import Source

AMONG = 300  # its newest posts, of which the tags and the links are counted
MOST_TAGS = 8
SHORT = 3  # years that are drawn by their months, of an outlet with at most so many posts
FEW = 1000


def about(source: Source) -> dict[str, Any]:
    tally = getattr(source, "tally", None)
    newest = Post.objects.filter(source=source).published().newest_first()[:AMONG]
    return {
        "aliases": list(source.aliases.order_by("name_key").values_list("name", flat=True)),
        "often_tagged": _often_tagged(newest),
        "linked": newest.aggregate(among=Count("pk"), number=Count("link")),
        "also_count": AlsoReported.objects.filter(link__source=source, post__listed_at__lte=timezone.now()).count(),
        "history": calendars.years_of(source) if tally and _is_short(tally) else [],
    }


def _is_short(tally: Tally) -> bool:
    years = [int(year) for year in tally.years]
    return 0 < tally.count <= FEW and max(years) - min(years) < SHORT


def _often_tagged(posts: QuerySet[Post]) -> list[Shelf]:
    tags = TaggedPost.objects.filter(content_object__in=posts.values("pk"), listed_at__lte=timezone.now())
    counted = tags.values("tag__name", "tag__slug").annotate(number=Count("*")).order_by("-number", "tag__name_key")
    return [Shelf(row["tag__name"], tag_url(row["tag__slug"])) for row in counted[:MOST_TAGS]]
