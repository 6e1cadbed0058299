"""Keeping the index like the posts: what changed is looked at again, at the latest when somebody searches."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import batched

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from posts.models import CategoryEntry, Post, TaggedPost
from posts.rendering import plain_text
from posts.search.engine import engine
from posts.search.models import EVERY, SearchDocument, Touched, label, position_of
from posts.search.words import indexed_words
from sources.locking import hold_the_index

SLICE = 200  # posts of one transaction; so many are indexed while somebody waits, the clock does the others
TURN = 20.0  # seconds of the clock that it takes at a time
PATIENCE = 1.0  # seconds that somebody who searches waits for whoever writes
MANY = 5000  # rows that one statement deletes
# Stands between names and in no query: a phrase does not go on from one name into the next.
BETWEEN = " _ "
MOST_WORDS = 10_000  # of one post: a vector of PostgreSQL holds a megabyte


def catch_up(*, seconds: float | None = None) -> None:
    """Index what changed since, all of it or for so long."""
    begun = time.monotonic()
    while catch_up_slice() and (seconds is None or time.monotonic() - begun < seconds):
        pass


def catch_up_for_reader() -> None:
    """Index the last changes before somebody searches; should the database be busy, they wait for the next time.

    However many changed: what went from sight is forgotten at once, so that it is not even counted.
    """
    if Touched.objects.exists():
        try:
            with engine().waiting(PATIENCE):
                forget_unlisted()
                catch_up_slice()
        except DatabaseError:
            return


def forget_unlisted() -> None:
    is_unlisted = Q(post__listed_at__isnull=True) | Q(post__listed_at__gt=timezone.now())
    SearchDocument.objects.filter(is_unlisted, post_id__in=Touched.objects.values("post_id")).delete()


@transaction.atomic
def catch_up_slice() -> int:
    """Index some of what changed; return how many posts that were."""
    rows = Touched.objects.select_for_update(skip_locked=True).order_by("pk")
    touched = list(rows.values_list("pk", "post_id")[: 4 * SLICE])
    ids = list(dict.fromkeys(post for _, post in touched))[:SLICE]
    if ids:
        index(ids)
        chosen = set(ids)
        Touched.objects.filter(pk__in=[pk for pk, post in touched if post in chosen]).delete()
    return len(ids)


def reindex_all() -> Iterator[int]:
    """Index every post again; yield how many were done. What had changed before then needs no second look."""
    touched = list(Touched.objects.values_list("pk", flat=True))
    ids = Post.objects.order_by("pk").values_list("pk", flat=True)
    for part in batched(ids.iterator(), SLICE):
        with transaction.atomic():
            index(part)
        yield len(part)
        time.sleep(engine().BREATH)
    for part in batched(touched, MANY):
        Touched.objects.filter(pk__in=part).delete()


def index(ids: Sequence[int]) -> None:
    """Write the documents of these posts anew; of one that is not to be found, none is left."""
    hold_the_index()
    SearchDocument.objects.filter(post__in=ids).delete()
    engine().write(documents_of(ids))


def documents_of(ids: Sequence[int]) -> list[SearchDocument]:
    posts = Post.objects.filter(pk__in=ids, listed_at__isnull=False)
    names: dict[int, list[str]] = defaultdict(list)
    labels: dict[int, list[str]] = defaultdict(list)
    tagged = TaggedPost.objects.filter(content_object__in=ids).order_by("tag__name_key")
    for pk, tag, name in tagged.values_list("content_object", "tag", "tag__name"):
        names[pk].append(name)
        labels[pk].append(label("tag", tag))
    filed = CategoryEntry.objects.filter(post__in=ids).order_by("category__path")
    for pk, category, name in filed.values_list("post", "category", "category__name"):
        names[pk].append(name)
        labels[pk].append(label("category", category))
    columns = ("pk", "title", "body_html", "excerpt", "listed_at", "source", "source__name")
    return [
        SearchDocument(
            position=position_of(listed_at, pk),
            post_id=pk,
            title=_words(title),
            names=BETWEEN.join(_words(name) for name in [source_name or "", *names[pk]]),
            body=_words(f"{excerpt}\n{plain_text(body)}"),
            labels=" ".join([EVERY, *([label("source", source)] if source else []), *labels[pk]]),
        )
        for pk, title, body, excerpt, listed_at, source, source_name in posts.values_list(*columns)
    ]


def _words(text: str) -> str:
    return " ".join(indexed_words(text)[:MOST_WORDS])
