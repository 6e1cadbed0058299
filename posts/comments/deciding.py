"""What moderators do to comments: decide, ban, answer, take back. Each act is one transaction and is logged."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string

from posts.comments import mailing, training
from posts.comments.models import Ban, Comment, Entry, Report
from posts.comments.models.comment import NAME_LENGTH, ONCE_LENGTH
from posts.comments.models.rules import tidy_pattern
from posts.limiting import KEY_LIVES
from posts.models import PrefixKey
from posts.rendering import is_readable, links_of
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
    lifted: int = 0  # bans, of an act that was undone


@transaction.atomic
def decide(
    ids: Iterable[int],
    act: Entry.Act,
    actor: User,
    *,
    reason: str = "",
    note: str = "",
    seen: str | None = None,
    shown_at: dt.datetime | None = None,
) -> Outcome:
    """Approve, mark as spam, remove or hold comments. A removal needs a reason code (ValueError without).

    What a colleague has decided meanwhile stays as it is: where the state is not the one that was `seen`, or is
    younger than the page on which it was shown.
    """
    if act == Act.REMOVE and reason not in REASONS:
        raise ValueError("A removal needs a reason.")
    outcome = Outcome(uuid.uuid4())
    wanted, found = list(ids), set()
    for comment in _locked(wanted):
        found.add(comment.pk)
        if (seen is not None and comment.state != seen) or (shown_at is not None and comment.state_since > shown_at):
            state = comment.get_state_display().lower()
            outcome.left.append(f"“{comment}” is {state} by now: nothing was changed.")
            outcome.kept.append(comment)
        elif comment.is_forgotten:
            outcome.left.append("Of this comment nothing is left.")
        elif not (comment.state == AFTER[act] and comment.removal_reason == reason and not comment.open_reports):
            outcome.changed.append(comment)
    outcome.left += ["This comment is no longer here."] * len(set(wanted) - found)
    _set(outcome, act, actor, {comment.pk: (AFTER[act], reason) for comment in outcome.changed}, note)
    return outcome


@transaction.atomic
def undo(batch: uuid.UUID, actor: User) -> Outcome:
    """Take a batch of decisions back, as far as nobody has decided otherwise since."""
    outcome = Outcome(uuid.uuid4())
    acts = Entry.objects.filter(batch=batch, undoes=None, act__in=[*AFTER, Act.BAN])
    entries = {entry.comment_id: entry for entry in acts.exclude(act=Act.BAN)}
    comments = {comment.pk: comment for comment in _locked(acts.values_list("comment_id", flat=True))}
    if not acts.exists() or Entry.objects.filter(undoes=batch).exists():
        outcome.left.append("There is nothing to undo: it has been undone already.")
        return outcome
    for pk, entry in entries.items():
        comment = comments.get(pk)
        if comment is None or comment.is_forgotten:
            outcome.left.append("Of one comment nothing is left.")
        elif (comment.state, comment.removal_reason) == (entry.after, entry.reason):
            outcome.changed.append(comment)
        else:
            state = comment.get_state_display().lower()
            outcome.left.append(f"“{comment}” was decided on anew since: it stays {state}.")
            outcome.kept.append(comment)
    before = {pk: (entry.before, entry.reason_before) for pk, entry in entries.items()}
    _set(outcome, Act.UNDO, actor, before, "", undoes=batch)
    _reopen_reports(batch, outcome.changed)
    outcome.lifted = _lift(batch)
    if outcome.lifted or not outcome.changed:
        # That it was tried is written down too: nobody is offered the same again.
        note = "The ban is lifted." if outcome.lifted else "There was nothing left to undo."
        first = acts[0]
        Entry.objects.create(
            comment_id=first.comment_id, act=Act.UNDO, before=first.after, after=first.after, note=note,
            actor_id=actor.pk, actor=actor.get_username(), batch=outcome.batch, undoes=batch,
        )  # fmt: skip
    return outcome


@transaction.atomic
def ban(
    comments: Sequence[Comment],
    kinds: Iterable[str],
    actor: User,
    *,
    days: int,
    note: str = "",
    seen: str | None = None,
    shown_at: dt.datetime | None = None,
) -> Outcome:
    """Ban what comments show of their writers (name, hosts of their links, network) and mark them as spam.

    A ban that stands already and lasts longer stays as it is.
    """
    wanted = [Ban.Kind(kind) for kind in kinds]  # ValueError where there is none
    outcome = decide([c.pk for c in comments], Act.SPAM, actor, note=note, seen=seen, shown_at=shown_at)
    kept = {comment.pk for comment in outcome.kept}
    banned = [comment for comment in _locked(c.pk for c in comments) if comment.pk not in kept]
    ends: dict[tuple[str, str], dt.datetime] = {}
    for comment in banned:
        found = bannable(comment)
        for kind in wanted:
            is_network = kind == Ban.Kind.NETWORK
            until = _end_of_network(comment) if is_network else timezone.now() + dt.timedelta(days=days)
            ends |= {(str(kind), pattern): until for pattern in found.get(kind, ())}
        if told := [kind.label.lower() for kind in wanted if kind in found]:
            _entry(comment, Act.BAN, actor, outcome.batch, comment.state, "", f"Banned: {', '.join(told)}.").save()
    # In one order for everybody, as the comments.
    for (of_kind, pattern), until in sorted(ends.items()):
        columns = {"until": until, "note": note[:300], "made_by": actor, "batch": outcome.batch}
        Ban.objects.filter(kind=of_kind, pattern=pattern, until__lte=timezone.now()).delete()
        standing, is_new = Ban.objects.get_or_create(kind=of_kind, pattern=pattern, defaults=columns)
        if not is_new and standing.until < until:
            longer = {"until": until, "until_before": standing.until, "batch": outcome.batch}
            Ban.objects.filter(pk=standing.pk).update(**longer)
    return outcome


def _lift(batch: uuid.UUID) -> int:
    """Take back the bans of a batch: those it made go, those it made longer end as before. Returns how many."""
    bans = Ban.objects.filter(batch=batch)
    shortened = bans.exclude(until_before=None).update(until=F("until_before"), until_before=None, batch=None)
    return shortened + bans.filter(until_before=None).delete()[0]


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
    told = sorted(set(changed) & {"name", "body", "note"})
    if not told:
        return
    # Only what was typed: a colleague may have decided on it while the form was open.
    [stored] = _locked([comment.pk])
    for column in told:
        setattr(stored, column, getattr(comment, column))
    stored.is_edited = stored.is_edited or "body" in told
    stored.render()
    stored.save(update_fields=[*told, "body_html", "rendering_version", "is_edited"])
    note = f"Changed: {', '.join(told)}."
    _entry(stored, Act.EDIT, actor, uuid.uuid4(), stored.state, stored.removal_reason, note).save()


@transaction.atomic
def answer(comment: Comment, text: str, actor: User, once: str = "") -> Comment:
    """Answer from the desk. The answer appears at once, marked as the desk's; raises ValidationError.

    A form that is sent twice (`once` names it) answers once.
    """
    once = f"desk:{actor.pk}:{once or get_random_string(32)}"[:ONCE_LENGTH]
    [comment] = _locked([comment.pk])
    if stored := Comment.objects.filter(once=once).first():
        return stored
    if comment.is_mention:
        raise ValidationError("Nobody wrote this here: another page links to the post, and cannot be answered.")
    if comment.state not in (State.HELD, State.APPROVED):
        raise ValidationError("This comment is not to be seen by now, so nobody could read an answer to it.")
    reply = Comment(
        post=comment.post,
        parent=comment,
        # A login name is half of a login: it is not for readers.
        name=(actor.get_full_name() or settings.SITE_NAME)[:NAME_LENGTH],
        body=text.strip(),
        state=State.APPROVED,
        editor=actor,
        is_editorial=True,
        once=once,
    )
    if not is_readable(text):
        raise ValidationError({"body": "Write an answer."})
    reply.full_clean(exclude=["reasons"])
    if comment.state == State.HELD and actor.has_perm("comments.moderate_comment"):
        decide([comment.pk], Act.APPROVE, actor)
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
    changed, entries, now = outcome.changed, [], timezone.now()
    appeared = [c for c in changed if c.state != State.APPROVED and wanted[c.pk][0] == State.APPROVED]
    for comment in changed:
        before, reason_before = comment.state, comment.removal_reason
        comment.state, comment.removal_reason = wanted[comment.pk]
        comment.state_since = now
        if undoes is None:
            comment.open_reports = 0
        if note:
            # Behind what was noted before: nobody's words are lost.
            comment.note = f"{comment.note}\n{note}".strip()[-1000:]
        entries.append(_entry(comment, act, actor, outcome.batch, before, reason_before, note, undoes))
    training.learn(changed)
    columns = ["state", "state_since", "removal_reason", "open_reports", "note", "trained_as"]
    Comment.objects.bulk_update(changed, columns, batch_size=200)
    Entry.objects.bulk_create(entries)
    if undoes is None:
        open_reports = Report.objects.filter(comment__in=[comment.pk for comment in changed], settled_at=None)
        open_reports.update(settled_at=now, settled_in=outcome.batch)
    for comment in appeared:
        mailing.tell(comment)


def _reopen_reports(batch: uuid.UUID, comments: list[Comment]) -> None:
    """Open the reports again that a decision had settled; those that came since are open still."""
    for comment in comments:
        open_reports = Report.objects.filter(comment=comment, settled_at=None)
        # Who has reported it again meanwhile is heard already.
        heard = list(open_reports.exclude(writer="").values_list("writer", flat=True))
        settled = Report.objects.filter(comment=comment, settled_in=batch).exclude(writer__in=heard)
        settled.update(settled_at=None, settled_in=None)
        Comment.objects.filter(pk=comment.pk).update(open_reports=open_reports.count())


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
