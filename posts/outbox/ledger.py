"""What every ledger of things to send has: rows that are the queue and the truth, claimed by conditional updates.

The queue of tasks is only a nudge. A row says whether it is due; whoever claims it sends it; what a dead worker took
walks home after an hour. A row notes the moment at which its message is handed over: only one that was handed over
and never answered for may have arrived, and such a one is sent a second time, never a third.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import partial
from itertools import batched
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

# Waiting times after each attempt that failed: 2 minutes, then three times as long each time, a day and a half in all.
FIRST_WAIT = dt.timedelta(minutes=2)
WAIT_GROWS = 3
MOST_ATTEMPTS = 8
# After a lost answer: the second sending is the last, so whoever loses answers has time to come to themselves.
DOUBT_WAIT = dt.timedelta(minutes=30)
# Whoever met a server that takes nothing waits longer than the others, so that another one knocks next.
KNOCKED_WAIT = FIRST_WAIT + dt.timedelta(minutes=1)
OUTAGE_ENDS = dt.timedelta(days=5)  # RFC 5321, 4.5.4.1: at least four to five days
STUCK_AFTER = dt.timedelta(hours=1)
NUDGE_AGAIN_AFTER = dt.timedelta(minutes=10)
BATCH = 100  # rows that one task sends
MOST_NUDGED = 5_000  # rows a minute for which tasks are made
MOST_WAITING = 100  # tasks: where no worker makes progress, more of them help nobody
ERROR_LENGTH = 300
LOST_TWICE = "Twice handed over, and never told whether it was taken: it may have arrived, and is not sent again."


def new_message_id() -> str:
    """RFC 5322, 3.6.4; stable, so that a message sent twice is seen once."""
    return f"<{uuid.uuid4()}@{settings.MAIL_HOST}>"


class LedgerQuerySet(models.QuerySet[Any]):
    def write(self, rows: Sequence[Any]) -> int:
        """Write rows down, once for each key; return how many are new. They are sent once this is committed.

        The database decides which of two comes first: the other one leaves no row, and no error either.
        """
        with transaction.atomic():
            self.bulk_create(rows, ignore_conflicts=True)
            ids = list(self.filter(message_id__in=[row.message_id for row in rows]).values_list("pk", flat=True))
            self.nudge(sorted(ids))
        return len(ids)

    def due(self, at: dt.datetime | None = None) -> Self:
        """Those to be sent now that nobody was asked to send, or whom nobody has sent although asked."""
        at = at or timezone.now()
        forgotten = Q(nudged_at=None) | Q(nudged_at__lte=at - NUDGE_AGAIN_AFTER) | Q(nudged_at__lt=F("next_try_at"))
        return self.filter(forgotten, state=LedgerRow.State.QUEUED, next_try_at__lte=at).in_turn()

    def in_turn(self) -> Self:
        """Of those that waited for the same moment, whoever was never tried, or longest ago, comes first."""
        return self.order_by("next_try_at", F("claimed_at").asc(nulls_first=True), "id")

    def nudge(self, ids: Sequence[int], at: dt.datetime | None = None) -> None:
        """Have tasks send these, once the present transaction is committed."""
        for batch in batched(ids, BATCH):
            self.filter(pk__in=batch).update(nudged_at=at or timezone.now())
            transaction.on_commit(partial(self.model.ask, list(batch)), robust=True)

    def nudge_due(self, at: dt.datetime | None = None) -> None:
        """What the clock does: bring home what is stuck, and have what is due sent."""
        self.return_stuck(at)
        room = max(0, MOST_WAITING - self._count_tasks()) * BATCH
        with transaction.atomic():
            self.nudge(list(self.due(at).values_list("pk", flat=True)[: min(room, MOST_NUDGED)]), at)

    def _count_tasks(self) -> int:
        """Return how many tasks of this ledger's app wait for a worker."""
        return (
            DBTaskResult.objects.ready().filter(task_path__startswith=f"{self.model._meta.app_config.name}.").count()
        )

    def return_stuck(self, at: dt.datetime | None = None) -> int:
        """Queue again what a worker took and never brought to an end; return how many.

        Of these, what had been handed over may have arrived: its second sending has the same Message-ID, by which
        mailboxes fold the two. What was in doubt before is not sent a third time.
        """
        at = at or timezone.now()
        states = LedgerRow.State
        stuck = self.filter(state=states.SENDING, claimed_at__lte=at - STUCK_AFTER)
        stuck.filter(handed_at__isnull=False, is_doubtful=True).update(state=states.FAILED, error=LOST_TWICE)
        died = "The worker died of it each time."
        stuck.filter(attempts__gte=MOST_ATTEMPTS).update(state=states.FAILED, error=died)
        again = {"state": states.QUEUED, "next_try_at": at, "nudged_at": None}
        in_doubt = stuck.filter(handed_at__isnull=False).update(**again, is_doubtful=True)
        return in_doubt + stuck.update(**again)

    def postpone(self, at: dt.datetime | None = None) -> None:
        """Have all that is due wait a little: the other side does not answer, and it is no fault of theirs."""
        later = (at or timezone.now()) + FIRST_WAIT
        self.filter(state=LedgerRow.State.QUEUED, next_try_at__lt=later).update(next_try_at=later)


class LedgerRow(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    # Says what this is; the same thing is sent once.
    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    nudged_at = models.DateTimeField(null=True)  # when a task was last asked to send it
    claimed_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)  # when, under the present claim, it was handed over
    sent_at = models.DateTimeField(null=True)
    # Whether an earlier sending may have arrived: the answer to it was lost.
    is_doubtful = models.BooleanField("may have arrived before", default=False, db_default=False)
    error = models.CharField("last error", max_length=ERROR_LENGTH, blank=True)
    message_id = models.CharField("Message-ID", max_length=320, unique=True, default=new_message_id)
    queued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed"]), name="%(class)s_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="%(class)s_sent_has_time",
            ),
        ]

    @classmethod
    def ask(cls, ids: list[int]) -> None:
        """Ask a task to send these."""
        raise NotImplementedError

    def claim(self, at: dt.datetime | None = None) -> bool:
        """Take this for sending; False where it is not due, or somebody else has taken it."""
        at = at or timezone.now()
        waiting = self._rows().filter(pk=self.pk, state=self.State.QUEUED, next_try_at__lte=at)
        taken = {"state": self.State.SENDING, "claimed_at": at, "handed_at": None}
        if not waiting.update(**taken, attempts=F("attempts") + 1):
            return False
        try:
            self.refresh_from_db()
        except ObjectDoesNotExist:
            return False  # whoever it was for has left just now, and the row with them
        return True

    def hand_over(self, at: dt.datetime | None = None) -> bool:
        """Note that it goes out now; False where it was taken from whoever had claimed it."""
        return bool(self._record(handed_at=at or timezone.now()))

    def record_sent(self, at: dt.datetime | None = None) -> None:
        self._record(state=self.State.SENT, sent_at=at or timezone.now(), error="")

    def record_failure(
        self,
        error: str,
        *,
        is_final: bool = False,
        at: dt.datetime | None = None,
        at_least: dt.timedelta = FIRST_WAIT,
        **columns: Any,
    ) -> None:
        """Write down why it was not sent, and when to try again; after the last attempt, that it failed."""
        if is_final or self.attempts >= MOST_ATTEMPTS:
            self._record(state=self.State.FAILED, error=error[:ERROR_LENGTH], **columns)
            return
        wait = max(at_least, FIRST_WAIT * WAIT_GROWS ** (self.attempts - 1))
        next_try_at = (at or timezone.now()) + wait
        self._record(state=self.State.QUEUED, next_try_at=next_try_at, error=error[:ERROR_LENGTH], **columns)

    def record_doubt(self, error: str, at: dt.datetime | None = None) -> None:
        """It was handed over and the answer was lost: it may have arrived. Send it once more, never a third time."""
        if self.is_doubtful:
            self.record_failure(f"{LOST_TWICE} ({error})", is_final=True, at=at)
        else:
            self.record_failure(error, at=at, at_least=DOUBT_WAIT, is_doubtful=True)

    def put_back(self, error: str, at: dt.datetime | None = None) -> None:
        """The other side takes nothing from anybody: that is no attempt of this one, unless it goes on for days."""
        at = at or timezone.now()
        if at - self.queued_at > OUTAGE_ENDS:
            self.record_failure(error, is_final=True, at=at)
            return
        waits = {"state": self.State.QUEUED, "next_try_at": at + KNOCKED_WAIT, "attempts": self.attempts - 1}
        self._record(**waits, error=error[:ERROR_LENGTH])

    def drop(self) -> None:
        """Delete this, which was claimed and is not wanted any longer; its key is free again."""
        self._mine().delete()

    def try_again(self) -> bool:
        """Queue a failed one anew, as if it had never been tried; False where it has not failed."""
        failed = self._rows().filter(pk=self.pk, state=self.State.FAILED)
        fresh = {"state": self.State.QUEUED, "attempts": 0, "is_doubtful": False, "error": ""}
        now = timezone.now()
        with transaction.atomic():
            if not failed.update(**fresh, next_try_at=now, queued_at=now):
                return False
            self._rows().nudge([self.pk])
        return True

    @classmethod
    def _rows(cls) -> LedgerQuerySet:
        return cls._default_manager.all()  # type: ignore[return-value]

    def _mine(self) -> LedgerQuerySet:
        # Only whoever holds the claim writes: one who was taken for lost may come back late.
        return self._rows().filter(pk=self.pk, state=self.State.SENDING, claimed_at=self.claimed_at)

    def _record(self, **columns: Any) -> int:
        recorded = self._mine().update(**columns)
        if recorded:
            for name, value in columns.items():
                setattr(self, name, value)
        return recorded
