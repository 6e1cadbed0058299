"""What the administrators laid down, and what came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone

from posts.answering import canonical_domain
from posts.models.bases import LogEntry, LogQuerySet, OneRow


class Policy(OneRow):
    """The one row of rules for all subscriptions."""

    waits_for_approval = models.BooleanField(
        "subscriptions wait for an administrator",
        default=False,
        help_text="After readers have confirmed their address, somebody here approves it; until then nothing is sent.",
    )

    class Meta:
        verbose_name = "rules for subscriptions"
        verbose_name_plural = "rules for subscriptions"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="subscription_policy_is_one")]


class BlockQuerySet(models.QuerySet["Block"]):
    def meets(self, email: str) -> bool:
        """Say whether an address is blocked: itself, its domain, or one above that."""
        labels = email.lower().rpartition("@")[2].split(".")
        domains = [".".join(labels[index:]) for index in range(len(labels))]
        return self.filter(pattern__in=[email.lower(), *domains]).exists()


class Block(models.Model):
    """An address, or a domain with all below it, to which no letter goes and for which nobody can ask."""

    pattern = models.CharField(
        "address or domain", max_length=254, unique=True, help_text="ann@example.org, or example.org for all of it."
    )
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["pattern"]
        verbose_name = "blocked address"
        verbose_name_plural = "blocked addresses"

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        local, _, domain = self.pattern.strip().lower().rpartition("@")
        try:
            domain = canonical_domain(domain)
            # A domain is one if it could stand behind an @; "@example.org" means the domain, too.
            validate_email(f"{local or 'a'}@{domain}")
        except (ValidationError, ValueError) as error:
            raise ValidationError({"pattern": "Write an address, or a domain such as example.org."}) from error
        self.pattern = f"{local}@{domain}" if local else domain


class Bounce(models.Model):
    """A letter came back, or was called spam by who got it."""

    class Kind(models.TextChoices):
        HARD = "hard", "Came back for good"
        SOFT = "soft", "Came back for now"
        COMPLAINT = "complaint", "Called spam"

    # The same report read twice is one.
    key = models.CharField(max_length=200, unique=True)
    email = models.EmailField(db_index=True)
    kind = models.CharField(max_length=9, choices=Kind)
    code = models.CharField(max_length=20, blank=True)  # as 5.1.1 (RFC 3463)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}".strip()


class Day(models.Model):
    """How many came and left on a day of the site's calendar. Numbers only: who left is not kept."""

    day = models.DateField(primary_key=True)
    joined = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)

    @classmethod
    def count(cls, day: Any, column: str, number: int = 1) -> None:
        cls.objects.get_or_create(day=day)
        cls.objects.filter(day=day).update(**{column: models.F(column) + number})


class EntryQuerySet(LogQuerySet):
    pass


class Entry(LogEntry):
    """Who looked at readers' addresses, and who did what to them. Rows are added, never changed.

    No address stands here: what is told here outlives what it tells of.
    """

    class Act(models.TextChoices):
        LIST = "list", "Looked at the list"
        LOOK = "look", "Looked at a subscriber"
        EXPORT = "export", "Exported"
        IMPORT = "import", "Imported a list"
        APPROVE = "approve", "Approved"
        SUSPEND = "suspend", "Suspended"
        RESUME = "resume", "Resumed"
        ASK = "ask", "Sent the first letter again"
        BLOCK = "block", "Blocked"
        ERASE = "erase", "Erased"
        TELL = "tell", "Told again"

    act = models.CharField(max_length=7, choices=Act)
    subscriber_id = models.BigIntegerField("subscriber", null=True, db_index=True)
    words = models.CharField(max_length=300, blank=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "log entry"
        verbose_name_plural = "log of looks and acts"

    def __str__(self) -> str:
        return f"{self.get_act_display()} by {self.actor}"
