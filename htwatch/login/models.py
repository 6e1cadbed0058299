"""Who is logged in where, whose tries failed, and the log of both. No network address stands in any of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class Session(AbstractBaseSession):
    """A session, with whose it is and where: what Django keeps is sealed in `session_data`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    browser = models.CharField(max_length=60, blank=True)  # in words: “Firefox on Linux”
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta(AbstractBaseSession.Meta):
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        # Never the key: who reads it has the session.
        return self.browser or "Session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from htwatch.login.sessions import SessionStore  # noqa: PLC0415  it needs this model

        return SessionStore

    @property
    def handle(self) -> str:
        """A name for pages, from which the key cannot be told."""
        return salted_hmac("htwatch.login.session", self.session_key, algorithm="sha256").hexdigest()[:20]


class FailedSeries(models.Model):
    """Failed tries in a row with one name, known or not (see `waiting`)."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField()
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.failures} failed tries"


class UsedCode(models.Model):
    """A code of an authenticator app that was taken: nobody who saw it typed can use it again."""

    key = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return "used code"


class LoginEntryQuerySet(models.QuerySet["LoginEntry"]):
    def note(self, what: LoginEntry.What, user: Any, *, by: Any = None, detail: str = "") -> None:
        """Add a line about somebody; `by` whom, where it was somebody else."""
        self.create(
            what=what,
            user_id=user.pk if user else None,
            user=user.get_username() if user else "",
            actor=by.get_username() if by and by != user else "",
            detail=detail[:200],
        )

    def forget_before(self, at: dt.datetime) -> None:
        super().filter(made_at__lte=at)._raw_delete(self.db)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The log is never shortened.")


class LoginEntry(models.Model):
    class What(models.TextChoices):
        LOGIN = "login", "Logged in"
        FAILED = "failed", "Many tries failed"
        ADDED = "added", "Second factor added"
        REMOVED = "removed", "Second factor removed"
        RENEWED = "renewed", "Recovery codes renewed"
        ENDED = "ended", "Sessions ended"
        PASSWORD = "password", "Password changed"

    # Plain numbers and words, no foreign keys: what is told here outlives what it tells of.
    what = models.CharField(max_length=8, choices=What)
    user_id = models.BigIntegerField(null=True, db_index=True)
    user = models.CharField("whose", max_length=150, blank=True)
    actor = models.CharField("by", max_length=150, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField("when", default=timezone.now, db_index=True)

    objects = LoginEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "log entry"
        verbose_name_plural = "log of logins"

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.user or 'a name that is not known here'}"

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The log is never changed.")
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is never shortened.")
