"""How often somebody wrote lately, without knowing who: rows that are dead within two days."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import models


def new_secret() -> str:
    return secrets.token_hex(32)


class PrefixKey(models.Model):
    """The key of one day with which network prefixes are hashed. Once it is deleted, the hashes say nothing."""

    day = models.DateField(primary_key=True)  # UTC
    secret = models.CharField(max_length=64, default=new_secret)

    def __str__(self) -> str:
        return str(self.day)

    @property
    def begins_at(self) -> dt.datetime:
        return dt.datetime.combine(self.day, dt.time(), tzinfo=dt.UTC)


class Attempt(models.Model):
    """Somebody sent a form of some kind."""

    kind = models.CharField(max_length=30)
    writer = models.CharField(max_length=64)  # a keyed hash, see posts.limiting
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["writer", "kind", "made_at"], name="attempt_of_writer")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.made_at:%H:%M}"
