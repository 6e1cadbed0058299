"""A comment comes: weigh it, store it once, answer what became of it."""

import datetime as dt
import time
from dataclasses import dataclass
from hashlib import sha256

from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from posts import limiting
from posts.comments import akismet, mailing, training
from posts.comments.models import Ban, Comment, Policy, Word
from posts.comments.models.rules import count_hits
from posts.comments.moderation import Decision, Knowledge, Submission, WatchedWord, decide, fold_text, telling_words
from posts.limiting import Rule, TooOften, Writer
from posts.models import Post
from posts.rendering import links_of, render_comment
from sources.models import host_of
from sources.naming import fold

RULES = [Rule(1, 15), Rule(20, 3600)]
LOOKS_BACK = 7  # days in which the same text is "the same text again"
SHORTEST_REPEATED = 20  # characters: "Thank you." is written by many
_stamps = TimestampSigner(salt="posts.comments.form")


@dataclass(frozen=True)
class Draft:
    """What a reader typed, tidied and checked, and what came with the form."""

    post: Post
    parent_id: int | None  # of the comment that is answered
    name: str
    email: str
    text: str
    stamp: str
    is_trap_filled: bool


def new_stamp() -> str:
    """Return what a form carries: when it was shown, and which it is."""
    return _stamps.sign(get_random_string(16))


def write(draft: Draft, writer: Writer) -> Comment:
    """Store a comment, once however often its form is sent. Raises limiting.TooOften.

    What is returned is committed: the page that thanks for it tells the truth.
    """
    once = once_of(draft, writer)
    try:
        with transaction.atomic():
            return find_stored(once) or _store(draft, writer, once)
    except TooOften:
        # Of two clicks, the second waited for the first and then was too soon: it is the same comment.
        if stored := find_stored(once):
            return stored
        raise


def find_stored(once: str) -> Comment | None:
    return Comment.objects.filter(once=once).first()


def _store(draft: Draft, writer: Writer, once: str) -> Comment:
    limiting.take_turn("comment", writer, RULES)
    submission = _submission(draft)
    bans = _bans(submission, writer)
    decision = decide(submission, _knowledge(submission, draft, bans))
    comment = _comment(draft, writer, once, decision)
    try:
        with transaction.atomic():
            comment.save(force_insert=True)
    except IntegrityError:
        # Where no limit makes two wait for each other, the database lets one of them in.
        if stored := find_stored(once):
            return stored
        raise
    count_hits(list(decision.word_ids), [ban.pk for ban in bans], comment.written_at)
    akismet.have_checked(comment)
    mailing.ask(comment, writer)
    mailing.tell(comment)
    return comment


def _submission(draft: Draft) -> Submission:
    hosts = [host_of(address) for address in links_of(render_comment(draft.text))]
    return Submission(draft.name, draft.email, draft.text, hosts, _age(draft.stamp), draft.is_trap_filled)


def _comment(draft: Draft, writer: Writer, once: str, decision: Decision) -> Comment:
    return Comment(
        post=draft.post,
        parent_id=draft.parent_id,
        name=draft.name,
        email=draft.email,
        body=draft.text,
        state=decision.state,
        reasons=[[reason.code, reason.words] for reason in decision.reasons],
        once=once,
        writer=writer.hash,
        text_key=_text_key(draft.text),
    )


def _knowledge(submission: Submission, draft: Draft, bans: list[Ban]) -> Knowledge:
    policy = Policy.current()
    trained, tallies = training.known(telling_words(submission))
    since = timezone.now() - dt.timedelta(days=LOOKS_BACK)
    same = Comment.objects.filter(text_key=_text_key(draft.text), written_at__gte=since)
    approved = Comment.objects.filter(state=Comment.State.APPROVED, email=submission.email)
    return Knowledge(
        most_links=policy.most_links,
        trusts_known_writers=policy.trusts_known_writers,
        approvals=approved.count() if submission.email and policy.trusts_known_writers else 0,
        repeats=same.count() if len(draft.text) >= SHORTEST_REPEATED else 0,
        bans=[(ban.pk, f"Banned: {ban}") for ban in bans],
        words=[
            WatchedWord(pk, pattern, kind == Word.Kind.DISALLOWED)
            for pk, pattern, kind in Word.objects.values_list("pk", "pattern_key", "kind")
        ],
        trained=trained,
        tallies=tallies,
    )


def _bans(submission: Submission, writer: Writer) -> list[Ban]:
    """Return the bans that meet this comment; one of a host meets those below it too."""
    standing = Ban.objects.filter(until__gt=timezone.now())
    domains = {".".join(host.split(".")[i:]) for host in submission.link_hosts for i in range(host.count(".") + 1)}
    return [
        *(standing.filter(kind=Ban.Kind.NAME, pattern=fold(submission.name)) if submission.name else ()),
        *standing.filter(kind=Ban.Kind.HOST, pattern__in=domains),
        *standing.filter(kind=Ban.Kind.NETWORK, pattern__in=writer.hashes),
    ]


def _age(stamp: str) -> float | None:
    """Return how many seconds ago a form was shown; None where the stamp is none of ours."""
    try:
        shown_at = b62_decode(_stamps.unsign(stamp) and stamp.split(":")[1])
    except (BadSignature, ValueError):
        return None
    return max(0.0, time.time() - shown_at)


def once_of(draft: Draft, writer: Writer) -> str:
    """Return what two sendings of one form have in common, and two forms never: its stamp and all that is in it.

    A form that was changed and sent again is another comment; one without a stamp is known by who sent it.
    """
    parts = (
        draft.stamp or writer.hash, str(draft.post.pk), str(draft.parent_id), draft.name, draft.email,
        draft.text,
    )  # fmt: skip
    return sha256("\0".join(parts).encode()).hexdigest()


def _text_key(text: str) -> str:
    """Return a keyed hash of the text: equal ones are found, and nothing can be read from it."""
    return salted_hmac("posts.comments.text", fold_text(text), algorithm="sha256").hexdigest()
