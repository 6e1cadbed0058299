"""The trash is emptied: what lies there for 30 days is deleted for good."""

import datetime as dt

from django.db import transaction

from posts.life import Act, State
from posts.models import Post

KEPT = dt.timedelta(days=30)


def tidy(at: dt.datetime) -> None:
    over = Post.objects.filter(state=State.TRASH, updated_at__lte=at - KEPT)
    for pk in over.values_list("pk", flat=True):
        delete_for_good(pk)


@transaction.atomic
def delete_for_good(pk: int, *, by: object = None) -> None:
    """Delete a post out of the trash; one that somebody has just taken out of it stays."""
    post = Post.objects.select_for_update().filter(pk=pk, state=State.TRASH).first()
    if post:
        post.log(Act.DELETE, by)
        post.delete()
