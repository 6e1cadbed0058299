"""What the moderators laid down: when comments are open, which words and whom to look out for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from posts.limiting import KEY_LIVES
from posts.models import Post
from posts.models.bases import OneRow
from sources.models import host_of
from sources.naming import fold

BAN_DAYS = 90


def end_of_ban() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=BAN_DAYS)


class Policy(OneRow):
    """The one row of rules for all comments."""

    is_open = models.BooleanField("comments are open", default=True, help_text="Off: no post takes comments.")
    close_after_days = models.PositiveSmallIntegerField(
        "days until a post’s comments close",
        default=60,
        help_text="Counted from its publication; 0 means never. Each post can be kept open or closed by itself.",
    )
    trusts_known_writers = models.BooleanField(
        "let known writers through",
        default=False,
        help_text="A writer whose address was approved twice before appears at once, unless something speaks against "
        "the comment. Off: everything waits for a moderator.",
    )
    reminds_moderators = models.BooleanField(
        "mail moderators while comments wait",
        default=True,
        help_text="Once a day at most, to everybody who may decide on comments and has an e-mail address.",
    )
    most_links = models.PositiveSmallIntegerField(
        "links allowed without remark", default=2, help_text="More are noted beside the comment; many are spam."
    )

    class Meta:
        verbose_name = "rules for comments"
        verbose_name_plural = "rules for comments"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="policy_is_one")]

    def takes_comments(self, discussion: Discussion | None, published_at: dt.datetime, at: dt.datetime) -> bool:
        """Say whether a post of that time takes comments at this moment."""
        if not self.is_open or (discussion and discussion.opening == Discussion.Opening.CLOSED):
            return False
        if discussion and discussion.opening == Discussion.Opening.OPEN:
            return True
        return not self.close_after_days or at < published_at + dt.timedelta(days=self.close_after_days)


class Discussion(models.Model):
    """What is laid down for the comments of one post, where it differs from the rules."""

    class Opening(models.TextChoices):
        BY_RULES = "rules", "As the rules say"
        OPEN = "open", "Kept open"
        CLOSED = "closed", "Closed"

    post = models.OneToOneField(Post, on_delete=models.CASCADE, primary_key=True, related_name="discussion")
    opening = models.CharField("comments", max_length=6, choices=Opening, default=Opening.BY_RULES)

    class Meta:
        verbose_name = "comments of one post"
        verbose_name_plural = "comments of one post"

    def __str__(self) -> str:
        return self.get_opening_display()


class Word(models.Model):
    """A word or phrase to look out for."""

    class Kind(models.TextChoices):
        WATCHED = "watched", "Watched: always held"
        DISALLOWED = "disallowed", "Disallowed: taken for spam"

    pattern = models.CharField(
        "word or phrase",
        max_length=100,
        help_text="Whole words in name, address, text or links, capitals or not. A * at the end: any ending.",
    )
    pattern_key = models.CharField(max_length=200, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WATCHED)
    hits = models.PositiveIntegerField(default=0, editable=False)
    last_hit_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pattern_key"]

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        self.pattern_key = fold(self.pattern)
        if not self.pattern_key.strip("*"):
            raise ValidationError({"pattern": "Write a word; a * alone would meet everything."})
        if Word.objects.filter(pattern_key=self.pattern_key).exclude(pk=self.pk).exists():
            raise ValidationError({"pattern": f"“{self.pattern}” is on the list already."})

    def save(self, **kwargs: Any) -> None:
        self.pattern_key = fold(self.pattern)
        super().save(**kwargs)


class Ban(models.Model):
    """Comments by a name, with links to a host, or from a network are taken for spam for a time."""

    class Kind(models.TextChoices):
        NAME = "name", "Name"
        HOST = "host", "Links to a host"
        NETWORK = "network", "Network"

    kind = models.CharField(max_length=7, choices=Kind)
    pattern = models.CharField(max_length=255, help_text="The name; or the host, such as spam.example.")
    until = models.DateTimeField(default=end_of_ban, help_text="After that, nothing is held against them.")
    note = models.CharField(max_length=300, blank=True)
    hits = models.PositiveIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    batch = models.UUIDField(null=True, editable=False)  # the decision with which it was made, and is undone
    until_before = models.DateTimeField(null=True, editable=False)  # where that decision made it longer

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="ban_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.display_pattern}"

    @property
    def display_pattern(self) -> str:
        """A network has no name: only a hash of it is known."""
        return f"one seen on {self.made_at:%Y-%m-%d}" if self.kind == self.Kind.NETWORK else self.pattern

    @property
    def is_over(self) -> bool:
        return self.until <= timezone.now()

    def clean(self) -> None:
        self.pattern = tidy_pattern(self.kind, self.pattern)
        if not self.pattern:
            raise ValidationError({"pattern": "Write what is banned."})
        if self.kind == self.Kind.HOST and "." not in self.pattern:
            raise ValidationError({"pattern": "That would meet every host that ends so: write a whole one."})
        if self.kind == self.Kind.NETWORK and self.until > self.made_at + KEY_LIVES:
            raise ValidationError({"until": "A network can be known for two days at most."})
        if Ban.objects.filter(kind=self.kind, pattern=self.pattern).exclude(pk=self.pk).exists():
            raise ValidationError({"pattern": "There is such a ban already: give it a later end."})


def tidy_pattern(kind: str, pattern: str) -> str:
    """Return the form in which what is banned is compared."""
    if kind == Ban.Kind.NAME:
        return fold(pattern)
    if kind == Ban.Kind.HOST:
        pattern = pattern.strip().lower()
        return host_of(pattern if "//" in pattern else f"//{pattern}")
    return pattern.strip()


def count_hits(words: list[int], bans: list[int], at: dt.datetime) -> None:
    """Count that these words and bans have met a comment."""
    if words:
        Word.objects.filter(pk__in=words).update(hits=F("hits") + 1, last_hit_at=at)
    if bans:
        Ban.objects.filter(pk__in=bans).update(hits=F("hits") + 1)
