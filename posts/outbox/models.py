"""The mail ledger: one row is one message to one address."""

from __future__ import annotations

from typing import Any

from django.db import models

from posts.outbox.ledger import LedgerQuerySet, LedgerRow

KEPT_DAYS = 40  # more than a month: what a reader was told stays known until their monthly letter is out


class DeliveryQuerySet(LedgerQuerySet):
    def queue(self, key: str, kind: str, recipient: str, **data: Any) -> Delivery | None:
        """Write down that this message is to be sent; None where there has been one under this key.

        It is sent once the transaction around this is committed, by a task; nobody waits for it.
        """
        row = Delivery(key=key, kind=kind, recipient=recipient, data=data)
        return self.get(key=key) if self.write([row]) else None


class Delivery(LedgerRow):
    kind = models.CharField(max_length=50)
    recipient = models.EmailField()
    # What its composer needs to find what to say: ids, not words.
    data = models.JSONField(default=dict)
    # Whether the recipient's server refused the address itself, and for good.
    is_refused = models.BooleanField(default=False, db_default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta(LedgerRow.Meta):
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["state", "next_try_at", "id"], name="delivery_due"),
            models.Index(fields=["recipient"], name="delivery_recipient"),
            models.Index(fields=["queued_at"], name="delivery_queued"),
            models.Index(fields=["id"], name="delivery_refused", condition=models.Q(is_refused=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"

    @classmethod
    def ask(cls, ids: list[int]) -> None:
        from posts.outbox.tasks import deliver, deliver_batch  # noqa: PLC0415  the tasks know this model

        if len(ids) == 1:
            deliver.enqueue(ids[0])
        else:
            deliver_batch.enqueue(ids)
