"""Tags: one per name whatever its case, Unicode slugs, and aliases that redirect for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, TagBase

from posts.addressing import tag_url
from posts.models.tag_entry import TagAct, TagEntry, pack
from sources.models import absorbing
from sources.naming import fold, propose_slug, tidy_name

if TYPE_CHECKING:
    from posts.models.tally import Tally


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, name: str) -> Tag | None:
        """Return the tag that has this name or once had it, whatever its case."""
        key = fold(name)
        return self.filter(Q(name_key=key) | Q(aliases__name_key=key)).first()

    def get_or_create_named(self, name: str) -> Tag:
        name = tidy_name(name)
        return self.named(name) or self.get_or_create(name_key=fold(name), defaults={"name": name})[0]

    def searched(self, words: str, at: Literal["contains", "startswith"] = "contains") -> TagQuerySet:
        """Those that have this in their name or in another name that leads to them."""
        key = {f"name_key__{at}": fold(words)}
        aliases = TagAlias.objects.names().filter(tag=OuterRef("pk"), **key)
        return self.filter(Q(**key) | Exists(aliases)) if fold(words) else self

    def orphans(self) -> TagQuerySet:
        """Those that stand on no post at all, be it a draft or in the trash."""
        return self.filter(~Exists(TaggedPost.objects.filter(tag=OuterRef("pk"))))

    def at_slug(self, slug: str) -> Tag | None:
        """Return the tag at this address, or the one to which an alias at this address leads."""
        slug = fold(slug)
        tag = self.filter(slug=slug).select_related("tally").first()
        if tag is None:
            tag = self.filter(aliases__slug=slug).select_related("tally").first()
        return tag


class Tag(TagBase):
    # taggit declares the name unique to the letter; ours are unique under `fold`, which the database holds.
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200, unique=True, editable=False)
    slug = models.SlugField(
        max_length=100,
        unique=True,
        allow_unicode=True,
        blank=True,
        help_text="The last part of the tag's address. Left empty, it is made from the name; the old one redirects.",
    )

    tally: Tally

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name_key"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return tag_url(self.slug)

    def clean(self) -> None:
        self.name = tidy_name(self.name)
        self.slug = fold(self.slug)
        if not fold(self.name):
            raise ValidationError({"name": "Write the tag's name."})
        other = Tag.objects.exclude(pk=self.pk).named(self.name)
        if other:
            raise _taken("name", f"“{self.name}” is already the tag “{other.name}”. Merge the two instead.", other)
        other = Tag.objects.exclude(pk=self.pk).at_slug(self.slug) if self.slug else None
        if other and other.slug == self.slug:
            raise _taken("slug", f"This is the address of the tag “{other.name}”. Merge the two instead.", other)
        if other:
            raise _taken("slug", "This address leads to another tag, from a merge or a renaming.", other)

    @transaction.atomic
    def save(self, *, by: Any = None, **kwargs: Any) -> None:
        """Save; a name or an address that it had before goes on leading here. `by` is who renames it."""
        before = Tag.objects.filter(pk=self.pk).values("name", "slug").first() if self.pk else None
        self.name = tidy_name(self.name)
        self.name_key = fold(self.name)
        self.slug = fold(self.slug) or self._propose_slug()
        # A name or an address that comes back to its own tag is no alias any longer.
        TagAlias.objects.filter(tag=self.pk).release(self.name_key, self.slug)
        models.Model.save(self, **kwargs)
        if before and (before["name"], before["slug"]) != (self.name, self.slug):
            self._follow_renaming(before["name"], before["slug"], by)

    def _follow_renaming(self, name: str, slug: str, by: Any) -> None:
        if (fold(name), slug) != (self.name_key, self.slug):
            self._leave_alias(name, slug)
        renamed = f"“{name}” is now “{self.name}”" if name != self.name else f"“{name}”"
        moved = f", /tag/{slug}/ is now /tag/{self.slug}/" if slug != self.slug else ""
        TagEntry.objects.note(TagAct.RENAME, tag=self, words=renamed + moved, by=by)

    def _propose_slug(self) -> str:
        return propose_slug(fold(self.name), fallback="tag", taken=taken_slugs(but={self.pk}))

    def _leave_alias(self, name: str, slug: str) -> None:
        TagAlias.objects.create(
            tag=self,
            name=name,
            name_key=None if fold(name) == self.name_key else fold(name),
            slug=None if slug == self.slug else slug,
        )

    @transaction.atomic
    def absorb(self, *others: Tag, by: Any = None) -> None:
        """Make the others aliases of this one: their posts carry this tag, their addresses redirect here.

        No post gets a revision by it: what a revision calls by the old name is found by that. Each merge is kept in
        the log with what it takes to undo it (see `posts.merging`).
        """
        from posts.models.tally import Tally  # noqa: PLC0415  a tally counts tags

        for other in others:
            self._take_over(other, by)
        Tally.objects.recount(tags={self.pk})

    def _take_over(self, other: Tag, by: Any) -> None:
        if other.pk == self.pk:
            raise ValueError("A tag cannot be merged into itself.")
        absorbing.send(sender=Tag, kept=self, other=other)
        TagEntry.objects.note(
            TagAct.MERGE, tag=self, words=f"“{other.name}” into “{self.name}”", by=by, **_memory_of(self, other)
        )
        TaggedPost.objects.filter(tag=other).exclude(
            content_object__in=TaggedPost.objects.filter(tag=self).values("content_object")
        ).update(tag=self)
        TagAlias.objects.filter(tag=other).update(tag=self)
        name, slug = other.name, other.slug
        other.delete()
        self._leave_alias(name, slug)


def _taken(field: str, sentence: str, other: Tag) -> ValidationError:
    """The desk makes a link to the merge of it (see `posts.admin.tags`)."""
    return ValidationError({field: ValidationError(sentence, code="taken", params={"other": other})})


def taken_slugs(*, but: Collection[int | None] = ()) -> set[str]:
    """Return all addresses that lead to a tag, without those of these tags."""
    tags = Tag.objects.exclude(pk__in=[pk for pk in but if pk])
    aliases = TagAlias.objects.exclude(slug=None).exclude(tag__in=[pk for pk in but if pk])
    return {*tags.values_list("slug", flat=True), *aliases.values_list("slug", flat=True)}


def _memory_of(kept: Tag, other: Tag) -> dict[str, Any]:
    """Return what a merge of these two has to remember, see TagEntry."""
    own = set(TaggedPost.objects.filter(tag=kept).values_list("content_object", flat=True))
    ending = set(TaggedPost.objects.filter(tag=other).values_list("content_object", flat=True))
    return {
        "other_id": other.pk,
        "other_name": other.name,
        "other_slug": other.slug,
        "aliases": [[a.name, a.slug, a.name_key is not None, a.is_synonym] for a in other.aliases.all()],
        "moved": pack(ending - own),
        "both": pack(ending & own),
    }


class TagAliasQuerySet(models.QuerySet["TagAlias"]):
    def release(self, name_key: str | None, slug: str | None) -> None:
        """Free this name and this address; an alias that leads by neither any longer is gone."""
        self.filter(name_key=name_key).update(name_key=None)
        self.filter(slug=slug).update(slug=None)
        self.filter(name_key=None, slug=None).delete()

    def names(self) -> TagAliasQuerySet:
        """Those whose name leads to the tag when it is typed."""
        return self.filter(name_key__isnull=False)


class TagAlias(models.Model):
    """A name or an address that a tag once had. Both may be set, or the one that is no longer the tag's own."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200, unique=True, null=True, editable=False)
    slug = models.SlugField(max_length=100, unique=True, null=True, allow_unicode=True, editable=False)
    # An editor added it; the others once were the name of the tag itself, or of one that became part of it.
    is_synonym = models.BooleanField(default=False, db_default=False, editable=False)

    objects = TagAliasQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "alias"
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return self.name


class TaggedPost(ItemBase):
    """A post as it is listed under a tag. `listed_at` repeats the post's, so that a page reads one index in order."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_posts", db_index=False)
    content_object = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="tagged", db_index=False)
    listed_at = models.DateTimeField(null=True, editable=False)

    objects: models.Manager[TaggedPost] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="tagged_post_once")]
        indexes = [models.Index(fields=["tag", "-listed_at", "-content_object"], name="tag_listing")]

    def __str__(self) -> str:
        return f"{self.content_object_id} tagged {self.tag_id}"


class TagsOfPost(_TaggableManager):
    """taggit's `post.tags`, finding tags by folded name or alias where taggit compares letters."""

    def _to_tag_model_instances(self, tags: Iterable[Tag | str], tag_kwargs: dict[str, Any]) -> list[Tag]:
        found = (tag if isinstance(tag, Tag) else Tag.objects.get_or_create_named(tag) for tag in tags if tag)
        return list(dict.fromkeys(found))
