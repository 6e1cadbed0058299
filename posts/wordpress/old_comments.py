# PLACEHOLDER of branch wt-import: take the file of wt-credit.
"""Comments of the old blog."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from posts.comments.models import Comment
from posts.models import Post
from posts.rendering import render_comment
from posts.wordpress.models import Blog
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item

STATES = {"1": "approved", "0": "held", "spam": "spam"}


def store_remarks(
    pairs: Sequence[tuple[Post, Item]], blog: Blog, users: Mapping[int, int]
) -> tuple[dict[int, list[Reason]], dict[str, int]]:
    """Return the reasons by post, and how many ended how."""
    once = {f"wp-{blog.pk}-{remark.number}"[:32]: (post, remark) for post, item in pairs for remark in item.remarks}
    there = set(Comment.objects.filter(once__in=once).values_list("once", flat=True))
    new = [
        Comment(
            post=post, body=remark.content, body_html=render_comment(remark.content), name=remark.author[:80],
            state=STATES.get(remark.approved, "removed"), once=key, written_at=remark.written_at or timezone.now(),
        )
        for key, (post, remark) in once.items()
        if key not in there
    ]  # fmt: skip
    Comment.objects.bulk_create(new)
    return {}, {"imported": len(new), "unchanged": len(there)}
