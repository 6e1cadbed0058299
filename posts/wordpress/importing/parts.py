"""Where the import meets the modules that each know one part of an old blog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.flatpages.models import FlatPage
from django.db.models import Model

from posts.models import Post
from posts.wordpress.importing import pages
from posts.wordpress.importing.supplying import Supply
from posts.wordpress.models import Blog
from posts.wordpress.reading import NotReadable
from posts.wordpress.records import Item


def supply_of(options: Mapping[str, Any]) -> Supply:
    """Return where the files of old uploads come from. A rehearsal asks nobody for them: it would take hours."""
    zips = [path for path in options.get("paths", ()) if str(path).lower().endswith(".zip")]
    is_asking = bool(options.get("fetch", True)) and not options.get("is_rehearsal")
    try:
        return Supply(options.get("media_root") or None, zips, fetch=is_asking)
    except ValueError as error:
        raise Unusable(str(error)) from error


class Unusable(NotReadable):
    """The folder or the zip of the uploads is none."""

    def __init__(self, sentence: str) -> None:
        ValueError.__init__(self, sentence)


def store_remarks(pairs: Sequence[tuple[Post, Item]], blog: Blog, users: Mapping[int, int]) -> Any:
    """Return what became of the comments, as `old_comments.Remarked`; None where this site takes no comments."""
    if not pairs or not apps.is_installed("posts.comments"):
        return None
    from posts.wordpress.importing import old_comments  # noqa: PLC0415  comments can be taken out

    return old_comments.store_remarks(pairs, blog, users)


def left_as(row: Model) -> str:
    """Return what `Imported.left_as` says of a row as it stands now: another later means edited."""
    if isinstance(row, Post):
        return str(row.version)
    if isinstance(row, FlatPage):
        return pages.left_as(row)
    raise TypeError(f"Nothing is known of how {type(row).__name__} is edited.")
