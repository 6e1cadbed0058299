"""The log of what was decided, by whom and why. Rows are added, never changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from posts.comments.models.comment import Comment
from posts.models.bases import LogEntry, LogQuerySet


class EntryQuerySet(LogQuerySet):
    pass


class Entry(LogEntry):
    class Act(models.TextChoices):
        APPROVE = "approve", "Approved"
        SPAM = "spam", "Marked as spam"
        REMOVE = "remove", "Removed"
        HOLD = "hold", "Held again"
        BAN = "ban", "Banned"
        EDIT = "edit", "Edited"
        ANSWER = "answer", "Answered"
        UNDO = "undo", "Undone"

    # Plain numbers and words, no foreign keys: what is told here outlives what it tells of.
    comment_id = models.BigIntegerField(db_index=True)
    act = models.CharField(max_length=7, choices=Act)
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)
    reason_before = models.CharField(max_length=11, blank=True)
    reason = models.CharField(max_length=11, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor = models.CharField(max_length=150)
    # What was decided at one stroke, and is undone at one.
    batch = models.UUIDField(db_index=True)
    undoes = models.UUIDField(null=True, db_index=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "log entry"
        verbose_name_plural = "log of decisions"

    def __str__(self) -> str:
        return f"{self.words} by {self.actor}"

    @property
    def words(self) -> str:
        """What was done, in words: to approve what stands already is to let it stand, whatever was reported."""
        is_kept = self.act == self.Act.APPROVE and self.before == self.after
        return "Let stand" if is_kept else self.get_act_display()

    @property
    def change(self) -> str:
        """From which state to which, in words, with the reason."""
        states = dict(Comment.State.choices)
        reasons = dict(Comment.RemovalReason.choices)
        before, after = states.get(self.before, "new"), states.get(self.after, "")
        because = f" ({reasons.get(self.reason, self.reason)})" if self.reason else ""
        return f"{after}{because}" if before == after else f"{before} → {after}{because}"
