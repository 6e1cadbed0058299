"""What the desk keeps around a post while people write it. None of it is ever public."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from posts.addressing import shared_preview_url
from posts.models.bases import new_token

PREVIEW_LIVES = dt.timedelta(days=7)
SEEN_LATELY = dt.timedelta(minutes=10)


class Note(models.Model):
    """A word between editors on a post."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:60]}"


class Autosave(models.Model):
    """What stood in somebody's form when it was last heard of, and was not saved: fields as a browser sends them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Of the post that the form is for, or will be: a form for a new one has its guid from the start.
    guid = models.CharField(max_length=500)
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, null=True, related_name="autosaves")
    fields = models.JSONField(default=dict)  # {name: [values]}
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["user", "guid"], name="autosave_once")]

    def __str__(self) -> str:
        return self.title or "Untitled"

    @property
    def title(self) -> str:
        return str(next(iter(self.fields.get("title") or []), ""))[:300]


class VisitQuerySet(models.QuerySet["Visit"]):
    def note(self, user: Any, post_id: int, at: dt.datetime | None = None) -> None:
        visit = Visit(user=user, post_id=post_id, seen_at=at or timezone.now())
        # Two tabs may say so at once, and the post be deleted this very moment.
        with suppress(IntegrityError), transaction.atomic():
            Visit.objects.bulk_create(
                [visit], update_conflicts=True, update_fields=["seen_at"], unique_fields=["user", "post"]
            )

    def others(self, user: Any, post_id: int, at: dt.datetime | None = None) -> VisitQuerySet:
        """Those of other people who had the post open a moment ago."""
        since = (at or timezone.now()) - SEEN_LATELY
        return self.filter(post=post_id, seen_at__gt=since).exclude(user=user).select_related("user").order_by("pk")


class Visit(models.Model):
    """Who has a post open at the desk."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="visits")
    seen_at = models.DateTimeField()

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.post_id}"


def preview_end() -> dt.datetime:
    return timezone.now() + PREVIEW_LIVES


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def open(self, at: dt.datetime | None = None) -> PreviewLinkQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())


class PreviewLink(models.Model):
    """Shows a post before it is public to whoever has this address."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="previews")
    token = models.CharField(max_length=22, unique=True, default=new_token)
    label = models.CharField("for whom", max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=preview_end, db_index=True)
    revoked_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label or f"Preview of {self.post_id}"

    def get_absolute_url(self) -> str:
        return shared_preview_url(self.token)

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
