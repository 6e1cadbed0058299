"""Tags: one per name whatever its case, Unicode slugs, and aliases that redirect for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, TagBase

from posts.addressing import tag_url
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
            raise ValidationError({"name": f"“{self.name}” is already the tag “{other.name}”. Merge the two instead."})
        if TagAlias.objects.filter(slug=self.slug).exclude(tag=self.pk).exists():
            raise ValidationError({"slug": "This address leads to another tag, from a merge or a renaming."})

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        before = Tag.objects.filter(pk=self.pk).values("name", "slug").first() if self.pk else None
        self.name = tidy_name(self.name)
        self.name_key = fold(self.name)
        self.slug = fold(self.slug) or self._propose_slug()
        # A name or an address that comes back to its own tag is no alias any longer.
        TagAlias.objects.filter(Q(name_key=self.name_key) | Q(slug=self.slug), tag=self.pk).delete()
        models.Model.save(self, **kwargs)
        if before and (fold(before["name"]), before["slug"]) != (self.name_key, self.slug):
            self._leave_alias(before["name"], before["slug"])

    def _propose_slug(self) -> str:
        taken = set(Tag.objects.exclude(pk=self.pk).values_list("slug", flat=True))
        taken |= set(TagAlias.objects.exclude(tag=self.pk).values_list("slug", flat=True))
        return propose_slug(fold(self.name), fallback="tag", taken=taken)

    def _leave_alias(self, name: str, slug: str) -> None:
        TagAlias.objects.create(
            tag=self,
            name=name,
            name_key=None if fold(name) == self.name_key else fold(name),
            slug=None if slug == self.slug else slug,
        )

    @transaction.atomic
    def absorb(self, other: Tag) -> None:
        """Make the other tag an alias of this one: its posts carry this tag, its addresses redirect here."""
        from posts.models.tally import Tally  # noqa: PLC0415  a tally counts tags

        if other.pk == self.pk:
            raise ValueError("A tag cannot be merged into itself.")
        absorbing.send(sender=Tag, kept=self, other=other)
        TaggedPost.objects.filter(tag=other).exclude(
            content_object__in=TaggedPost.objects.filter(tag=self).values("content_object")
        ).update(tag=self)
        TagAlias.objects.filter(tag=other).update(tag=self)
        name, slug = other.name, other.slug
        other.delete()
        self._leave_alias(name, slug)
        Tally.objects.recount(tags={self.pk})


class TagAlias(models.Model):
    """A name or an address that a tag once had. Both may be set, or the one that is no longer the tag's own."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200, unique=True, null=True, editable=False)
    slug = models.SlugField(max_length=100, unique=True, null=True, allow_unicode=True, editable=False)

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
