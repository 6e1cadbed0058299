"""What the search knows of each post, and which posts it has to look at again."""

from __future__ import annotations

import datetime as dt

from django.db import models

# A position is the second of publication, counted from 1900, and the post's number: the newest is the largest, so that
# an index in this order answers “newest first”, “from 2013” and “not before it is public” alike.
NUMBER_BITS = 29
LAST_NUMBER = (1 << NUMBER_BITS) - 1
EPOCH = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)


def position_of(moment: dt.datetime, post_id: int = 0) -> int:
    seconds = int((moment - EPOCH).total_seconds())
    return (max(seconds, 0) << NUMBER_BITS) | post_id


def post_of(position: int) -> int:
    return position & LAST_NUMBER


class SearchDocument(models.Model):
    """A post that is public, or becomes so at its moment, as its words (see `words`)."""

    position = models.BigIntegerField(primary_key=True)
    post = models.OneToOneField("posts.Post", on_delete=models.CASCADE, related_name="+")
    title = models.TextField()
    names = models.TextField()  # of its outlet, tags and categories
    body = models.TextField()
    labels = models.TextField()  # by which results are narrowed: "_t12" for a tag, see `label`

    def __str__(self) -> str:
        return f"Words of post {self.post_id}"


class Touched(models.Model):
    """A post that changed since it was indexed. The database’s triggers write these: no way of changing is missed."""

    post_id = models.BigIntegerField()  # a plain number: the post may be gone

    def __str__(self) -> str:
        return str(self.post_id)


def label(field: str, pk: int) -> str:
    """Return the word that stands for a tag, a category or an outlet; no text has a word like it."""
    return f"_{field[0]}{pk}"


EVERY = "_all"  # stands in each document: what is only narrowed or excluded starts from all
