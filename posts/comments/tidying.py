import datetime as dt

from posts.comments.mailing import FOLLOW_UNCONFIRMED_LIVES, PROOF_LIVES
from posts.comments.models import Ban, Comment, Follow, Policy, Proof, Report
from posts.limiting import KEY_LIVES

HELD_DAYS, SPAM_DAYS = 30, 14


def tidy(at: dt.datetime) -> None:
    """Forget what has had its time: comments nobody let through, hashes, unanswered questions, bans that are over."""
    held = Comment.objects.filter(state=Comment.State.HELD, state_since__lte=at - dt.timedelta(days=HELD_DAYS))
    spam = Comment.objects.filter(state=Comment.State.SPAM, state_since__lte=at - dt.timedelta(days=SPAM_DAYS))
    for over in (held, spam):
        over.forget()
    hashed = at - KEY_LIVES
    Comment.objects.filter(written_at__lte=hashed).exclude(writer="").update(writer="")
    Report.objects.filter(made_at__lte=hashed).exclude(writer="").update(writer="")
    Ban.objects.filter(until__lte=at).delete()
    Ban.objects.filter(kind=Ban.Kind.NETWORK, made_at__lte=hashed).delete()
    Proof.objects.filter(made_at__lte=at - PROOF_LIVES).delete()
    _forget_unanswered(at)


def _forget_unanswered(at: dt.datetime) -> None:
    """Who did not answer our letter in a week gets no other; the address goes, unless it is to be known again by."""
    unanswered = Follow.objects.filter(confirmed_at=None, asked_at__lte=at - FOLLOW_UNCONFIRMED_LIVES)
    if not Policy.current().trusts_known_writers:
        Comment.objects.filter(pk__in=unanswered.values("comment")).update(email="")
    unanswered.delete()
