"""One act over many posts: each by the same steps, and under the same rights, as if it were done alone.

Posts are worked at in slices, each in a transaction of its own that also notes how far it came: whoever is killed goes
on from there, nothing is done twice, and an editor who saves meanwhile waits for one slice at most.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from posts.forms import TAGS_MOST
from posts.life import OTHER_EYES, Act, ImpossibleError, Reason, State, target
from posts.models import BulkAct, BulkJob, Category, Post, Tag, Tally
from posts.models.image import MISSING_ALT
from sources.locking import hold_the_desk
from sources.models import Source

logger = logging.getLogger(__name__)

AT_ONCE = 200  # posts that are done while somebody waits for the page; more of them are a task
SLICE = 100  # posts of one transaction, at the most
SLICE_SECONDS = 1.0  # after which a slice takes no further post: an editor who saves waits for its end
PAUSE = 0.2  # seconds between two slices: on SQLite whoever waits to write knocks ten times a second
TURN = 20.0  # seconds after which a task lets other tasks have theirs
KEPT = dt.timedelta(days=30)
READ_AT_ONCE = 5000  # ids in one question: databases limit how many parameters it may have

PUBLIC_ACTS = frozenset({BulkAct.PUBLISH, BulkAct.WITHDRAW, BulkAct.HAND_OVER})
ENDS = frozenset({BulkAct.TRASH, BulkAct.DELETE})
# What the acts of a post's life are called there.
LIFE = {
    BulkAct.PUBLISH: Act.PUBLISH,
    BulkAct.SUBMIT: Act.SUBMIT,
    BulkAct.WITHDRAW: Act.WITHDRAW,
    BulkAct.REDRAFT: Act.REDRAFT,
    BulkAct.TRASH: Act.TRASH,
    BulkAct.RESTORE: Act.REDRAFT,
}
# A post that is there already has nothing to be done to it.
ARRIVED = {
    BulkAct.SUBMIT: State.REVIEW,
    BulkAct.WITHDRAW: State.WITHDRAWN,
    BulkAct.REDRAFT: State.DRAFT,
    BulkAct.TRASH: State.TRASH,
}
GONE = "It is no longer here."
NOT_OPEN = "You may not change it: it is not a draft of your own."
NOTHING_LEFT = "It is taken down: there is nothing to change."
NOT_IN_TRASH = "Only what is in the trash is deleted for good."
NOTHING_TO_PUBLISH = "There is nothing to publish yet: no title, no text, no outlet."
FAULT = "It could not be done. Open it and do it there: the form says more."


# --- Judging: what is known before, and asked again of each post when its turn comes


def may(user: Any, act: BulkAct) -> bool:
    """Say whether this person may do this to any post at all."""
    right = "posts.delete_post" if act in ENDS else "posts.change_post"
    return user.is_active and user.has_perm(right) and (act not in PUBLIC_ACTS or user.has_perm("posts.publish_post"))


def objection(act: BulkAct, post: Post, user: Any) -> str:
    """Return in a sentence why this person cannot do this to the post; "" where nothing is known against it."""
    if not user.has_perm("posts.publish_post") and not post.is_own_draft(user):
        return NOT_OPEN
    if post.state == State.REMOVED and act not in ENDS:
        return NOTHING_LEFT
    if act == BulkAct.DELETE and post.state != State.TRASH:
        return NOT_IN_TRASH
    if act == BulkAct.PUBLISH and post.needs_other_eyes(user):
        return OTHER_EYES
    return _wrong_state(act, post)


def _wrong_state(act: BulkAct, post: Post) -> str:
    if act in LIFE:
        try:
            target(LIFE[act], State(post.state), is_scheduled=post._comes_later())
        except ImpossibleError as error:
            return str(error)
    return ""


def is_done_already(act: BulkAct, post: Post) -> bool:
    if act == BulkAct.PUBLISH:
        return post.state == State.PUBLISHED and not post._comes_later()
    if act == BulkAct.RESTORE:
        return post.state != State.TRASH
    return ARRIVED.get(act) == post.state


@dataclass
class Outlook:
    """What is known about a selection before anything is done to it."""

    states: Counter[str] = field(default_factory=Counter)  # by status, in words
    unchanged: int = 0
    objections: Counter[str] = field(default_factory=Counter)  # by sentence
    held: int = 0
    missing: int = 0  # posts that went since they were chosen
    undescribed: int = 0  # that show a picture without a description

    # Lists, for a template would look for these words among the keys.
    @property
    def by_state(self) -> list[tuple[str, int]]:
        return self.states.most_common()

    @property
    def refusals(self) -> list[tuple[str, int]]:
        return self.objections.most_common()


def foresee(job: BulkJob, user: Any) -> Outlook:
    outlook, act = Outlook(missing=len(job.ids)), BulkAct(job.act)
    for post in _light(job.ids):
        outlook.missing -= 1
        outlook.states[post.status_label] += 1
        outlook.held += post.is_held
        why = "" if is_done_already(act, post) else objection(act, post, user)
        outlook.unchanged += is_done_already(act, post)
        if why:
            outlook.objections[why] += 1
    if act == BulkAct.PUBLISH:
        outlook.undescribed = sum(
            Post.objects.filter(pk__in=part, body__contains=MISSING_ALT).exclude(state=State.PUBLISHED).count()
            for part in batched(job.ids, READ_AT_ONCE)
        )
    return outlook


def _light(ids: Iterable[int]) -> Iterator[Post]:
    """Yield these posts with what a judgement needs, and no text."""
    for part in batched(ids, READ_AT_ONCE):
        yield from Post.objects.filter(pk__in=part).defer(*Post.TEXTS)


# --- Acting


@dataclass(frozen=True)
class Terms:
    """By whom and with what, as the database has it now."""

    by: Any
    tags: list[Tag] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    source: Source | None = None
    editor: Any = None
    reason: Reason = Reason.OTHER
    note: str = ""

    @classmethod
    def of(cls, job: BulkJob, by: Any) -> Terms:
        said = job.parameters
        names = said.get("tags", ())
        make = job.act == BulkAct.ADD_TAGS
        found = [Tag.objects.get_or_create_named(name) if make else Tag.objects.named(name) for name in names]
        return cls(
            by=by,
            tags=list({tag.pk: tag for tag in found if tag}.values()),
            categories=list(Category.objects.filter(pk__in=said.get("categories", ()))),
            source=Source.objects.filter(pk=said.get("source")).first(),
            editor=type(by).objects.filter(pk=said.get("editor")).first(),
            reason=Reason(said.get("reason", Reason.OTHER)),
            note=said.get("note", ""),
        )


def work(pk: int, *, seconds: float | None = None) -> None:
    """Go on with this job until it is done, stopped, or has had its seconds; nothing where somebody else is at it."""
    job = BulkJob.objects.claim(pk)
    begun = time.monotonic()
    while job and _work_slice(job):
        if seconds is not None and time.monotonic() - begun > seconds:
            job.put_back()
            return
        time.sleep(PAUSE)


@transaction.atomic
def _work_slice(job: BulkJob) -> bool:
    """Do the next posts; return whether more are to come."""
    hold_the_desk()
    if not job.beat():
        return False
    ids = job.ids[job.position : job.position + SLICE]
    # Whoever ordered it may have lost a right since the last slice.
    by = type(job.by).objects.filter(pk=job.by.pk, is_active=True).first() if job.by else None
    if by is None:
        job.cancel()
        return False
    terms = Terms.of(job, by)
    posts = {post.pk: post for post in _locked(ids)}
    until = time.monotonic() + SLICE_SECONDS
    outcomes: list[tuple[int, bool | str]] = []
    with Tally.objects.counting_once():
        for pk in ids:
            outcomes.append((pk, _do(BulkAct(job.act), posts.get(pk), terms)))
            if time.monotonic() > until:
                break
    job.record(
        done=sum(outcome is True for _, outcome in outcomes),
        unchanged=sum(outcome is False for _, outcome in outcomes),
        refused=[(pk, outcome) for pk, outcome in outcomes if isinstance(outcome, str)],
    )
    return job.state != BulkJob.State.FINISHED


def _locked(ids: list[int]) -> QuerySet[Post]:
    """Read them as they stand now, and keep them so until the slice is written."""
    posts = Post.objects.filter(pk__in=ids).select_related("source", "link").order_by("pk")
    return posts.select_for_update(of=("self",))


def _do(act: BulkAct, post: Post | None, terms: Terms) -> bool | str:
    """Do it to one post; return whether that changed it, or why it was refused. What is refused leaves no trace."""
    if post is None:
        return GONE
    try:
        with transaction.atomic():
            return _act(act, post, terms)
    except ValidationError as error:
        return " ".join(error.messages)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble is nobody's refusal: the slice is tried again
    except Exception as error:  # one post's fault must not hold up the others
        logger.warning("%s failed on post %s: %s", act, post.pk, type(error).__name__)
        return FAULT


def _act(act: BulkAct, post: Post, terms: Terms) -> bool:
    if not may(terms.by, act):
        raise ValidationError("You may not do this any longer.")
    if is_done_already(act, post):
        return False
    why = objection(act, post, terms.by)
    if why:
        raise ValidationError(why)
    return ACTS[act](post, terms)


def _publish(post: Post, terms: Terms) -> bool:
    if not (post.title or post.body or post.source_id or post.link_id):
        raise ValidationError(NOTHING_TO_PUBLISH)
    now = timezone.now()
    # A past date is the post's own, as in the form: it was typed, or it had it before.
    own = post.published_at if post.published_at and post.published_at <= now else None
    post.publish(at=own, by=terms.by)
    return True


def _submit(post: Post, terms: Terms) -> bool:
    post.submit(by=terms.by)
    return True


def _withdraw(post: Post, terms: Terms) -> bool:
    post.withdraw(terms.reason, note=terms.note, by=terms.by)
    return True


def _redraft(post: Post, terms: Terms) -> bool:
    post.redraft(by=terms.by)
    return True


def _trash(post: Post, terms: Terms) -> bool:
    post.trash(by=terms.by)
    return True


def _delete(post: Post, terms: Terms) -> bool:
    post.log(Act.DELETE, terms.by)
    post.delete()
    return True


def _add_tags(post: Post, terms: Terms) -> bool:
    has = set(post.tagged.values_list("tag", flat=True))
    new = [tag for tag in terms.tags if tag.pk not in has]
    if not new:
        return False
    if len(has) + len(new) > TAGS_MOST:
        raise ValidationError(f"A post carries at most {TAGS_MOST} tags; this one would have {len(has) + len(new)}.")
    _save(post, terms, "tags added")
    post.tags.add(*new)
    return True


def _remove_tags(post: Post, terms: Terms) -> bool:
    has = set(post.tagged.values_list("tag", flat=True))
    old = [tag for tag in terms.tags if tag.pk in has]
    if not old:
        return False
    _save(post, terms, "tags removed")
    post.tags.remove(*old)
    return True


def _add_categories(post: Post, terms: Terms) -> bool:
    new = {category.pk for category in terms.categories} - set(post.categories.values_list("pk", flat=True))
    if not new:
        return False
    _save(post, terms, "categories added")
    post.categories.add(*new)
    return True


def _remove_categories(post: Post, terms: Terms) -> bool:
    old = {category.pk for category in terms.categories} & set(post.categories.values_list("pk", flat=True))
    if not old:
        return False
    _save(post, terms, "categories removed")
    post.categories.remove(*old)
    return True


def _set_source(post: Post, terms: Terms) -> bool:
    if terms.source is None:
        raise ValidationError("The outlet is no longer here.")
    if post.source_id == terms.source.pk:
        return False
    post.source = terms.source
    _save(post, terms, "outlet set")
    return True


def _hand_over(post: Post, terms: Terms) -> bool:
    if terms.editor is None or not terms.editor.is_active:
        raise ValidationError("Whoever was to have it is no longer here.")
    if post.editor_id == terms.editor.pk:
        return False
    post.editor = terms.editor
    _save(post, terms, "handed over")
    post.log(Act.HAND_OVER, terms.by, f"to {terms.editor}")
    return True


def _save(post: Post, terms: Terms, word: str) -> None:
    """Save as the form does: one revision, and a line in the log where readers see the post."""
    post.full_clean()
    post.save(by=terms.by, because=f"Bulk: {word}")
    if post.is_public:
        post.log(Act.UPDATE, terms.by, f"Bulk: {word}")


ACTS: dict[BulkAct, Callable[[Post, Terms], bool]] = {
    BulkAct.PUBLISH: _publish,
    BulkAct.SUBMIT: _submit,
    BulkAct.WITHDRAW: _withdraw,
    BulkAct.REDRAFT: _redraft,
    BulkAct.ADD_TAGS: _add_tags,
    BulkAct.REMOVE_TAGS: _remove_tags,
    BulkAct.ADD_CATEGORIES: _add_categories,
    BulkAct.REMOVE_CATEGORIES: _remove_categories,
    BulkAct.SET_SOURCE: _set_source,
    BulkAct.HAND_OVER: _hand_over,
    BulkAct.TRASH: _trash,
    BulkAct.RESTORE: _redraft,
    BulkAct.DELETE: _delete,
}


def tidy(at: dt.datetime) -> None:
    """Forget what was ordered a month ago, done or never begun."""
    states = BulkJob.State
    BulkJob.objects.filter(made_at__lte=at - KEPT).exclude(state__in=[states.QUEUED, states.RUNNING]).delete()
