"""The shelves, a tree, and the listing of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from posts.addressing import RESERVED_BELOW_CATEGORIES, category_url
from sources.naming import propose_slug, tidy_name, tidy_slug

if TYPE_CHECKING:
    from posts.models.tally import Tally

PATH_LENGTH = 1000
RESERVED_SLUGS = RESERVED_BELOW_CATEGORIES


class CategoryQuerySet(models.QuerySet["Category"]):
    def ancestry(self) -> dict[int, list[int]]:
        """Return for each category the ids of itself and of all above it."""
        parents = dict(self.model._default_manager.values_list("pk", "parent_id"))
        lines: dict[int, list[int]] = {}
        for pk in parents:
            line: list[int] = []
            current: int | None = pk
            while current is not None and current not in line:
                line.append(current)
                current = parents.get(current)
            lines[pk] = line
        return lines

    def in_tree_order(self) -> list[Category]:
        """Return all, each parent followed by its children, with `depth` set (0 at the top)."""
        children: dict[int | None, list[Category]] = defaultdict(list)
        for category in self.order_by("name"):
            children[category.parent_id].append(category)

        def walk(parent: int | None, depth: int) -> Iterable[Category]:
            for category in children[parent]:
                category.depth = depth
                yield category
                yield from walk(category.pk, depth + 1)

        return list(walk(None, 0))


class Category(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=100,
        allow_unicode=True,
        blank=True,
        help_text="The last part of the category's address. Left empty, it is made from the name.",
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    # The slugs from the top down, as in the address: "human-trafficking/fishing".
    path = models.CharField(
        max_length=PATH_LENGTH,
        unique=True,
        editable=False,
        error_messages={"unique": "Another category under the same parent has this slug."},
    )
    description = models.TextField(blank=True, help_text="Readers see it above the posts.")

    depth: int
    tally: Tally

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(slug="") & ~models.Q(slug__in=RESERVED_SLUGS),
                name="category_slug_usable",
                violation_error_message="“feed” and “page” cannot be slugs: these words have their own meaning here.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return category_url(self.path)

    def clean(self) -> None:
        self.name = tidy_name(self.name)
        self._settle_address()
        if self.parent_id and self.pk and self.pk in Category.objects.ancestry().get(self.parent_id, []):
            raise ValidationError({"parent": "A category cannot stand under itself or under one of its own children."})
        if len(self.path) > PATH_LENGTH:
            raise ValidationError({"parent": "The tree is too deep: the address would be too long."})
        if Category.objects.filter(path=self.path).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": "Another category under the same parent has this slug."})

    def _settle_address(self) -> None:
        self.slug = tidy_slug(self.slug) or propose_slug(self.name, fallback="category", taken=RESERVED_SLUGS)
        self.path = f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        before = Category.objects.filter(pk=self.pk).values("path", "parent_id").first() if self.pk else None
        self._settle_address()
        super().save(**kwargs)
        if before and before["path"] != self.path:
            for child in self.children.all():
                child.parent = self
                child.save()
        if before and before["parent_id"] != self.parent_id:
            self._relist_posts(left=before["parent_id"])

    def _relist_posts(self, left: int | None) -> None:
        """List the posts of this branch under its new ancestors, and no longer under those of the parent it left."""
        from posts.models.post import Post  # noqa: PLC0415  a post files itself under categories
        from posts.models.tally import Tally  # noqa: PLC0415

        Post.objects.filter(category_entries__category=self).relist()
        ancestry = Category.objects.ancestry()
        Tally.objects.recount(categories={*ancestry.get(left or 0, []), *ancestry[self.pk]})


class CategoryEntry(models.Model):
    """A post as it is listed under a category: one of its own, or one above it.

    Derived from `Post.categories`; it exists so that a page of any category reads one index in order.
    """

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="entries", db_index=False)
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="category_entries", db_index=False)
    listed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "category entries"
        constraints = [models.UniqueConstraint(fields=["post", "category"], name="category_entry_once")]
        indexes = [models.Index(fields=["category", "-listed_at", "-post"], name="category_listing")]

    def __str__(self) -> str:
        return f"{self.post_id} under {self.category_id}"
