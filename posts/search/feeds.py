"""The feed of a search: what it finds, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.listing import read_posts
from posts.models import Post
from posts.search.addresses import Asked, search_url
from posts.search.indexing import catch_up_for_reader
from posts.search.searching import ids_found, look_up
from posts.syndication import KINDS, LENGTH, RssFeed, item_of_post


@dataclass(frozen=True)
class FoundBySearch:
    url: str
    heading: str
    description: str


def feed_view(kind: type[RssFeed]) -> Callable[..., HttpResponse]:
    @require_safe
    def show_feed(request: HttpRequest) -> HttpResponse:
        # A feed is read elsewhere, by several: it speaks the site's language, whoever asks.
        with translation.override(settings.LANGUAGE_CODE):
            return _feed(request, kind)

    return show_feed


def _feed(request: HttpRequest, kind: type[RssFeed]) -> HttpResponse:
    asked = Asked.by(request)
    if look_up(asked.text, asked.within).is_empty:
        raise Http404("There is nothing to search for in this address.")
    catch_up_for_reader()
    ids = ids_found(asked.text, asked.within, most=LENGTH)
    posts = read_posts(Post.objects.published().filter(pk__in=ids), whole=True)
    words = f"{asked.text} {asked.within}".strip()
    found = FoundBySearch(
        search_url(Asked(asked.text, asked.within)),
        _("Search: %(words)s") % {"words": words},
        _("New posts that are found by “%(words)s”.") % {"words": words},
    )
    response = kind(found, [item_of_post(post) for post in posts])(request)
    # As with other feeds: who asks by date would keep what was withdrawn. ETag is right.
    del response.headers["Last-Modified"]
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def feed_addresses() -> list[URLPattern]:
    return [path(f"search/feed/{kind.ending}", feed_view(kind), name=f"feed-{word}") for word, kind in KINDS.items()]
