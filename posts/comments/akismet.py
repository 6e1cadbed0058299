"""Akismet, for who wants it: off until AKISMET_KEY is set (https://akismet.com/developers/comment-check/).

They learn the text, the name and the page; never an e-mail address, and never from where it was written: their
required field for that holds an address that is nobody's. Nobody waits for them, and without an answer the comment
simply stays held.
"""

import logging

from django.conf import settings
from django.db import transaction
from django.tasks import task

from posts.comments.models import Comment
from sources.http import Failed, Refused, fetch

logger = logging.getLogger(__name__)

ADDRESS = "https://rest.akismet.com/1.1/comment-check"
NOBODYS_ADDRESS = "0.0.0.0"  # noqa: S104  a value to send, not one to listen on
REASON = ["akismet", "Akismet takes it for spam."]


def have_checked(comment: Comment) -> None:
    """Have a held comment looked at once it is stored, where Akismet is wanted."""
    if settings.AKISMET_KEY and comment.state == Comment.State.HELD:
        transaction.on_commit(lambda: check_comment.enqueue(comment.pk), robust=True)


@task()
def check_comment(pk: int) -> bool:
    """Ask about one comment; True where it was spam. One that was decided on meanwhile is left alone."""
    comment = Comment.objects.select_related("post").filter(pk=pk, state=Comment.State.HELD).first()
    if comment is None or not is_spam(comment):
        return False
    with transaction.atomic():
        held = Comment.objects.select_for_update().filter(pk=pk, state=Comment.State.HELD).first()
        if held is None:
            return False
        held.state, held.reasons = Comment.State.SPAM, [*held.reasons, REASON]
        held.save(update_fields=["state", "reasons"])
    return True


def is_spam(comment: Comment) -> bool:
    data = {
        "api_key": settings.AKISMET_KEY,
        "blog": f"{settings.SITE_URL}/",
        "user_ip": NOBODYS_ADDRESS,
        "comment_type": "comment" if comment.parent_id is None else "reply",
        "comment_author": comment.name,
        "comment_content": comment.body,
        "permalink": settings.SITE_URL + comment.post.get_absolute_url(),
    }
    try:
        answer = fetch(ADDRESS, data=data, max_bytes=10_000)
    except (Refused, Failed) as error:
        logger.warning("Akismet did not answer: %s", error)
        return False
    if answer.body not in (b"true", b"false"):
        logger.warning("Akismet answered %s %r; is AKISMET_KEY right?", answer.status, answer.body[:100])
    return answer.body == b"true"
