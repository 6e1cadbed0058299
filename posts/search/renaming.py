"""A post is found by the names of its outlet, tags and categories: once one is renamed, they are looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from posts.models import Category, CategoryEntry, Post, Tag, TaggedPost
from posts.search.models import Touched
from sources.models import Source

POSTS_OF: dict[type[Model], Callable[[Any], Iterable[int]]] = {
    Tag: lambda tag: TaggedPost.objects.filter(tag=tag).values_list("content_object", flat=True),
    Category: lambda category: CategoryEntry.objects.filter(category=category).values_list("post", flat=True),
    Source: lambda source: Post.objects.filter(source=source).values_list("pk", flat=True),
}


def note_name(sender: type[Model], instance: Any, raw: bool = False, **_: Any) -> None:
    before = None if raw or not instance.pk else sender._default_manager.filter(pk=instance.pk).values_list("name")[:1]
    instance._name_before = next((name for (name,) in before or ()), None)


def touch_posts(sender: type[Model], instance: Any, **_: Any) -> None:
    before = instance.__dict__.pop("_name_before", None)
    if before is not None and before != instance.name:
        posts = POSTS_OF[sender](instance)
        Touched.objects.bulk_create((Touched(post_id=pk) for pk in posts), batch_size=1000)


def follow_names() -> None:
    for model in POSTS_OF:
        pre_save.connect(note_name, sender=model, dispatch_uid=f"search_note_{model.__name__}")
        post_save.connect(touch_posts, sender=model, dispatch_uid=f"search_touch_{model.__name__}")
