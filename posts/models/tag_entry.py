"""The log of what was done to tags, with what it takes to undo a merge; and pairs that are said to be different."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from posts.models.bases import LogEntry, LogQuerySet
from sources.naming import fold


def pack(ids: Iterable[int]) -> bytes:
    """Return these numbers as few bytes: their steps in order, compressed."""
    ordered = sorted(set(ids))
    steps = [after - before for before, after in pairwise([0, *ordered])]
    return zlib.compress(",".join(map(str, steps)).encode()) if ordered else b""


def unpack(packed: bytes) -> list[int]:
    text = zlib.decompress(packed).decode() if packed else ""
    return list(accumulate(map(int, text.split(",")))) if text else []


class TagAct(models.TextChoices):
    MERGE = "merge", "Merged"
    UNDO = "undo", "Merge undone"
    RENAME = "rename", "Renamed"
    SYNONYM = "synonym", "Name added"
    FORGET = "forget", "Name taken away"
    DELETE = "delete", "Deleted"


class TagEntryQuerySet(LogQuerySet):
    def note(self, act: TagAct, *, tag: Any = None, words: str, by: Any = None, **memory: Any) -> TagEntry:
        return self.create(
            act=act,
            tag_id=tag.pk if tag else None,
            tag_name=tag.name if tag else "",
            words=words,
            key=fold(f"{tag.name if tag else ''} {words}"),
            actor_id=by.pk if by else None,
            actor=by.get_username() if by else "the site",
            **memory,
        )

    def merges(self) -> TagEntryQuerySet:
        """Merges, each with the word whether it was undone; what they remember is left where it is."""
        undone = TagEntry.objects.filter(undoes=OuterRef("pk"))
        return self.filter(act=TagAct.MERGE).annotate(is_undone=Exists(undone))

    def without_memory(self) -> TagEntryQuerySet:
        return self.defer("moved", "both")


class TagEntry(LogEntry):
    # Plain numbers and words, no foreign keys: what is told here outlives the tags that it tells of.
    act = models.CharField(max_length=8, choices=TagAct)
    tag_id = models.BigIntegerField("tag", null=True, db_index=True)  # of a merge, the one that stayed
    tag_name = models.CharField(max_length=100, blank=True)
    words = models.TextField(blank=True)
    key = models.TextField(blank=True)  # the names in it, folded: what a search looks through
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    # What a merge remembers: the tag that ended, its other names, and the posts (see `pack`) that carried only it, and
    # those that carried both. All others that carry the one that stayed have it of their own.
    other_id = models.BigIntegerField(null=True, db_index=True)
    other_name = models.CharField(max_length=100, blank=True)
    other_slug = models.CharField(max_length=100, blank=True)
    aliases = models.JSONField(default=list)  # [[name, slug or None, whether the name leads there, is_synonym], …]
    moved = models.BinaryField(default=b"")
    both = models.BinaryField(default=b"")
    # Of an undoing: the merge. The database holds that none is undone twice.
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undoing")

    objects = TagEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()  # who may see tags may see what became of them
        verbose_name = "log entry"
        verbose_name_plural = "log of tags"

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.words}"

    @property
    def moved_posts(self) -> list[int]:
        return unpack(bytes(self.moved))

    @property
    def posts_of_both(self) -> list[int]:
        return unpack(bytes(self.both))


class UnlikeQuerySet(models.QuerySet["Unlike"]):
    def note(self, one: str, other: str) -> None:
        """Remember that these two names, alike as they look, are two things."""
        first, second = sorted([fold(one), fold(other)])
        self.get_or_create(first=first, second=second)

    def pairs(self) -> set[tuple[str, str]]:
        return set(self.values_list("first", "second"))


class Unlike(models.Model):
    """Two names that look alike and are not the same. Names and not tags: a tag that comes back is no news."""

    first = models.CharField(max_length=200)
    second = models.CharField(max_length=200)

    objects = UnlikeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="unlike_once")]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"
