"""The addresses that posts once had."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from posts.models.post import Post


class FormerAddressQuerySet(models.QuerySet["FormerAddress"]):
    def leave(self, published_on: dt.date, slug: str, *, post: Post | None) -> None:
        self.update_or_create(published_on=published_on, slug=slug, defaults={"post": post})

    def of_others(self, post: Any) -> FormerAddressQuerySet:
        """Those that lead to another post, of the address that this one would take."""
        return self.filter(published_on=post.published_on, slug=post.slug, post__isnull=False).exclude(post=post.pk)


class FormerAddress(models.Model):
    """Leads to the post that once had it, in one hop wherever that is now; without a post, what was there is gone."""

    published_on = models.DateField()
    slug = models.CharField(max_length=200)
    post = models.ForeignKey("posts.Post", on_delete=models.SET_NULL, null=True, related_name="former_addresses")

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["published_on", "slug"], name="former_address_once")]

    def __str__(self) -> str:
        return f"{self.published_on}/{self.slug}"
