"""What becomes of comments when the post is taken down: they may tell what it told."""

from typing import Any

from posts.comments.models import Comment
from posts.models import Post
from posts.models.post import erasing


def connect() -> None:
    erasing.connect(erase_comments, sender=Post)


def erase_comments(post: Post, **_: Any) -> None:
    Comment.objects.filter(post=post).delete()
