"""What the first page of the desk shows of comments (see `panels.py` in posts.hooks)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse

from posts.comments.models import Comment


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("comments.moderate_comment"):
        is_held = Q(state=Comment.State.HELD)
        numbers = Comment.objects.waiting().aggregate(
            number=Count("pk"), reported=Count("pk", filter=~is_held), held_since=Min("state_since", filter=is_held)
        )
        url = reverse("admin:comments_comment_changelist")
        yield {"title": "Comments", "order": 60, "url": url, "template": "admin/comments/_panel.html", **numbers}
