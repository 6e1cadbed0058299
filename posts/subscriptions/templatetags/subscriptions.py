"""Where readers can ask to be told, on the pages of posts; and at the desk, how many follow some tags."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from posts.listing import ListedPost
from posts.models import Tag
from posts.speaking import page_language
from posts.subscriptions import counting
from posts.subscriptions.mailing import neutral_names
from posts.subscriptions.models import Frequency
from posts.subscriptions.scopes import WHOLE_SITE

register = template.Library()


@register.simple_tag
def neutral_letter() -> dict[str, SafeString]:
    """From whom discreet letters come and what they are called, marked where that is not in the page's language."""
    marks = "" if page_language() == settings.LANGUAGE_CODE else f' lang="{settings.LANGUAGE_CODE}"'
    return {name: SafeString(f"<bdi{marks}>{escape(words)}</bdi>") for name, words in neutral_names().items()}


@register.simple_tag(takes_context=True)
def follow_listing(context: dict[str, Any]) -> SafeString:
    """The box beside a listing, set to that listing; beside one that cannot be followed, to the whole site."""
    found, url = context["found"], context["found"].url
    if tags := found.context.get("tags"):
        # Several tags together are followed one by one.
        choices = [(tag.get_absolute_url(), _choice("tag", tag.name)) for tag in tags]
    else:
        kinds = ("tag", "category", "source")
        choices = [(url, _choice(kind, _name(found))) for kind in kinds if url.startswith(f"/{kind}/")]
    return _box(context, choices)


@register.simple_tag(takes_context=True)
def follow_post(context: dict[str, Any], post: ListedPost) -> SafeString:
    """The box under a post: its tags, its categories, its outlet, or all."""
    choices = [(shelf.url, _choice("tag", shelf.name)) for shelf in post.tags]
    choices += [(shelf.url, _choice("category", shelf.name)) for shelf in post.categories]
    choices += [(post.source_url, _choice("source", post.source_name))] if post.source_name else []
    return _box(context, choices)


def _choice(kind: str, name: str) -> str:
    words = {"tag": _("Tag: %(name)s"), "category": _("Category: %(name)s"), "source": _("Outlet: %(name)s")}
    return words[kind] % {"name": name}


def _name(found: Any) -> str:
    """The name of the tag, the category or the outlet whose listing this is."""
    return next(str(found.context[kind]) for kind in ("tag", "category", "source") if kind in found.context)


def _box(context: dict[str, Any], choices: list[tuple[str, str]]) -> SafeString:
    return _rendered((*choices, (WHOLE_SITE.url, _("All posts"))), context["request"].path, get_language())


@lru_cache(maxsize=1000)
def _rendered(choices: tuple[tuple[str, str], ...], page: str, language: str) -> SafeString:
    """The same for everybody who reads that page in that language, and so rendered once."""
    box = {"choices": choices, "page": page, "frequencies": Frequency.choices}
    return render_to_string("subscriptions/_follow.html", box)


@register.simple_tag
def tag_followers(tags: Sequence[Tag]) -> counting.Followers:
    return counting.count_followers(tags)
