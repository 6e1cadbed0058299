"""Where readers can ask to be told, on the pages of posts; and at the desk, how many follow some tags."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from posts.listing import ListedPost
from posts.models import Tag
from posts.subscriptions import counting
from posts.subscriptions.models import Frequency
from posts.subscriptions.scopes import WHOLE_SITE

register = template.Library()

FOLLOWED = {"/tag/": "Tag", "/category/": "Category", "/source/": "Outlet"}


@register.simple_tag(takes_context=True)
def follow_listing(context: dict[str, Any]) -> SafeString:
    """The box beside a listing, set to that listing; beside one that cannot be followed, to the whole site."""
    found, url = context["found"], context["found"].url
    if tags := found.context.get("tags"):
        # Several tags together are followed one by one.
        choices = [(tag.get_absolute_url(), f"Tag: {tag.name}") for tag in tags]
    else:
        choices = [(url, f"{kind}: {_name(found)}") for start, kind in FOLLOWED.items() if url.startswith(start)]
    return _box(context, choices)


@register.simple_tag(takes_context=True)
def follow_post(context: dict[str, Any], post: ListedPost) -> SafeString:
    """The box under a post: its tags, its categories, its outlet, or all."""
    choices = [(shelf.url, f"Tag: {shelf.name}") for shelf in post.tags]
    choices += [(shelf.url, f"Category: {shelf.name}") for shelf in post.categories]
    choices += [(post.source_url, f"Outlet: {post.source_name}")] if post.source_name else []
    return _box(context, choices)


def _name(found: Any) -> str:
    """The name of the tag, the category or the outlet whose listing this is."""
    return next(str(found.context[kind]) for kind in ("tag", "category", "source") if kind in found.context)


def _box(context: dict[str, Any], choices: list[tuple[str, str]]) -> SafeString:
    return _rendered((*choices, (WHOLE_SITE.url, "All posts")), context["request"].path)


@lru_cache(maxsize=1000)
def _rendered(choices: tuple[tuple[str, str], ...], page: str) -> SafeString:
    """The same for everybody who reads that page, and so rendered once."""
    box = {"choices": choices, "page": page, "frequencies": Frequency.choices}
    return render_to_string("subscriptions/_follow.html", box)


@register.simple_tag
def tag_followers(tags: Sequence[Tag]) -> counting.Followers:
    return counting.count_followers(tags)
