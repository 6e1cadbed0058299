"""An address, and what it follows."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from posts.models import Category, Tag
from posts.models.bases import new_token
from sources.models import Source

HOURS = range(24)
DEFAULT_HOUR = 8


class Frequency(models.TextChoices):
    POST = "post", _("each post")
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly, on Mondays")
    MONTHLY = "monthly", _("monthly, on the first")


# From the most to the least frequent: what a reader was told by one letter stands in no later one.
DIGESTS = [Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY]


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def reached_by(self, subscriptions: models.QuerySet[Subscription]) -> Self:
        """Those to whom letters go, and who have one of these subscriptions."""
        has_one = Exists(subscriptions.filter(subscriber=OuterRef("pk")))
        return self.filter(has_one, state=Subscriber.State.ACTIVE)


class Subscriber(models.Model):
    """An address whose owner has confirmed that they want letters. Who leaves is deleted."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Letters came back")
        COMPLAINED = "complained", _("Called our letters spam")
        BLOCKED = "blocked", _("The address is blocked")
        DESK = "desk", _("Suspended at the desk")

    # In lower case: no mailbox tells Ann@ from ann@.
    email = models.EmailField("e-mail", unique=True)
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.ACTIVE)
    reason = models.CharField("why suspended", max_length=10, choices=Reason, blank=True)
    state_since = models.DateTimeField(default=timezone.now)
    hour = models.PositiveSmallIntegerField("hour of digests", default=DEFAULT_HOUR)
    is_discreet = models.BooleanField("discreet", default=False)
    made_at = models.DateTimeField("since", default=timezone.now)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="active", reason="") | (Q(state="suspended") & ~Q(reason="")),
                name="subscriber_suspended_has_reason",
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="subscriber_hour_is_one"),
        ]
        permissions = [("moderate_subscriber", "Can approve, suspend, block and erase subscribers")]

    def __str__(self) -> str:
        return f"Subscriber {self.pk}"

    @property
    def state_label(self) -> str:
        return f"Suspended: {self.get_reason_display()}" if self.reason else "Active"

    def suspend(self, reason: str, at: dt.datetime | None = None) -> bool:
        """Send no more letters; False where it is so already."""
        active = Subscriber.objects.filter(pk=self.pk, state=self.State.ACTIVE)
        return self._become(active, self.State.SUSPENDED, reason, at)

    def resume(self, at: dt.datetime | None = None) -> bool:
        """Send letters again, of what appears from now on; False where it is so already."""
        at = at or timezone.now()
        suspended = Subscriber.objects.filter(pk=self.pk, state=self.State.SUSPENDED)
        if not self._become(suspended, self.State.ACTIVE, "", at):
            return False
        self.subscriptions.update(starts_at=at, told_until=at)
        return True

    def _become(self, rows: models.QuerySet[Subscriber], state: str, reason: str, at: dt.datetime | None) -> bool:
        changed = rows.update(state=state, reason=reason, state_since=at or timezone.now())
        self.refresh_from_db()
        return bool(changed)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> Self:
        return self.filter(state=Subscription.State.ACTIVE)

    def with_scopes(self) -> Self:
        """With what is followed, for its name and address."""
        return self.select_related("tag", "category", "source")


class Subscription(models.Model):
    """What a subscriber follows: a tag, a category, an outlet, or without any of these the whole site."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for approval"
        ACTIVE = "active", "Active"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    # Deleted with what is followed (see following): an editor who deletes a tag needs no leave for its followers.
    tag = models.ForeignKey(Tag, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.DO_NOTHING, null=True, blank=True, related_name="+")
    frequency = models.CharField(max_length=7, choices=Frequency)
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    # Told of what is published after this.
    starts_at = models.DateTimeField(default=timezone.now)
    # Digests: what was announced up to this moment has had its letter.
    told_until = models.DateTimeField(default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    SCOPES = ("tag", "category", "source")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subscriber", "frequency", "state"], name="subscription_of_subscriber"),
            models.Index(fields=["frequency", "told_until"], name="subscription_digests"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(category=None, source=None) | Q(tag=None, source=None) | Q(tag=None, category=None),
                name="subscription_has_one_scope",
            ),
            *(
                models.UniqueConstraint(
                    fields=["subscriber", scope], condition=Q(**{f"{scope}__isnull": False}), name=f"{scope}_once"
                )
                for scope in ("tag", "category", "source")
            ),
            models.UniqueConstraint(
                fields=["subscriber"], condition=Q(tag=None, category=None, source=None), name="site_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_name}, {self.get_frequency_display()}"

    @property
    def scope(self) -> Any:
        """The tag, category or outlet that is followed; None stands for the whole site."""
        return self.tag or self.category or self.source

    @property
    def scope_name(self) -> str:
        return str(self.scope) if self.scope else "Everything"

    @property
    def scope_key(self) -> tuple[str, int]:
        """Which posts it is about: those that have this key among theirs (see announcing)."""
        for name in self.SCOPES:
            if pk := getattr(self, f"{name}_id"):
                return name, pk
        return "all", 0
