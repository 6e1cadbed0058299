"""What models of several nested apps have in common."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, NoReturn, Self

from django.db import models
from django.utils import timezone


def new_token() -> str:
    """22 characters, 128 bits: short enough for a List-Unsubscribe header that is not folded."""
    return secrets.token_urlsafe(16)


class OneRow(models.Model):
    """A table of one row: the rules of an app, as its administrators laid them down."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self._meta.verbose_name).capitalize()

    @classmethod
    def current(cls) -> Self:
        """Return the row as it stands; the defaults until somebody saves others."""
        return cls._default_manager.filter(pk=1).first() or cls(pk=1)

    def save(self, **kwargs: Any) -> None:
        self.pk = 1
        super().save(**kwargs)


class LogQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The log is never shortened.")


class LogEntry(models.Model):
    """A line of a log. Lines are added, never changed."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The log is never changed.")
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is never shortened.")


class WorkQuerySet(models.QuerySet[Any]):
    def claim(self, pk: int, at: dt.datetime | None = None) -> Any:
        """Take it for working; None where it does not wait, or somebody else has taken it."""
        at = at or timezone.now()
        if not self.filter(pk=pk, state="queued").update(state="running", claimed_at=at):
            return None
        return self.select_related("by").filter(pk=pk, state="running", claimed_at=at).first()


class WorkRow(models.Model):
    """Long work that a task does in turns: the row is the order, the queue and the result.

    It has `state` ("queued", "running" and others), `by`, and `claimed_at`: by whoever works at it, anew with each
    slice. Its manager has the words of WorkQuerySet, and `nudge`, which has a task work at it.
    """

    class Meta:
        abstract = True

    claimed_at: dt.datetime | None

    def beat(self) -> bool:
        """Say that this worker still works at it; False where it was stopped, or taken by somebody else.

        The row stays locked until the transaction ends: so do those who would stop it or take it wait.
        """
        now = timezone.now()
        if not self._mine().update(claimed_at=now):
            return False
        self.claimed_at = now
        return True

    def put_back(self) -> None:
        """Let others have their turn; a task goes on with it."""
        if self._mine().update(state="queued"):
            self._rows().nudge(self.pk)

    def _mine(self) -> models.QuerySet[Any]:
        return self._rows().filter(pk=self.pk, state="running", claimed_at=self.claimed_at)

    def _rows(self) -> Any:
        return type(self)._default_manager
