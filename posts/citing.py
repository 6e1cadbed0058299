"""Naming pages of outlets in a post: each is found by its address, or made, and its outlet with it."""

from collections.abc import Iterable

from posts.models import AlsoReported, Post
from sources.links.models import Link, find_or_propose_source


def page_at(address: str) -> Link:
    """Return the page at this address, made with its outlet where nobody knew it. Raises ValueError."""
    link = Link.objects.at(address)
    if link is None:
        source = find_or_propose_source(address)
        if source.pk is None:
            source.save()
        link = Link.objects.create(given_address=address, source=source)
    return link


def report_also(post: Post, addresses: Iterable[str]) -> None:
    """Name these pages as further reports, in their order; the original is none of them."""
    pages = [page_at(address).pk for address in addresses]
    kept = [pk for pk in dict.fromkeys(pages) if pk != post.link_id]
    if kept != list(post.also_reported.order_by("position").values_list("link", flat=True)):
        post.also_reported.all().delete()
        AlsoReported.objects.bulk_create(
            AlsoReported(post=post, link_id=pk, position=position) for position, pk in enumerate(kept)
        )
        post.follow_filing()
