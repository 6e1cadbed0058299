"""Where comments stand on the pages of posts."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from posts.comments.forms import CommentForm, row_number
from posts.comments.models import Comment, Discussion, Policy
from posts.comments.threads import thread
from posts.comments.writing import new_stamp
from posts.listing import ListedPost
from posts.rendering import MAX_COMMENT_LENGTH, without_links

register = template.Library()

COLUMNS = [
    "id", "post_id", "parent_id", "name", "body_html", "state", "removal_reason", "written_at", "is_editorial",
    "is_edited", "kind", "address",
]  # fmt: skip


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(context: dict[str, Any], post: ListedPost) -> dict[str, Any]:
    """The comments under a post, and the form where it takes some. Reads the thread in one query."""
    rows = list(Comment.objects.filter(post=post.id).only(*COLUMNS).order_by("written_at", "id"))
    lines = thread(row for row in rows if not row.is_mention)
    visible = {line.comment.pk: line.comment for line in lines if not line.is_stub}
    discussion, policy = Discussion.objects.filter(post=post.id).first(), Policy.current()
    is_open = post.published_at is not None and policy.takes_comments(discussion, post.published_at, timezone.now())
    parent = visible.get(row_number(context["request"].GET.get("reply", "")) or 0)
    return {
        "post": post,
        "lines": lines,
        "mentions": [row for row in rows if row.is_mention and row.state == Comment.State.APPROVED],
        "count": len(visible),
        "is_open": is_open,
        "form": CommentForm(initial={"parent": parent.pk if parent else "", "stamp": new_stamp()})
        if is_open
        else None,
        "parent": parent,
        "max_length": MAX_COMMENT_LENGTH,
        "post_url": post.url,
        "trusts_known_writers": policy.trusts_known_writers,
    }


@register.filter
def with_commas(number: int) -> str:
    return f"{number:,}"


@register.filter
def rendered(comment: Comment) -> SafeString:
    """The text of a comment as readers see it."""
    return mark_safe(comment.body_html)  # noqa: S308  made by posts.rendering


@register.filter
def inert(comment: Comment) -> SafeString:
    """The text of a comment for those who judge it: its links are words, so that a slip of the hand opens nothing."""
    return mark_safe(without_links(comment.body_html))  # noqa: S308  made by posts.rendering
