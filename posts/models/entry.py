"""The log of what was done to posts, by whom and why. Rows are added, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from posts.life import Act, Reason, State
from posts.models.bases import LogEntry, LogQuerySet

if TYPE_CHECKING:
    from posts.models.post import Post


class PostEntryQuerySet(LogQuerySet):
    def note(self, post: Post, act: Act, *, by: Any, note: str = "", before: str = "") -> None:
        self.create(
            post_id=post.pk,
            act=act,
            before=before,
            after=post.state,
            reason=post.reason,
            note=note,
            actor_id=by.pk if by else None,
            actor=by.get_username() if by else "the site",
        )


class PostEntry(LogEntry):
    # Plain numbers and words, no foreign keys: what is told here outlives what it tells of. No title stands here, for
    # of a post that is taken down nothing remains.
    post_id = models.BigIntegerField("post", db_index=True)
    act = models.CharField(max_length=8, choices=Act)
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)

    objects = PostEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "log entry"
        verbose_name_plural = "log of posts"

    def __str__(self) -> str:
        return f"{self.get_act_display()} by {self.actor}"

    @property
    def change(self) -> str:
        """From which state to which, in words."""
        labels = dict(State.choices)
        before, after = labels.get(self.before, "new"), labels.get(self.after, self.after)
        return after if before == after else f"{before} → {after}"
