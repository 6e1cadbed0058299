"""What models of several nested apps have in common."""

from __future__ import annotations

import secrets
from typing import Any, NoReturn, Self

from django.db import models


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
