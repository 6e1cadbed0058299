"""The posts of a list, as they are taken from the site: which, in what order, and whether anything has changed."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import batched
from urllib.parse import unquote

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Max

from posts.dating import site_date
from posts.downloading.naming import stem_of
from posts.finding import Found
from posts.listing import ListedPost, read_posts
from posts.models import Category, Post, Tag
from posts.rendering import RENDERING_VERSION
from sources.models import Source

SLICE = 200  # posts in memory at a time
MANY = 5000  # ids of one question
EPOCH = dt.datetime(1980, 1, 1, 12, tzinfo=dt.UTC)  # of zip files
VERSION = 3  # raise it where the files of the same posts become others


@dataclass
class Chosen:
    """What somebody takes: a list by its heading, its address on the site, and the ids of its posts, newest first."""

    heading: str
    url: str
    stem: str  # of the file's name
    ids: array[int]

    @classmethod
    def of(cls, found: Found) -> Chosen:
        ids = array("q", (pk for row in found.listing.ids.iterator() for pk in row.values()))
        return cls(found.heading, found.url, stem_of(settings.SITE_NAME, *unquote(found.url).split("/")), ids)

    def slices(self) -> Iterator[list[ListedPost]]:
        """Yield the posts slice by slice, each looked at again: what is public no longer is not among them."""
        for ids in batched(self.ids, SLICE):
            yield read_posts(Post.objects.published().filter(pk__in=ids), whole=True)

    def changed_on(self) -> dt.date:
        """Return the day of the newest change among them: what is said on that day is said on every later one."""
        newest = [EPOCH]
        for ids in batched(self.ids, MANY):
            posts = Post.objects.filter(pk__in=ids).published()
            newest += posts.aggregate(changed=Max("updated_at"), listed=Max("listed_at")).values()
        return site_date(max(filter(None, newest)))

    def etag(self, kind: str) -> str:
        return f'"{self.state}-{kind}"'

    @cached_property
    def state(self) -> str:
        """Return what changes whenever the file may: read in a few questions, however many posts there are.

        Besides posts it names outlets, tags and categories; what else the desk does leaves a line in its log.
        """
        state = (
            *(VERSION, RENDERING_VERSION, self.heading, self.url, settings.SITE_URL, settings.SITE_NAME),
            Post.objects.aggregate(last=Max("updated_at"))["last"],
            LogEntry.objects.aggregate(last=Max("pk"))["last"],
            _digest(Source.objects.order_by("pk").values_list("pk", "name").iterator()),
            _digest(Tag.objects.order_by("pk").values_list("pk", "name", "slug").iterator()),
            _digest(Category.objects.order_by("pk").values_list("pk", "name", "path").iterator()),
        )
        return sha256(repr(state).encode() + self.ids.tobytes()).hexdigest()[:32]


def _digest(rows: Iterable[tuple[object, ...]]) -> str:
    digest = sha256()
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


_OF_CATEGORY = ("pk", "name", "path", "parent_id")


def category_names() -> dict[str, str]:
    """Return the full name of each category by its path: "Human Trafficking / Fishing"."""
    rows = {pk: (name, path, above) for pk, name, path, above in Category.objects.values_list(*_OF_CATEGORY)}
    names = {}
    for name, path, above in rows.values():
        line = [name]
        while above in rows and len(line) <= len(rows):
            line.append(rows[above][0])
            above = rows[above][2]  # noqa: PLW2901  upwards
        names[path] = " / ".join(reversed(line))
    return names
