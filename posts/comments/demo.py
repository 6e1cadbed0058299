"""The demo's share: a few threads, a queue to clear."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.crypto import get_random_string

from posts.comments.models import Comment, Discussion, Report
from posts.models import Post

HOURS_BETWEEN = 5


def fill() -> None:
    content = tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))
    for title in content["open"]:
        Discussion.objects.create(post=_post(title), opening=Discussion.Opening.OPEN)
    named: dict[str, Comment] = {}
    for hours, row in enumerate(content["comments"], start=1):
        comment = _make_comment(row, named, hours * HOURS_BETWEEN)
        if "id" in row:
            named[row["id"]] = comment


def _post(title: str) -> Post:
    return Post.objects.filter(title__startswith=title).order_by("pk")[0]


def _make_comment(row: dict[str, Any], named: dict[str, Comment], hours: int) -> Comment:
    post = _post(row["post"])
    assert post.published_at is not None  # noqa: S101  the demo publishes all its posts
    now = timezone.now()
    written_at = now - dt.timedelta(hours=row["hours_ago"]) if "hours_ago" in row else post.published_at
    comment = Comment.objects.create(
        post=post,
        parent=named.get(row.get("answers", "")),
        name=row["name"],
        body=row["body"].strip(),
        state=row.get("state", Comment.State.APPROVED),
        removal_reason=row.get("removal_reason", ""),
        reasons=row.get("reasons", []),
        is_editorial=row.get("is_editorial", False),
        written_at=written_at if "hours_ago" in row else min(written_at + dt.timedelta(hours=hours), now),
        once=get_random_string(32),
    )
    if "reported" in row:
        Report.objects.create(comment=comment, reason=row["reported"], words=row.get("reported_words", ""))
        Comment.objects.filter(pk=comment.pk).update(open_reports=1)
    return comment
