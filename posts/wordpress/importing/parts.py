"""Where the import meets the modules that each know one part of an old blog."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.flatpages.models import FlatPage
from django.db.models import Model

from posts.models import Image, Post
from posts.wordpress import attachments, outlets, pages
from posts.wordpress.converting import Brought
from posts.wordpress.crediting import Credit
from posts.wordpress.models import Blog
from posts.wordpress.old_files import Files
from posts.wordpress.outlets import Settled
from posts.wordpress.preparing import Prepared
from posts.wordpress.reasons import Reason
from posts.wordpress.records import Item


def supply_of(options: Mapping[str, Any]) -> attachments.Supply:
    zips = [path for path in options.get("paths", ()) if str(path).lower().endswith(".zip")]
    return attachments.Supply(
        media_root=options.get("media_root") or None, zips=zips, fetch=bool(options.get("fetch", True))
    )


def bring_attachment(item: Item, blog: Blog, supply: attachments.Supply) -> tuple[Image | None, list[Reason]]:
    return attachments.bring_attachment(item, blog, supply)


def files_of(items: Sequence[Item], blog: Blog) -> list[Files]:
    return attachments.files_of(items, blog)


def with_featured(markdown: str, item: Item, files: Files) -> str:
    return attachments.with_featured(markdown, item, files)


def settle(credits: Sequence[Sequence[Credit]]) -> list[Settled]:
    return outlets.settle(credits)


def store_page(item: Item, prepared: Prepared, blog: Blog) -> tuple[FlatPage | Post | None, list[Reason]]:
    brought = Brought(
        markdown=prepared.markdown, reasons=[], body_html=prepared.body_html, lead_html=prepared.lead_html
    )
    return pages.store_page(item, brought, blog)


def store_remarks(
    pairs: Sequence[tuple[Post, Item]], blog: Blog, users: Mapping[int, int]
) -> tuple[dict[int, list[Reason]], dict[str, int]]:
    """Return the reasons by post, and how many comments ended how."""
    if not pairs or not apps.is_installed("posts.comments"):
        return {}, {}
    from posts.wordpress import old_comments  # noqa: PLC0415  comments can be taken out

    return old_comments.store_remarks(pairs, blog, users)


def left_as(row: Model) -> str:
    """Return what `Imported.left_as` says of a row as it stands now: another later means edited."""
    if isinstance(row, Post):
        return str(row.version)
    if isinstance(row, FlatPage):
        return _digest(row.url, row.title, row.content)
    if isinstance(row, Image):
        return _digest(row.alt, str(row.is_decorative), row.caption, row.credit, row.licence, row.notice)
    raise TypeError(f"Nothing is known of how {type(row).__name__} is edited.")


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()
