"""What came from an old blog, and the account of each time that somebody brought it over."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from posts.models.bases import WorkQuerySet, WorkRow

KEY_LENGTH = 500
ADDRESS_LENGTH = 2000
TITLE_LENGTH = 300
# A slice takes some seconds: whoever was not heard of for so long is dead.
STUCK_AFTER = dt.timedelta(minutes=5)
NUDGE_AGAIN_AFTER = dt.timedelta(minutes=10)


class Kind(models.TextChoices):
    AUTHOR = "author", "Author"
    CATEGORY = "category", "Category"
    TAG = "tag", "Tag"
    TERM = "term", "Other term"
    POST = "post", "Post"
    PAGE = "page", "Page"
    ATTACHMENT = "attachment", "Attachment"
    COMMENT = "comment", "Comment"
    OTHER = "other", "Other item"


class Blog(models.Model):
    """A blog that was brought over, wholly or in part."""

    address = models.CharField(max_length=255, unique=True)  # without a slash at its end
    host = models.CharField(max_length=255, db_index=True)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    # What the site itself does not keep, for the way out: {"description": …, "language": …}
    extra = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.address


class Imported(models.Model):
    """Something of the old blog, under the number and the names it had there, and what it became here."""

    blog = models.ForeignKey(Blog, on_delete=models.CASCADE, related_name="imported", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    # By what it is known again: an item's guid, an author's login, a term's slug (for a category the whole path).
    key = models.CharField(max_length=KEY_LENGTH)
    number = models.BigIntegerField(null=True)  # its id there: ?p=12, ?cat=3
    # Of the row here: posts.Post, posts.Category, posts.Tag, posts.Image, flatpages.FlatPage, auth.User or a Comment.
    # A plain number, for it outlives the row: what an editor deleted does not come back. A draft page is a Post.
    model = models.CharField(max_length=30, blank=True)  # "posts.post"; empty where nothing was made of it
    row_id = models.BigIntegerField(null=True)
    # Where it lived: the path of a post or page, or of an attachment's file from the year on ("2013/03/boat.jpg").
    path = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    # The whole old address of an attachment's file: it stays where the file could not be had.
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)
    parent = models.BigIntegerField(null=True)  # number of the post under which an attachment stood
    digest = models.CharField(max_length=64)  # SHA-256 of what was read, in hex: the same again is nothing new
    # The version of the post that the import wrote, or a digest of what it wrote elsewhere: another now means edited.
    left_as = models.CharField(max_length=64, blank=True)
    # What has no place here and is kept for the way out: {"meta": [[key, value]], "sticky": true, …}
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blog", "kind", "key"], name="imported_once")]
        indexes = [
            models.Index(fields=["kind", "number"], name="imported_number"),
            models.Index(fields=["model", "row_id"], name="imported_row"),
            models.Index(fields=["path"], name="imported_path", condition=~Q(path="")),
            models.Index(fields=["parent"], name="imported_parent", condition=Q(parent__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Result(models.TextChoices):
    IMPORTED = "imported", "Imported"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


class RunQuerySet(WorkQuerySet):
    def nudge(self, pk: int) -> None:
        """Have a task work at it, once the present transaction is committed."""
        from posts.wordpress.tasks import work_at_import  # noqa: PLC0415  a task imports models

        self.filter(pk=pk).update(nudged_at=timezone.now())
        transaction.on_commit(partial(work_at_import.enqueue, pk), robust=True)

    def nudge_due(self, at: dt.datetime | None = None) -> None:
        """What the clock does: bring home what a dead worker took, and have what waits worked at.

        Only those that came by the desk: who types the command at a terminal works at it there.
        """
        at = at or timezone.now()
        ours = self.filter(is_background=True)
        ours.filter(state=Run.State.RUNNING, claimed_at__lte=at - STUCK_AFTER).update(
            state=Run.State.QUEUED, nudged_at=None
        )
        # One at a time, in the order in which they came.
        run = ours.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING]).order_by("pk").first()
        is_forgotten = run and (run.nudged_at is None or run.nudged_at <= at - NUDGE_AGAIN_AFTER)
        if run and is_forgotten and run.state == Run.State.QUEUED:
            self.nudge(run.pk)

    def for_real(self) -> RunQuerySet:
        """All but rehearsals."""
        return self.filter(Q(options__is_rehearsal=False) | Q(options__is_rehearsal__isnull=True))

    def open_before(self, run: Run) -> RunQuerySet:
        """Those of the desk that have their turn first."""
        return self.filter(is_background=True, pk__lt=run.pk, state__in=[Run.State.QUEUED, Run.State.RUNNING])


class Run(WorkRow):
    """One time that somebody brought files over: the row is the order, the progress and the account."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        REFUSED = "refused", "Refused"  # the files cannot be read: nothing was done
        STOPPED = "stopped", "Stopped"

    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    blog = models.ForeignKey(Blog, on_delete=models.SET_NULL, null=True, related_name="runs")
    files = models.JSONField(default=list)  # names, as given
    digest = models.CharField(max_length=64, blank=True, db_index=True)  # of the files: --resume finds its run by it
    # {"paths": […], "pattern": …, "media_root": …, "is_rehearsal": true, "fetch": true, "rehearsal": pk of it}
    options = models.JSONField(default=dict)
    words = models.CharField(max_length=1000, blank=True)  # why it was refused
    warnings = models.JSONField(default=list)  # sentences: what was put right in the files, what to heed
    total = models.PositiveIntegerField(default=0)  # items in the files
    position = models.PositiveIntegerField(default=0)  # items that have had their turn
    # {"item": {"imported": 12, …}, "comment": {…}, "author": {…}, "category": {…}, "tag": {…}}
    counts = models.JSONField(default=dict)
    is_background = models.BooleanField(default=False)  # a task works at it, and the clock sees to that
    made_at = models.DateTimeField(default=timezone.now)
    nudged_at = models.DateTimeField(null=True)  # when a task was last asked to work at it
    claimed_at = models.DateTimeField(null=True)  # by whoever works at it, anew with each slice
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "import"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "finished", "refused", "stopped"]),
                name="run_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        what = "Rehearsal" if self.is_rehearsal else "Import"
        return f"{what} of {timezone.localtime(self.made_at):%Y-%m-%d, %H:%M}"

    @property
    def is_rehearsal(self) -> bool:
        """Whether it only tells what it would do."""
        return bool(self.options.get("is_rehearsal"))

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    def hold(self, seconds: float) -> None:
        """Have nobody take this worker for dead for so long: what it writes is not seen until it ends."""
        until = timezone.now() + dt.timedelta(seconds=seconds)
        if self._mine().update(claimed_at=until):
            self.claimed_at = until

    def finish(self) -> None:
        self._end(self._mine(), self.State.FINISHED)

    def refuse(self, words: str) -> None:
        """Nothing was done: the files cannot be read, and this is why."""
        self.words = words[:1000]
        self._end(self._mine(), self.State.REFUSED)

    def stop(self) -> bool:
        """Stop it where it is; what is done stays done."""
        return self._end(Run.objects.filter(pk=self.pk, state__in=["queued", "running"]), self.State.STOPPED)

    def go_on(self) -> bool:
        """Take up again what was stopped, where it was."""
        with transaction.atomic():
            stopped = Run.objects.filter(pk=self.pk, state=self.State.STOPPED)
            has_begun = bool(stopped.update(state=self.State.QUEUED, finished_at=None))
            if has_begun and not Run.objects.open_before(self).exists():
                Run.objects.nudge(self.pk)
        return has_begun

    def _end(self, rows: models.QuerySet[Any], state: Run.State) -> bool:
        ended = bool(rows.update(state=state, words=self.words, finished_at=timezone.now()))
        self.refresh_from_db(fields=["state", "words", "finished_at"])
        if ended and self.is_background:
            Run.objects.nudge_due()  # whoever waited for this one need not wait for the clock
        return ended

    def summary(self) -> dict[str, int]:
        """Return what became of the items, as the command's last line has it."""
        of_items: dict[str, Any] = self.counts.get("item", {})
        ended = {result: int(of_items.get(result, 0)) for result in Result.values}
        return {"items": sum(ended.values()), **ended}


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def wanting_a_hand(self) -> OutcomeQuerySet:
        return self.filter(wants_hand=True)

    def because(self, code: str) -> OutcomeQuerySet:
        """Those with this reason among theirs."""
        # A quotation mark within a sentence has a backslash before it, so this is nothing but the code.
        return self.annotate(words=Cast("reasons", models.TextField())).filter(words__contains=f'["{code}", ')


class Outcome(models.Model):
    """What became of one item (with its comments) or one term or author in a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=KEY_LENGTH)
    number = models.BigIntegerField(null=True)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)  # the old one
    place = models.CharField(max_length=300, blank=True)  # in the files
    result = models.CharField(max_length=9, choices=Result)
    # [["code", "A sentence for the editor."], …]; the codes and whether they want a hand are in `reasons.py`.
    reasons = models.JSONField(default=list)
    wants_hand = models.BooleanField(default=False)  # until an editor says that it is seen to
    model = models.CharField(max_length=30, blank=True)  # as in Imported
    row_id = models.BigIntegerField(null=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "key"], name="outcome_once"),
            models.CheckConstraint(condition=Q(result__in=Result.values), name="outcome_result_is_known"),
        ]
        indexes = [
            models.Index(fields=["run", "result", "id"], name="outcome_result"),
            models.Index(fields=["run", "id"], name="outcome_order"),
            models.Index(fields=["run", "id"], name="outcome_hand", condition=Q(wants_hand=True)),
        ]

    def __str__(self) -> str:
        return self.title or self.key


class Miss(models.Model):
    """An address at which somebody found nothing. What it says is all that is kept: nothing of who asked."""

    path = models.CharField(max_length=KEY_LENGTH, unique=True)
    count = models.PositiveIntegerField(default=1)
    first_on = models.DateField(default=timezone.localdate)
    last_on = models.DateField(default=timezone.localdate)
    is_ignored = models.BooleanField(default=False)

    class Meta:
        ordering = ["-count", "path"]
        verbose_name = "missing address"
        verbose_name_plural = "missing addresses"
        indexes = [models.Index(fields=["is_ignored", "-count", "path"], name="miss_order")]

    def __str__(self) -> str:
        return self.path
