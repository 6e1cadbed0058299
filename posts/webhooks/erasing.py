"""Of a post that is taken down nothing remains here either: a call repeats its title."""

from typing import Any

from posts.models.post import Post, erasing
from posts.webhooks.models import Call, Kind


def connect() -> None:
    erasing.connect(forget, sender=Post)


def forget(post: Post, **_: Any) -> None:
    Call.objects.filter(kind=Kind.POST_PUBLISHED, body__data__id=post.pk).delete()
