"""The mail ledger: one row is one message to one address. The rows are the queue and the truth."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

# Waiting times after each attempt that failed: 2 minutes, then three times as long each time, a day and a half in all.
FIRST_WAIT = dt.timedelta(minutes=2)
WAIT_GROWS = 3
MOST_ATTEMPTS = 8
STUCK_AFTER = dt.timedelta(hours=1)
NUDGE_AGAIN_AFTER = dt.timedelta(minutes=10)
KEPT_DAYS = 30
ERROR_LENGTH = 300


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def queue(self, key: str, kind: str, recipient: str, **data: Any) -> Delivery | None:
        """Write down that this message is to be sent; None where there has been one under this key.

        It is sent once the transaction around this is committed, by a task; nobody waits for it.
        """
        with transaction.atomic():
            row = Delivery(key=key, kind=kind, recipient=recipient, data=data)
            # The database decides which of two comes first: the other one leaves no row, and no error either.
            Delivery.objects.bulk_create([row], ignore_conflicts=True)
            queued = self.filter(key=key, message_id=row.message_id).first()
            if queued:
                queued.nudge()
        return queued

    def due(self, at: dt.datetime | None = None) -> DeliveryQuerySet:
        """Those to be sent now that nobody was asked to send, or whom nobody has sent although asked."""
        at = at or timezone.now()
        forgotten = Q(nudged_at=None) | Q(nudged_at__lte=at - NUDGE_AGAIN_AFTER) | Q(nudged_at__lt=F("next_try_at"))
        return self.filter(forgotten, state=Delivery.State.QUEUED, next_try_at__lte=at).order_by("next_try_at", "id")

    def return_stuck(self, at: dt.datetime | None = None) -> int:
        """Queue again what a worker took and never brought to an end; return how many.

        Such a message may have been sent: the second one has the same Message-ID, by which mailboxes fold the two.
        """
        at = at or timezone.now()
        stuck = self.filter(state=Delivery.State.SENDING, claimed_at__lte=at - STUCK_AFTER)
        return stuck.update(state=Delivery.State.QUEUED, next_try_at=at, nudged_at=None)


def new_message_id() -> str:
    """RFC 5322, 3.6.4; stable, so that a message sent twice is seen once."""
    return f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>"


class Delivery(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    # Says what this message is; the same thing is told once.
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=50)
    recipient = models.EmailField()
    # What its composer needs to find what to say: ids, not words.
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    nudged_at = models.DateTimeField(null=True)  # when a task was last asked to send it
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField("last error", max_length=ERROR_LENGTH, blank=True)
    message_id = models.CharField("Message-ID", max_length=320, unique=True, default=new_message_id)
    queued_at = models.DateTimeField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["state", "next_try_at", "id"], name="delivery_due"),
            models.Index(fields=["recipient"], name="delivery_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed"]), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="delivery_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"

    def nudge(self) -> None:
        """Ask a task to send this, once the present transaction is committed."""
        from posts.outbox.tasks import deliver  # noqa: PLC0415  the task knows this model

        Delivery.objects.filter(pk=self.pk).update(nudged_at=timezone.now())
        transaction.on_commit(lambda: deliver.enqueue(self.pk), robust=True)

    def claim(self, at: dt.datetime | None = None) -> bool:
        """Take this message for sending; False where it is not due, or somebody else has taken it."""
        at = at or timezone.now()
        waiting = Delivery.objects.filter(pk=self.pk, state=self.State.QUEUED, next_try_at__lte=at)
        if not waiting.update(state=self.State.SENDING, claimed_at=at, attempts=F("attempts") + 1):
            return False
        self.refresh_from_db()
        return True

    def record_sent(self, at: dt.datetime | None = None) -> None:
        self._record(state=self.State.SENT, sent_at=at or timezone.now(), error="")

    def record_failure(self, error: str, *, is_final: bool = False, at: dt.datetime | None = None) -> None:
        """Write down why it was not sent, and when to try again; after the last attempt, that it failed."""
        if is_final or self.attempts >= MOST_ATTEMPTS:
            self._record(state=self.State.FAILED, error=error[:ERROR_LENGTH])
            return
        wait = FIRST_WAIT * WAIT_GROWS ** (self.attempts - 1)
        next_try_at = (at or timezone.now()) + wait
        self._record(state=self.State.QUEUED, next_try_at=next_try_at, error=error[:ERROR_LENGTH])

    def drop(self) -> None:
        """Delete this message, which was claimed and is not wanted any longer; its key is free again."""
        Delivery.objects.filter(pk=self.pk, state=self.State.SENDING, claimed_at=self.claimed_at).delete()

    def try_again(self) -> None:
        """Queue a failed message anew, as if it had never been tried."""
        failed = Delivery.objects.filter(pk=self.pk, state=self.State.FAILED)
        if failed.update(state=self.State.QUEUED, attempts=0, next_try_at=timezone.now(), error=""):
            self.nudge()

    def _record(self, **columns: Any) -> None:
        # Only whoever holds the claim writes: one who was taken for lost may come back late.
        mine = Delivery.objects.filter(pk=self.pk, state=self.State.SENDING, claimed_at=self.claimed_at)
        mine.update(**columns)
        self.refresh_from_db()
