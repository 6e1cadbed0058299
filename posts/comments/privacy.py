"""Everything of an e-mail address: shown to whoever proves to read it, and erased at their word."""

from typing import Any

from django.conf import settings
from django.db import transaction

from posts.comments.models import Comment, Follow, Proof
from posts.outbox.models import Delivery


def export(email: str) -> dict[str, Any]:
    """Return all that is kept with this address, as plain values."""
    comments = Comment.objects.filter(email=email).select_related("post").order_by("id")
    follows = Follow.objects.filter(comment__email=email)
    return {
        "address": email,
        "comments": [
            {
                "post": settings.SITE_URL + comment.post.get_absolute_url() if comment.post.is_public else None,
                "written_at": comment.written_at.isoformat(),
                "state": comment.state,
                "name": comment.name,
                "page": comment.address,
                "text": comment.body,
                "in_answer_to": comment.parent_id,
                "number": comment.pk,
            }
            for comment in comments
        ],
        "told_of_answers_to": [
            {
                "comment": follow.comment_id,
                "asked_at": follow.asked_at.isoformat(),
                "confirmed_at": follow.confirmed_at and follow.confirmed_at.isoformat(),
            }
            for follow in follows
        ],
        "mail": [
            {"kind": kind, "state": state, "queued_at": queued_at.isoformat()}
            for kind, state, queued_at in Delivery.objects.filter(recipient=email).values_list(
                "kind", "state", "queued_at"
            )
        ],
    }


@transaction.atomic
def erase(email: str) -> int:
    """Erase all that is kept with this address; return how many comments that were. Where others answered one, a stub
    without a word of it stays."""
    number = Comment.objects.filter(email=email).forget()
    Delivery.objects.filter(recipient=email, kind__startswith="comments.").delete()
    Proof.objects.filter(email=email).delete()
    return number
