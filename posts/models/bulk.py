"""One act over many posts: the row is the order, the queue and the result (see posts.bulking)."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from posts.models.bases import WorkQuerySet, WorkRow

# A slice takes a second or two: whoever was not heard of for so long is dead.
STUCK_AFTER = dt.timedelta(minutes=3)
NUDGE_AGAIN_AFTER = dt.timedelta(minutes=10)
SENTENCE_LENGTH = 1000


class BulkAct(models.TextChoices):
    """As the menu of the list says it."""

    PUBLISH = "publish", "Publish now"
    SUBMIT = "submit", "Submit for review"
    WITHDRAW = "withdraw", "Withdraw"
    REDRAFT = "redraft", "Back to draft"
    ADD_TAGS = "add_tags", "Add tags"
    REMOVE_TAGS = "remove_tags", "Remove tags"
    ADD_CATEGORIES = "add_categories", "Add categories"
    REMOVE_CATEGORIES = "remove_categories", "Remove categories"
    SET_SOURCE = "set_source", "Set the outlet"
    HAND_OVER = "hand_over", "Hand over"
    TRASH = "trash", "Move to the trash"
    RESTORE = "restore", "Restore from the trash"
    DELETE = "delete", "Delete for good"


class BulkJobQuerySet(WorkQuerySet):
    def nudge(self, pk: int) -> None:
        """Have a task work at it, once the present transaction is committed."""
        from posts.tasks import work_at_bulk  # noqa: PLC0415  a task imports models

        self.filter(pk=pk).update(nudged_at=timezone.now())
        transaction.on_commit(partial(work_at_bulk.enqueue, pk), robust=True)

    def nudge_due(self, at: dt.datetime | None = None) -> None:
        """What the clock does: bring home what a dead worker took, and have what waits worked at."""
        at = at or timezone.now()
        states = BulkJob.State
        stuck = self.filter(state=states.RUNNING, claimed_at__lte=at - STUCK_AFTER)
        stuck.update(state=states.QUEUED, nudged_at=None)
        forgotten = Q(nudged_at=None) | Q(nudged_at__lte=at - NUDGE_AGAIN_AFTER)
        for pk in self.filter(forgotten, state=states.QUEUED).order_by("pk").values_list("pk", flat=True):
            self.nudge(pk)


class BulkJob(WorkRow):
    class State(models.TextChoices):
        NEW = "new", "Not begun"
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Stopped"

    act = models.CharField(max_length=20, choices=BulkAct)
    state = models.CharField(max_length=9, choices=State, default=State.NEW)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # The posts as they were chosen: what the count said is what is acted on.
    ids = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    # With what: {"tags": [names]}, {"categories": [ids]}, {"source": id}, {"editor": id} or {"reason": …, "note": …}
    parameters = models.JSONField(default=dict)
    words = models.CharField(max_length=1000, blank=True)  # the same for people
    position = models.PositiveIntegerField(default=0)  # how many of the ids have had their turn
    done = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    nudged_at = models.DateTimeField(null=True)  # when a task was last asked to work at it
    claimed_at = models.DateTimeField(null=True)  # by whoever works at it, anew with each slice
    finished_at = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "queued", "running", "finished", "cancelled"]),
                name="bulkjob_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.total:,} posts"

    @property
    def label(self) -> str:
        """The act, and with what."""
        label = str(BulkAct(self.act).label)
        return f"{label}: {self.words}" if self.words else label

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def refused(self) -> int:
        return self.position - self.done - self.unchanged

    def begin(self, parameters: dict[str, Any], words: str) -> bool:
        """Let it be worked at; False where it was begun before."""
        begun = {"state": self.State.QUEUED, "parameters": parameters, "words": words[:1000]}
        return bool(BulkJob.objects.filter(pk=self.pk, state=self.State.NEW).update(**begun))

    def record(self, *, done: int, unchanged: int, refused: list[tuple[int, str]]) -> None:
        """Note what a slice came to; the last one finishes it."""
        BulkRefusal.objects.bulk_create(
            BulkRefusal(job=self, post_id=post, sentence=sentence[:SENTENCE_LENGTH]) for post, sentence in refused
        )
        self.done += done
        self.unchanged += unchanged
        self.position += done + unchanged + len(refused)
        columns = ["done", "unchanged", "position"]
        if self.position >= self.total:
            self.state, self.finished_at = self.State.FINISHED, timezone.now()
            columns += ["state", "finished_at"]
        self.save(update_fields=columns)

    def cancel(self) -> bool:
        """Stop it where it is; what is done stays done."""
        ended = {"state": self.State.CANCELLED, "finished_at": timezone.now()}
        states = [self.State.NEW, self.State.QUEUED, self.State.RUNNING]
        return bool(BulkJob.objects.filter(pk=self.pk, state__in=states).update(**ended))


class BulkRefusal(models.Model):
    """A post on which the act could not be done, and why."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="refusals")
    post_id = models.BigIntegerField()  # a plain number: the post may be gone
    sentence = models.CharField(max_length=SENTENCE_LENGTH)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.sentence
