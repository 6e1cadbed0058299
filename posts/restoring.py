"""Bringing back what a post said in one of its revisions. What comes of it is a new revision; none is lost.

Title, slug, text, excerpt, notice, the original and what it is filed under come back. What was decided about the post
since stays: its state, a hold, the mark as sensitive, whose it is, whether letters go out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from posts.citing import report_also
from posts.dating import byline_moment
from posts.forms import content_faults
from posts.life import SEEN_BY_NOBODY_ELSE, UNPUBLISHED, Act, State
from posts.models import Category, Post, Tag, TagAlias
from sources.links.models import Link, find_or_propose_source
from sources.models import Source
from sources.naming import fold, tidy_name

TEXTS = ("title", "body", "excerpt", "notice")


def name_of(revision: Any) -> str:
    return f"Version {revision.version}, {byline_moment(revision.history_date)}"


@dataclass
class Restoring:
    """A post as it will be. Nothing of it is written yet, new outlets and pages neither."""

    post: Post
    source: Source | None
    link: Link | None
    also: list[str]
    tags: list[str]
    categories: list[Category]
    left_out: list[str]  # names of categories that are gone

    def filed(self) -> dict[str, Any]:
        """Return what it will be filed under and cite, as Post.filed does."""
        return {
            "tags": self.tags,
            "categories": [category.name for category in self.categories],
            "also": self.also,
            "source": self.source.name if self.source else "",
            "original": self.link.in_words() if self.link else {},
        }


def prepare(post: Post, revision: Any) -> Restoring:
    """Lay the words of a revision over a post that was just read; find what it was filed under."""
    for name in TEXTS:
        setattr(post, name, getattr(revision, name))
    if revision.slug or post.state in UNPUBLISHED:
        post.slug = revision.slug
    post.published_at = _date_for(post, revision)
    source, link = _page_for(post, revision)
    categories, left_out = _categories_of(revision)
    return Restoring(
        post, source, link, list(revision.filed.get("also", [])), _tags_of(revision), categories, left_out
    )


@transaction.atomic
def restore(post: Post, revision: Any, *, by: Any = None) -> Restoring:
    """Write what `prepare` found, and note it in the log. Raises ValidationError; then nothing is written."""
    was_sensitive_before_readers = post.is_sensitive and post.state == State.PUBLISHED
    words = {name: getattr(post, name) for name in ("title", "body", "excerpt")}
    restoring = prepare(post, revision)
    if was_sensitive_before_readers and any(getattr(post, name) != words[name] for name in words):
        raise ValidationError(SEEN_BY_NOBODY_ELSE)
    post.source, post.link = _written(restoring)
    post.written_by = by
    if post.state == State.PUBLISHED:
        said = {"title": post.title, "body": post.body, "source": post.source, "original_address": post.link}
        faults = content_faults(said)
        if faults:
            raise ValidationError(faults)
    post.full_clean()
    post.save(by=by, because=f"Restored from version {revision.version}")
    post.categories.set(restoring.categories)
    post.tags.set(restoring.tags)
    report_also(post, restoring.also)
    post.log(Act.RESTORE, by, name_of(revision))
    return restoring


def _date_for(post: Post, revision: Any) -> dt.datetime | None:
    """Return the date of then, unless it would show the post, hide it, or claim a day on which nobody read it."""
    if post.state in UNPUBLISHED:
        return revision.published_at
    was_seen = revision.published_on is not None and revision.published_at <= revision.history_date
    return revision.published_at if was_seen and not post._comes_later() else post.published_at


# --- The original


def _page_for(post: Post, revision: Any) -> tuple[Source | None, Link | None]:
    """Find outlet and page by what the revision says of them, or prepare them anew."""
    outlet, original = _outlet_of(revision), revision.filed.get("original") or {}
    if not original:
        return outlet, None
    address = original["address"]
    link = Link.objects.at(address)
    if link and _is_cited_elsewhere(link, post):
        return link.source, link  # what it says of the page is said by other posts too
    link = link or Link(given_address=address)
    link.headline, link.byline, link.language = original["headline"], original["byline"], original["language"]
    link.published_on = dt.date.fromisoformat(original["published_on"]) if original["published_on"] else None
    link.source = outlet or find_or_propose_source(address)
    return link.source, link


def _outlet_of(revision: Any) -> Source | None:
    name = revision.filed.get("source", "")
    known = Source.objects.filter(pk=revision.source_id).first() or Source.objects.named(name)
    return known or (Source(name=name) if name else None)


def _is_cited_elsewhere(link: Link, post: Post) -> bool:
    return link.posts.exclude(pk=post.pk).exists() or link.also_in.exclude(post=post.pk).exists()


def _written(restoring: Restoring) -> tuple[Source | None, Link | None]:
    """Return outlet and page as rows."""
    source, link, post = restoring.source, restoring.link, restoring.post
    if source and source.pk is None:
        source.save()
    if link and source and (link.pk is None or not _is_cited_elsewhere(link, post)):
        link.source = source
        link.save()
    return source, link


# --- What it is filed under


def _tags_of(revision: Any) -> list[str]:
    """Return the names that these tags have today; one that is gone keeps its own, and is made anew."""
    names = {fold(name): tidy_name(name) for name in revision.filed.get("tags", [])}
    former = dict(TagAlias.objects.filter(name_key__in=names).values_list("name_key", "tag__name"))
    today = dict(Tag.objects.filter(name_key__in=names).values_list("name_key", "name"))
    return sorted(set({**names, **former, **today}.values()), key=fold)


def _categories_of(revision: Any) -> tuple[list[Category], list[str]]:
    """Find them by number, then by name where only one is called so; return them, and the names of those gone."""
    names = dict(zip(revision.filed.get("category_ids", []), revision.filed.get("categories", []), strict=False))
    found = Category.objects.in_bulk(names)
    gone = [name for pk, name in names.items() if pk not in found]
    called: dict[str, list[Category]] = {}
    for category in Category.objects.filter(name__in=gone):
        called.setdefault(category.name, []).append(category)
    renewed = {name: called[name][0] for name in gone if len(called.get(name, [])) == 1}
    categories = {category.pk: category for category in [*found.values(), *renewed.values()]}
    return sorted(categories.values(), key=lambda each: each.name), [name for name in gone if name not in renewed]
