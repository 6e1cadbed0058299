"""What must follow when rows change by ways that no method of ours sees: relations, deletions, merges."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from posts.models import Category, FormerAddress, Image, Post, TaggedPost, Tally
from sources.links.models import Link
from sources.models import Source, absorbed

SHELVES = ("tags", "categories", "sources")


def connect() -> None:
    m2m_changed.connect(follow_filing, sender=Post.categories.through)
    m2m_changed.connect(follow_tagging, sender=TaggedPost)
    pre_delete.connect(remember_shelves, sender=Post)
    pre_delete.connect(leave_unsaved_texts, sender=Post)
    post_delete.connect(leave_nothing_but_an_address, sender=Post)
    post_delete.connect(recount_shelves, sender=Post)
    pre_delete.connect(remember_posts, sender=Category)
    post_delete.connect(relist_posts, sender=Category)
    absorbed.connect(recount_source, sender=Source)
    post_save.connect(follow_page, sender=Link)
    post_save.connect(follow_words, sender=Image)
    post_delete.connect(delete_files, sender=Image)


def follow_filing(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """List the posts under the categories that they were just given or lost."""
    posts = [instance] if not reverse else list(Post.objects.filter(pk__in=pk_set or ()))
    if action.startswith("pre_"):
        for post in posts:
            remember_shelves(post)
    else:
        Post.objects.filter(pk__in=[post.pk for post in posts]).relist()
        for post in posts:
            recount_shelves(post, of=("categories",))
            post.follow_filing()


def follow_tagging(instance: Post, action: str, **_: Any) -> None:
    if action.startswith("pre_"):
        remember_shelves(instance)
    else:
        TaggedPost.objects.filter(content_object=instance).update(listed_at=instance.listing_time())
        recount_shelves(instance, of=("tags",))
        instance.follow_filing()


def leave_unsaved_texts(instance: Post, **_: Any) -> None:
    """What somebody typed into a post and did not save is theirs: it stays when somebody else deletes the post."""
    instance.autosaves.update(post=None)


def leave_nothing_but_an_address(instance: Post, **_: Any) -> None:
    """Where readers met a post that is deleted, they are told that it is gone."""
    if instance.published_on and instance.was_seen():
        FormerAddress.objects.leave(instance.published_on, instance.slug, post=None)


def remember_shelves(instance: Post, **_: Any) -> None:
    instance.shelves_before = instance.shelves()  # type: ignore[attr-defined]


def recount_shelves(instance: Post, of: tuple[str, ...] = SHELVES, **_: Any) -> None:
    """Count the listings of these kinds in which the post was or is; a post that readers never saw is in none."""
    before = getattr(instance, "shelves_before", {})
    if instance.listing_time() is None:
        return
    now = instance.shelves() if instance.pk and Post.objects.filter(pk=instance.pk).exists() else {}
    shelves = {kind: before.get(kind, set()) | now.get(kind, set()) for kind in of}
    Tally.objects.recount(**shelves, site=of == SHELVES)


def remember_posts(instance: Category, **_: Any) -> None:
    instance.posts_before = list(instance.entries.values_list("post", flat=True))  # type: ignore[attr-defined]
    instance.above_before = Category.objects.ancestry()[instance.pk][1:]  # type: ignore[attr-defined]


def relist_posts(instance: Category, **_: Any) -> None:
    """A post filed only under the category that is gone leaves the listings above it as well."""
    Post.objects.filter(pk__in=instance.posts_before).relist()  # type: ignore[attr-defined]
    Tally.objects.recount(categories=instance.above_before)  # type: ignore[attr-defined]


def recount_source(source: Source, **_: Any) -> None:
    Tally.objects.recount(sources={source.pk})


def follow_page(instance: Link, **_: Any) -> None:
    """A page that now belongs to another outlet takes the posts that cite it along."""
    posts = Post.objects.filter(link=instance).exclude(source=instance.source_id)
    left = set(posts.values_list("source", flat=True))
    if left:
        posts.update(source=instance.source_id)
        Tally.objects.recount(sources=left | {instance.source_id})


def follow_words(instance: Image, created: bool, **_: Any) -> None:
    """What is said of a picture is said wherever it is shown."""
    if not created:
        instance.posts.rerender()


def delete_files(instance: Image, **_: Any) -> None:
    """A picture's files go with it, once it is sure that it goes."""
    transaction.on_commit(instance.delete_files)


def follow_site_url(**_: Any) -> None:
    """Keep the row of the sites framework, which feeds and sitemaps read, at SITE_URL and SITE_NAME."""
    Site.objects.update_or_create(
        pk=settings.SITE_ID, defaults={"domain": urlsplit(settings.SITE_URL).netloc, "name": settings.SITE_NAME[:50]}
    )
