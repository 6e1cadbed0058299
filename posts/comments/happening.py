"""What other systems may be told: that a comment waits, and where to decide on it. Of its writer, nothing."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from posts.addressing import post_url
from posts.comments.models import Comment
from posts.hooks import Happening

KIND = "comment.held"


def is_still_to_be_told(kind: str, data: dict[str, Any]) -> bool:
    """A call names the post: none goes out once that is held back or gone."""
    return kind != KIND or Comment.objects.filter(pk=data["comment"], post__listed_at__isnull=False).exists()


def happened(since: dt.datetime) -> Iterator[Happening]:
    queue = settings.SITE_URL + reverse("admin:comments_comment_changelist")
    # What was brought over from an old blog counts as told.
    held = Comment.objects.filter(
        state=Comment.State.HELD, state_since__gt=since, post__listed_at__isnull=False, was_told=False
    )
    columns = ("pk", "state_since", "post__published_on", "post__slug")
    for pk, state_since, published_on, slug in held.order_by("state_since", "pk").values_list(*columns):
        data = {"comment": pk, "post": settings.SITE_URL + post_url(published_on, slug), "queue": queue}
        yield Happening(KIND, f"{KIND}:{pk}", state_since, data)
