"""Where readers can ask to be told, on the pages of posts."""

from typing import Any

from django import template

from posts.listing import ListedPost
from posts.subscriptions.models import Frequency
from posts.subscriptions.scopes import WHOLE_SITE

register = template.Library()

FOLLOWED = ("/tag/", "/category/", "/source/")


@register.inclusion_tag("subscriptions/_follow.html", takes_context=True)
def follow_listing(context: dict[str, Any]) -> dict[str, Any]:
    """The box beside a listing, set to that listing; beside one that cannot be followed, to the whole site."""
    found, url = context["found"], context["found"].url
    if tags := found.context.get("tags"):
        # Several tags together are followed one by one.
        choices = [(tag.get_absolute_url(), f"Posts tagged ‘{tag.name}’") for tag in tags]
    elif url.startswith(FOLLOWED):
        choices = [(url, found.heading)]
    else:
        choices = []
    return _box(context, choices)


@register.inclusion_tag("subscriptions/_follow.html", takes_context=True)
def follow_post(context: dict[str, Any], post: ListedPost) -> dict[str, Any]:
    """The box under a post: its tags, its categories, its outlet, or all."""
    choices = [(shelf.url, f"Posts tagged ‘{shelf.name}’") for shelf in post.tags]
    choices += [(shelf.url, f"Posts in {shelf.name}") for shelf in post.categories]
    choices += [(post.source_url, f"Posts from {post.source_name}")] if post.source_name else []
    return _box(context, choices)


def _box(context: dict[str, Any], choices: list[tuple[str, str]]) -> dict[str, Any]:
    everything = (WHOLE_SITE.url, "All posts")
    return {"choices": [*choices, everything], "page": context["request"].path, "frequencies": Frequency.choices}
