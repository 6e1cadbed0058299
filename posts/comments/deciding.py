"""What moderators do to comments: decide, ban, answer, take back. Each act is one transaction and is logged."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from posts.comments import mailing, training
from posts.comments.models import Ban, Comment, Entry, Report
from posts.comments.models.comment import NAME_LENGTH
from posts.comments.models.rules import tidy_pattern
from posts.limiting import KEY_LIVES
from posts.models import PrefixKey
from posts.rendering import links_of
from sources.models import host_of

Act, State = Entry.Act, Comment.State
REASONS = {code: label for code, label in Comment.RemovalReason.choices if code != Comment.RemovalReason.FORGOTTEN}
AFTER = {Act.APPROVE: State.APPROVED, Act.SPAM: State.SPAM, Act.REMOVE: State.REMOVED, Act.HOLD: State.HELD}


@dataclass
class Outcome:
    """What an act has changed, under the name of its batch; what it left alone, and a sentence why for each."""

    batch: uuid.UUID
    changed: list[Comment] = field(default_factory=list)
    kept: list[Comment] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@transaction.atomic
def decide(
    ids: Iterable[int], act: Entry.Act, actor: User, *, reason: str = "", note: str = "", seen: str | None = None
) -> Outcome:
    """Approve, mark as spam, remove or hold comments. A removal needs a reason code (ValueError without).

    `seen` is the state in which the moderator saw them: one that a colleague has decided on meanwhile stays as it is.
    """
    if act == Act.REMOVE and reason not in REASONS:
        raise ValueError("A removal needs a reason.")
    outcome = Outcome(uuid.uuid4())
    for comment in _locked(ids):
        if seen is not None and comment.state != seen:
            state = comment.get_state_display().lower()
            outcome.left.append(f"“{comment}” is {state} by now: nothing was changed.")
            outcome.kept.append(comment)
        elif comment.removal_reason == Comment.RemovalReason.FORGOTTEN:
            outcome.left.append("Of this comment nothing is left.")
        elif not (comment.state == AFTER[act] and comment.removal_reason == reason and not comment.open_reports):
            outcome.changed.append(comment)
    _set(outcome, act, actor, {comment.pk: (AFTER[act], reason) for comment in outcome.changed}, note)
    return outcome


@transaction.atomic
def undo(batch: uuid.UUID, actor: User) -> Outcome:
    """Take a batch of decisions back, as far as nobody has decided otherwise since."""
    acts = Entry.objects.filter(batch=batch, undoes=None)
    entries = {entry.comment_id: entry for entry in acts.exclude(act=Act.BAN)}
    outcome = Outcome(uuid.uuid4())
    if Entry.objects.filter(undoes=batch).exists():
        outcome.left.append("This has been undone already.")
        return outcome
    for comment in _locked(entries):
        if (comment.state, comment.removal_reason) == (entries[comment.pk].after, entries[comment.pk].reason):
            outcome.changed.append(comment)
        else:
            outcome.left.append(
                f"“{comment}” was decided on anew since: it stays {comment.get_state_display().lower()}."
            )
    before = {pk: (entry.before, entry.reason_before) for pk, entry in entries.items()}
    _set(outcome, Act.UNDO, actor, before, "", undoes=batch)
    _reopen_reports(batch, outcome.changed)
    if Ban.objects.filter(batch=batch).delete()[0]:
        for comment in Comment.objects.filter(pk__in=acts.filter(act=Act.BAN).values("comment_id")):
            _entry(comment, Act.UNDO, actor, outcome.batch, comment.state, "", "The ban is lifted.", batch).save()
    return outcome


@transaction.atomic
def ban(comments: Sequence[Comment], kinds: Iterable[str], actor: User, *, days: int, note: str = "") -> Outcome:
    """Ban what comments show of their writers (name, hosts of their links, network) and mark them as spam."""
    wanted = [Ban.Kind(kind) for kind in kinds]  # ValueError where there is none
    outcome = decide([comment.pk for comment in comments], Act.SPAM, actor, note=note)
    now = timezone.now()
    for comment in _locked(comment.pk for comment in comments):
        found = bannable(comment)
        for kind in wanted:
            for pattern in found.get(kind, ()):
                until = _end_of_network(comment) if kind == Ban.Kind.NETWORK else now + dt.timedelta(days=days)
                columns = {"until": until, "note": note[:300], "made_by": actor, "made_at": now}
                Ban.objects.update_or_create(
                    kind=kind,
                    pattern=pattern,
                    defaults=columns,
                    create_defaults={**columns, "batch": outcome.batch},
                )
        if banned := [kind.label.lower() for kind in wanted if kind in found]:
            _entry(comment, Act.BAN, actor, outcome.batch, comment.state, "", f"Banned: {', '.join(banned)}.").save()
    return outcome


def _end_of_network(comment: Comment) -> dt.datetime:
    """Return when nobody can know a comment's network again: with the key of the day on which it came."""
    key = PrefixKey.objects.filter(day=comment.written_at.astimezone(dt.UTC).date()).first()
    return key.begins_at + KEY_LIVES if key else timezone.now()


def bannable(comment: Comment) -> dict[str, list[str]]:
    """Return what can be banned of a comment's writer, by kind."""
    hosts = dict.fromkeys(host_of(address) for address in links_of(comment.body_html))
    found = {
        Ban.Kind.NAME: [tidy_pattern(Ban.Kind.NAME, comment.name)] if comment.name else [],
        Ban.Kind.HOST: [host for host in hosts if host],
        Ban.Kind.NETWORK: [comment.writer] if comment.writer else [],
    }
    return {str(kind): patterns for kind, patterns in found.items() if patterns}


@transaction.atomic
def edit(comment: Comment, actor: User, changed: Iterable[str]) -> None:
    """Save what a moderator changed of a comment, and log that they did; readers see that words were changed."""
    if told := sorted(set(changed) & {"name", "body", "note"}):
        comment.is_edited = comment.is_edited or "body" in told
        comment.save()
        note = f"Changed: {', '.join(told)}."
        _entry(comment, Act.EDIT, actor, uuid.uuid4(), comment.state, comment.removal_reason, note).save()


@transaction.atomic
def answer(comment: Comment, text: str, actor: User) -> Comment:
    """Answer from the desk. The answer appears at once, marked as the desk's; raises ValidationError."""
    reply = Comment(
        post=comment.post,
        parent=comment,
        # A login name is half of a login: it is not for readers.
        name=(actor.get_full_name() or settings.SITE_NAME)[:NAME_LENGTH],
        body=text,
        state=State.APPROVED,
        editor=actor,
        is_editorial=True,
        once=get_random_string(32),
    )
    reply.full_clean(exclude=["reasons"])
    if comment.state == State.HELD and actor.has_perm("comments.moderate_comment"):
        decide([comment.pk], Act.APPROVE, actor)
    if not reply.body.strip():
        raise ValidationError({"body": "Write an answer."})
    reply.save()
    _entry(reply, Act.ANSWER, actor, uuid.uuid4(), "", "").save()
    mailing.tell(reply)
    return reply


def _locked(ids: Iterable[int]) -> Iterable[Comment]:
    """In one order for everybody, so that two who decide at once wait for each other and never both."""
    return Comment.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")


def _set(
    outcome: Outcome,
    act: Entry.Act,
    actor: User,
    wanted: dict[int, tuple[str, str]],
    note: str,
    undoes: uuid.UUID | None = None,
) -> None:
    """Bring the comments of the outcome to the wanted state and reason; log, learn, tell."""
    changed, entries = outcome.changed, []
    for comment in changed:
        before, reason_before = comment.state, comment.removal_reason
        comment.state, comment.removal_reason = wanted[comment.pk]
        comment.open_reports = 0
        if note:
            comment.note = note
        entries.append(_entry(comment, act, actor, outcome.batch, before, reason_before, note, undoes))
    training.learn(changed)
    Comment.objects.bulk_update(
        changed, ["state", "removal_reason", "open_reports", "note", "trained_as"], batch_size=200
    )
    Entry.objects.bulk_create(entries)
    ids = [comment.pk for comment in changed]
    Report.objects.filter(comment__in=ids, settled_at=None).update(settled_at=timezone.now(), settled_in=outcome.batch)
    for comment in changed:
        mailing.tell(comment)


def _reopen_reports(batch: uuid.UUID, comments: list[Comment]) -> None:
    reports = Report.objects.filter(settled_in=batch, comment__in=comments)
    for comment in comments:
        Comment.objects.filter(pk=comment.pk).update(open_reports=reports.filter(comment=comment).count())
    reports.update(settled_at=None, settled_in=None)


def _entry(
    comment: Comment,
    act: Entry.Act,
    actor: User,
    batch: uuid.UUID,
    before: str,
    reason_before: str,
    note: str = "",
    undoes: uuid.UUID | None = None,
) -> Entry:
    return Entry(
        comment_id=comment.pk,
        act=act,
        before=before,
        after=comment.state,
        reason_before=reason_before,
        reason=comment.removal_reason,
        note=note,
        actor_id=actor.pk,
        actor=actor.get_username(),
        batch=batch,
        undoes=undoes,
    )
