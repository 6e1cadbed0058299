import datetime as dt

from posts.comments.mailing import FOLLOW_UNCONFIRMED_LIVES, PROOF_LIVES
from posts.comments.models import Ban, Comment, Follow, Proof, Report
from posts.limiting import KEY_LIVES

HELD_DAYS, SPAM_DAYS = 30, 14


def tidy(at: dt.datetime) -> None:
    """Forget what has had its time: comments nobody let through, hashes, unanswered questions, bans that are over."""
    held = Comment.objects.filter(state=Comment.State.HELD, written_at__lte=at - dt.timedelta(days=HELD_DAYS))
    spam = Comment.objects.filter(state=Comment.State.SPAM, written_at__lte=at - dt.timedelta(days=SPAM_DAYS))
    for over in (held, spam):
        over.forget()
    hashed = at - KEY_LIVES
    Comment.objects.filter(written_at__lte=hashed).exclude(writer="").update(writer="")
    Report.objects.filter(made_at__lte=hashed).exclude(writer="").update(writer="")
    Ban.objects.filter(until__lte=at).delete()
    Proof.objects.filter(made_at__lte=at - PROOF_LIVES).delete()
    Follow.objects.filter(confirmed_at=None, asked_at__lte=at - FOLLOW_UNCONFIRMED_LIVES).delete()
