"""What becomes of calls when the post is taken down: they hold its title, and what is not sent yet stays unsent."""

from typing import Any

from posts.models import Post
from posts.models.post import erasing
from posts.webhooks.calling import publication_key
from posts.webhooks.models import Call, Endpoint


def connect() -> None:
    erasing.connect(erase_calls, sender=Post)


def erase_calls(post: Post, **_: Any) -> None:
    endpoints = Endpoint.objects.values_list("pk", flat=True)
    Call.objects.filter(key__in=[f"{pk}:{publication_key(post.pk)}" for pk in endpoints]).delete()
