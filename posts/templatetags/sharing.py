"""What a page says of itself to those who pass it on."""

from typing import Any

from django import template
from django.conf import settings

from posts import oembed, sharing
from posts.cards import card_of_listing, card_of_post, site_locale
from posts.dating import site_time
from posts.listing import ListedPost
from posts.sharing import ShareLink

register = template.Library()

register.simple_tag(card_of_post)
register.simple_tag(card_of_listing)
register.simple_tag(site_locale)
register.filter("oembed_addresses", oembed.discovery)


@register.filter
def share_links(post: ListedPost) -> list[ShareLink]:
    return sharing.share_links(post.display_title, settings.SITE_URL + post.url)


@register.filter
def letter_link(post: ListedPost) -> ShareLink:
    return sharing.letter_link(post.display_title, settings.SITE_URL + post.url)


@register.filter
def published_iso(post: ListedPost) -> str:
    return _iso(post.published_at)


@register.filter
def modified_iso(post: ListedPost) -> str:
    """When it last changed; of one that was written before its time came, when it appeared."""
    return _iso(max(post.updated_at, post.published_at or post.updated_at))


def _iso(moment: Any) -> str:
    return site_time(moment).isoformat(timespec="seconds") if moment else ""
