"""Several tags made one, and parted again; other names that lead to a tag.

Undoing never guesses: a post gets the tag back that it had before and still has the one that stayed; it keeps the
latter if it had it of its own, got it since, or carries it by another merge that stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from posts.dating import byline_moment
from posts.models import Post, Tag, TagAct, TagAlias, TagEntry, TaggedPost, Tally
from posts.models.tag import taken_slugs
from sources.naming import fold, propose_slug, tidy_name

NAME_LENGTH = 100
SLICE = 500  # rows of one statement


# --- Merging


@dataclass(frozen=True)
class Part:
    """A tag that is to be merged: what readers find under it, what else it stands on, where it is found."""

    tag: Tag
    public: int
    other: int  # drafts, scheduled, withdrawn, trash
    aliases: list[TagAlias]

    @property
    def names(self) -> list[str]:
        return [alias.name for alias in self.aliases if alias.name_key]

    @property
    def addresses(self) -> list[str]:
        return [f"/tag/{slug}/" for slug in (self.tag.slug, *(alias.slug for alias in self.aliases)) if slug]


@dataclass(frozen=True)
class Foreseen:
    parts: list[Part]
    public: int  # posts that readers will find under the one that stays
    all: int


def foresee(tags: Sequence[Tag]) -> Foreseen:
    """Count what a merge of these tags will bring together; the same few queries however many they are."""
    seen = Q(listed_at__lte=timezone.now())
    rows = TaggedPost.objects.filter(tag__in=tags).order_by()
    counts = {tag: (public, total) for tag, public, total in _by_tag(rows, seen)}
    aliases: dict[int, list[TagAlias]] = {}
    for alias in TagAlias.objects.filter(tag__in=tags):
        aliases.setdefault(alias.tag_id, []).append(alias)
    parts = []
    for tag in tags:
        public, total = counts.get(tag.pk, (0, 0))
        parts.append(Part(tag, public, total - public, aliases.get(tag.pk, [])))
    together = rows.aggregate(
        all=Count("content_object", distinct=True), public=Count("content_object", distinct=True, filter=seen)
    )
    return Foreseen(parts, **together)


def _by_tag(rows: Any, seen: Q) -> Iterable[tuple[int, int, int]]:
    return rows.values_list("tag").annotate(public=Count("pk", filter=seen), total=Count("pk"))


@transaction.atomic
def merge_as(name: str, tags: Sequence[Tag], by: Any = None) -> Tag:
    """Merge these tags into a new one of this name, or into that among them which has it already."""
    name = checked_name(name)
    owner = Tag.objects.named(name)
    if owner and owner not in tags:
        raise ValidationError(f"“{name}” already leads to the tag “{owner}”. Take that one in, and choose it.")
    if owner and owner.name_key == fold(name):
        kept = next(tag for tag in tags if tag == owner)
        if kept.name != name:
            kept.name = name
            kept.save(by=by)
    else:
        kept = Tag(name=name, slug=_new_slug(name, tags))
        kept.save()
    kept.absorb(*(tag for tag in tags if tag != kept), by=by)
    # Once the name and the address of one of them, now the tag's own.
    TagAlias.objects.filter(tag=kept).release(kept.name_key, kept.slug)
    return kept


def _new_slug(name: str, tags: Sequence[Tag]) -> str:
    """Return a free address; one that led to any of these tags is free for what they become."""
    former = TagAlias.objects.filter(tag__in=tags).exclude(slug=None).values_list("slug", flat=True)
    return propose_slug(fold(name), fallback="tag", taken=taken_slugs() - set(former))


def checked_name(name: str) -> str:
    name = tidy_name(name)
    if not fold(name):
        raise ValidationError("Write the name.")
    if len(name) > NAME_LENGTH:
        raise ValidationError(f"A tag has at most {NAME_LENGTH} characters: “{name[:40]}…” is longer.")
    return name


# --- Undoing


@dataclass(frozen=True)
class Undone:
    tag: Tag
    posts: int  # that carry it again
    skipped: int  # that are deleted since, or lost the tag by an editor's hand
    lost: list[str]  # names and addresses that others have taken since


def why_not(merge: TagEntry) -> str:
    """Say in a sentence why this merge cannot be undone; "" if it can."""
    if TagEntry.objects.filter(undoes=merge.pk).exists():
        return "This merge is undone already."
    further = TagEntry.objects.merges().filter(other_id=merge.tag_id, is_undone=False).first()
    if further:
        return (
            f"“{further.other_name}” was itself merged into “{further.tag_name}” on "
            f"{byline_moment(further.made_at)}. Undo that merge first."
        )
    owner = Tag.objects.named(merge.other_name)
    if owner and (owner.pk != merge.tag_id or owner.name_key == fold(merge.other_name)):
        return f"The name “{merge.other_name}” belongs to the tag “{owner}” by now. Rename that one first."
    owner = Tag.objects.at_slug(merge.other_slug)
    if owner and (owner.pk != merge.tag_id or owner.slug == merge.other_slug):
        return f"The address /tag/{merge.other_slug}/ belongs to the tag “{owner}” by now. Change that one first."
    return ""


@transaction.atomic
def undo(merge: TagEntry, by: Any = None) -> Undone:
    """Bring back the tag that ended in this merge: its name, its addresses, its posts."""
    refusal = why_not(merge)
    if refusal:
        raise ValidationError(refusal)
    kept = Tag.objects.filter(pk=merge.tag_id).first()
    aliases = TagAlias.objects.filter(tag=merge.tag_id)
    aliases.release(fold(merge.other_name), merge.other_slug)
    # Under its old number, by which earlier lines of the log know it. No number is given twice.
    tag = Tag(pk=merge.other_id, name=merge.other_name, slug=merge.other_slug)
    tag.save(force_insert=True)
    lost = [each for alias in merge.aliases for each in _bring_back(alias, tag, aliases)]
    before = len(merge.moved_posts) + len(merge.posts_of_both)
    posts = _give_back(merge, tag, kept)
    Tally.objects.recount(tags={tag.pk, *([kept.pk] if kept else [])})
    words = f"“{tag}” is out of “{merge.tag_name}” again, with {posts} post{'' if posts == 1 else 's'}"
    TagEntry.objects.note(TagAct.UNDO, tag=tag, words=words, by=by, undoes=merge)
    return Undone(tag, posts, before - posts, lost)


def _bring_back(remembered: Sequence[Any], tag: Tag, aliases: Any) -> list[str]:
    """Give the tag one of its aliases again; return what of it others have taken."""
    name, slug, leads, is_synonym = remembered
    key, lost = (fold(name) if leads else None), []
    aliases.release(key, slug)
    if key and Tag.objects.named(name):
        key = None
        lost.append(f"“{name}”")
    if slug and Tag.objects.at_slug(slug):
        lost.append(f"/tag/{slug}/")
        slug = None
    if key or slug:
        TagAlias.objects.create(tag=tag, name=name, name_key=key, slug=slug, is_synonym=is_synonym)
    return lost


def _give_back(merge: TagEntry, tag: Tag, kept: Tag | None) -> int:
    """Give the tag its posts again, and take them from the one that stayed where they had it by this merge alone."""
    posts = {*merge.moved_posts, *merge.posts_of_both}
    if kept:
        posts &= set(TaggedPost.objects.filter(tag=kept).values_list("content_object", flat=True))
    leaving = _held_by_merge_alone(merge, posts) if kept else set()
    for part in batched(sorted(leaving), SLICE):
        TaggedPost.objects.filter(tag=kept, content_object__in=part).update(tag=tag)
    number = len(leaving)
    for part in batched(sorted(posts - leaving), SLICE):
        listed = Post.objects.filter(pk__in=part).values_list("pk", "listed_at")
        rows = [TaggedPost(tag=tag, content_object_id=pk, listed_at=listed_at) for pk, listed_at in listed]
        number += len(TaggedPost.objects.bulk_create(rows))
    return number


def _held_by_merge_alone(merge: TagEntry, posts: Collection[int]) -> set[int]:
    """Return those of these posts that would not carry the tag that stayed if it were not for this merge."""
    moved = set(merge.moved_posts)
    carried_by_others: set[int] = set()
    others = TagEntry.objects.merges().filter(tag_id=merge.tag_id).exclude(pk=merge.pk).select_related("undoing")
    for other in others:
        undoing = getattr(other, "undoing", None)
        if undoing is None:
            carried_by_others.update(other.moved_posts, other.posts_of_both)
        # What this merge found there already was brought by an earlier one, which has been undone since.
        elif other.pk < merge.pk < undoing.pk:
            moved.update(other.moved_posts)
    return (set(posts) & moved) - carried_by_others


# --- Other names


@transaction.atomic
def add_synonym(tag: Tag, name: str, by: Any = None) -> TagAlias:
    """Have another name lead to this tag; a ValidationError says whose it is already, in its params too."""
    name = checked_name(name)
    owner = Tag.objects.named(name)
    if owner == tag:
        raise ValidationError(f"“{name}” leads to “{tag}” already.")
    if owner and owner.name_key == fold(name):
        raise ValidationError(f"“{name}” is a tag of its own.", code="taken", params={"other": owner})
    if owner:
        raise ValidationError(f"“{name}” leads to the tag “{owner}” already.", code="taken", params={"other": owner})
    slug = propose_slug(fold(name), fallback="")
    alias = TagAlias.objects.create(
        tag=tag,
        name=name,
        name_key=fold(name),
        slug=slug if slug and slug not in taken_slugs() else None,
        is_synonym=True,
    )
    TagEntry.objects.note(TagAct.SYNONYM, tag=tag, words=f"“{name}” leads to “{tag}”", by=by)
    return alias


@transaction.atomic
def drop_synonym(alias: TagAlias, by: Any = None) -> None:
    """Have the name lead to its tag no longer. An address that readers may know goes on leading there."""
    tag = alias.tag
    mine = TagAlias.objects.filter(pk=alias.pk)
    mine.release(alias.name_key or "", (alias.slug or "") if alias.is_synonym else "")
    TagEntry.objects.note(TagAct.FORGET, tag=tag, words=f"“{alias.name}” no longer leads to “{tag}”", by=by)


# --- Tags that stand on nothing


@transaction.atomic
def delete_orphans(tags: Iterable[Tag], by: Any = None) -> int:
    """Delete those of these tags that still stand on no post at all; return how many."""
    orphans = list(Tag.objects.orphans().filter(pk__in=[tag.pk for tag in tags]))
    Tag.objects.filter(pk__in=[tag.pk for tag in orphans]).delete()
    if orphans:
        names = ", ".join(f"“{tag}”" for tag in orphans)
        TagEntry.objects.note(TagAct.DELETE, words=names, by=by)
    return len(orphans)
