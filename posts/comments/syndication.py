"""Feeds of comments: of the whole site, and of each post."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from posts.addressing import HOME
from posts.comments.models import Comment, CommentQuerySet
from posts.comments.models.comment import TEXTS_OF_POST
from posts.finding import find_post
from posts.rendering import plain_text
from posts.syndication import LENGTH, FeedItem


@dataclass(frozen=True)
class Conversation:
    """What a feed of comments is the feed of. `url` is where it lives, without `feed/`."""

    url: str
    heading: str
    description: str
    comments: CommentQuerySet


def find_all() -> Conversation:
    words = _("What readers say on %(site)s.") % {"site": settings.SITE_NAME}
    return Conversation(f"{HOME}comments/", _("Comments"), words, Comment.objects.visible().said())


def find_of_post(**address: Any) -> Conversation:
    post = find_post(**address)
    heading = _("Comments on “%(title)s”") % {"title": post}
    comments = Comment.objects.visible().said().filter(post=post)
    words = _("What readers say under “%(title)s”.") % {"title": post}
    return Conversation(post.get_absolute_url(), heading, words, comments)


def items_of(found: Conversation) -> list[FeedItem]:
    return [_item(comment) for comment in latest(found.comments)]


def latest(comments: CommentQuerySet) -> CommentQuerySet:
    """Return the newest of them, with what names their posts."""
    return comments.select_related("post").defer(*TEXTS_OF_POST).order_by("-written_at", "-id")[:LENGTH]


def _item(comment: Comment) -> FeedItem:
    return FeedItem(
        title=_("%(name)s on “%(title)s”") % {"name": comment.display_name, "title": comment.post},
        url=comment.get_absolute_url(),
        # Stays the same when the post's address changes.
        guid=f"{settings.SITE_URL}/comments/{comment.pk}/",
        summary=plain_text(comment.body_html, 300),
        html=comment.body_html,
        published_at=comment.written_at,
        updated_at=comment.written_at,
    )
