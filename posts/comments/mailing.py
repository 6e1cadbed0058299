"""Mail to those who wrote: whether they want to be told of answers, the answers, and proofs of an address; and to
moderators, that comments wait.

What is queued is an id; what a message says is composed when it is sent (posts.outbox). Whoever has left by then, or
whose answer has been removed, gets nothing.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from posts import limiting
from posts.comments.models import Comment, Follow, Policy, Proof
from posts.dating import site_date
from posts.limiting import Rule, TooOften, Writer
from posts.outbox.composing import Message, NotWanted, composes, render_message
from posts.outbox.models import Delivery

# Nobody can have us write to strangers: five an hour for whoever asks, one a day to whoever is asked.
ASKING_RULES = [Rule(5, 3600)]
PROOF_RULES = [Rule(5, 3600)]
PROOF_LIVES = dt.timedelta(hours=24)
FOLLOW_UNCONFIRMED_LIVES = dt.timedelta(days=7)
WAITS_UNTOLD = dt.timedelta(hours=1)  # a moderator who is at work needs no letter


def follow_url(token: str) -> str:
    """Return the address of the page on which one confirms, leaves, and by which mailboxes leave for one."""
    return f"{settings.SITE_URL}/c/{token}/"


def proof_url(token: str) -> str:
    return f"{settings.SITE_URL}/comments/privacy/{token}/"


# --- Queueing


def ask(comment: Comment, writer: Writer | None = None) -> None:
    """Ask the writer, by mail, whether they want to be told of answers; once a day however much they write."""
    may_appear = comment.state in (Comment.State.HELD, Comment.State.APPROVED)
    if not comment.email or comment.was_asked or not may_appear:
        return
    if writer:
        try:
            with transaction.atomic():
                limiting.take_turn("ask", writer, ASKING_RULES)
        except TooOften:
            return  # when it is approved, then
    Comment.objects.filter(pk=comment.pk).update(was_asked=True)
    # Who has said yes once is told of answers to what they write later, too.
    is_known = Follow.objects.filter(comment__email=comment.email, confirmed_at__isnull=False).exists()
    confirmed_at = timezone.now() if is_known else None
    follow, _is_new = Follow.objects.get_or_create(comment=comment, defaults={"confirmed_at": confirmed_at})
    if is_known:
        return
    key = f"comments:ask:{_digest(comment.email)}:{timezone.now():%Y-%m-%d}"
    Delivery.objects.queue(key, "comments.ask", comment.email, follow=follow.pk)


def tell(comment: Comment) -> None:
    """An approved comment is an answer to somebody: have them told, if they confirmed that they want to be."""
    if comment.state != Comment.State.APPROVED or comment.was_told:
        return
    ask(comment)
    follow = Follow.objects.filter(comment=comment.parent_id, confirmed_at__isnull=False).first()
    if follow is None:
        return
    asker = follow.comment.email
    if asker and asker != comment.email:
        key = f"comments:answer:{comment.pk}"
        Delivery.objects.queue(key, "comments.answer", asker, answer=comment.pk, follow=follow.pk)


def send_proof(email: str, writer: Writer) -> None:
    """Mail a link that shows what is kept of an address. Raises TooOften."""
    limiting.take_turn("proof", writer, PROOF_RULES)
    key = f"comments:proof:{_digest(email)}:{timezone.now():%Y-%m-%dT%H}"
    with transaction.atomic():
        proof = Proof.objects.create(email=email)
        if Delivery.objects.queue(key, "comments.proof", email, proof=proof.pk) is None:
            proof.delete()  # they have one that still holds


def _digest(email: str) -> str:
    """Stands for an address in the key of a message."""
    return salted_hmac("posts.comments.mailing", email, algorithm="sha256").hexdigest()[:24]


# --- Composing


@composes("comments.ask")
def compose_ask(data: dict[str, Any]) -> Message:
    follow = Follow.objects.filter(pk=data["follow"], confirmed_at=None).select_related("comment__post").first()
    if follow is None or follow.comment.state not in (Comment.State.HELD, Comment.State.APPROVED):
        raise NotWanted("The comment is gone, or its writer has answered.")
    if not follow.comment.post.is_public:
        raise NotWanted("The post that the letter would name is not public.")
    subject = _("Do you want to be told of answers? (%(site)s)") % {"site": settings.SITE_NAME}
    return render_message("comment_ask", subject, {"url": follow_url(follow.token), "post": follow.comment.post})


@composes("comments.answer")
def compose_answer(data: dict[str, Any]) -> Message:
    follow = Follow.objects.filter(pk=data["follow"], confirmed_at__isnull=False).first()
    answer = Comment.objects.visible().filter(pk=data["answer"]).select_related("post").first()
    if follow is None or answer is None:
        raise NotWanted("The answer is gone, or its reader has left.")
    # For good, however long the ledger remembers: an answer is told once.
    Comment.objects.filter(pk=answer.pk).update(was_told=True)
    url = follow_url(follow.token)
    context = {"url": url, "answer": answer, "post": answer.post}
    headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    subject = _("An answer to your comment on “%(title)s”") % {"title": answer.post}
    return render_message("comment_answer", subject, context, headers)


@composes("comments.proof")
def compose_proof(data: dict[str, Any]) -> Message:
    proof = Proof.objects.filter(pk=data["proof"]).first()
    if proof is None:
        raise NotWanted("Its time is over.")
    subject = _("What %(site)s keeps of your comments") % {"site": settings.SITE_NAME}
    return render_message("comment_proof", subject, {"url": proof_url(proof.token)})


# --- To moderators


def remind_moderators(at: dt.datetime | None = None) -> None:
    """Queue a letter to every moderator who has an address, where a comment has waited for an hour; one a day."""
    at = at or timezone.now()
    waiting = Comment.objects.filter(state=Comment.State.HELD, written_at__lte=at - WAITS_UNTOLD)
    if not Policy.current().reminds_moderators or not waiting.exists():
        return
    for moderator in User.objects.with_perm("comments.moderate_comment").exclude(email=""):
        key = f"comments:waiting:{moderator.pk}:{site_date(at):%Y-%m-%d}"
        Delivery.objects.queue(key, "comments.waiting", moderator.email, moderator=moderator.pk)


@composes("comments.waiting")
def compose_waiting(data: dict[str, Any]) -> Message:
    number = Comment.objects.waiting().count()
    if not number or not User.objects.filter(pk=data["moderator"], is_active=True).exists():
        raise NotWanted("No comment waits any longer.")
    words = f"{number} comment{'' if number == 1 else 's'} wait{'s' if number == 1 else ''}"
    url = f"{settings.SITE_URL}{reverse('admin:comments_comment_changelist')}"
    return render_message("comments_waiting", f"{words} on {settings.SITE_NAME}", {"words": words, "url": url})
