"""How to cite a post, on its page."""

from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from posts.dating import site_date
from posts.listing import ListedPost
from posts.referencing import bibtex, prose
from posts.referencing.references import of_original, of_post, references_of

register = template.Library()


@register.simple_tag
def cited(post: ListedPost) -> SafeString:
    """Return the sentence; each part has a direction of its own."""
    today = site_date(timezone.now())
    return SafeString(prose.cited(post, today, mark=lambda text: f"<bdi>{escape(text)}</bdi>"))


@register.simple_tag
def as_bibtex(post: ListedPost) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return bibtex.written(references_of(post, site_date(timezone.now())))


@register.simple_tag
def described(post: ListedPost) -> dict[str, Any]:
    """Return what reference managers read in the head of a page."""
    with translation.override(settings.LANGUAGE_CODE):
        return {"post": of_post(post, site_date(timezone.now())), "original": of_original(post)}
