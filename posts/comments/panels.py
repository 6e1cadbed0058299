"""What the first page of the desk shows of comments (see `panels.py` in posts.hooks)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse

from posts.comments.models import Comment


def panels(request: HttpRequest) -> Iterator[dict[str, Any]]:
    if request.user.has_perm("comments.moderate_comment"):
        # Those of `waiting`, so asked for that each kind is found by its own small index.
        held = Comment.objects.filter(state=Comment.State.HELD).aggregate(number=Count("pk"), since=Min("state_since"))
        is_approved = Q(state=Comment.State.APPROVED)
        reported = Comment.objects.filter(open_reports__gt=0).aggregate(number=Count("pk", filter=is_approved))[
            "number"
        ]
        yield {
            "title": "Comments",
            "order": 60,
            "url": reverse("admin:comments_comment_changelist"),
            "template": "admin/comments/_panel.html",
            "number": held["number"] + reported,
            "reported": reported,
            "held_since": held["since"],
        }
