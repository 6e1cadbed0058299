"""The fact that a post was announced."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from posts.models import Post


class Announcement(models.Model):
    """A post is announced once in its life; again only by an act of its own, which has the next number."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="announcements", db_index=False)
    number = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    asked_by = models.CharField(max_length=150, blank=True)  # who said "tell again"
    # Letters are written down subscriber by subscriber; up to this one it is done.
    reached = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField("letters", default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="announced_once")]
        indexes = [models.Index(fields=["id"], name="announcement_unfinished", condition=models.Q(finished_at=None))]

    def __str__(self) -> str:
        return f"Announcement {self.number} of post {self.post_id}"
