"""The card of a post or a listing: what other sites show of it where somebody shares its address.

A card is drawn when it is first asked for and kept in Django's cache under the digest of all that it shows, not as a
file: the cache holds so many and no more, and what was withdrawn lies at no address of its own. The digest is its
ETag as well, so that whoever has it already costs no drawing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import PIL
from babel.core import get_global
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.encoding import iri_to_uri
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.addressing import HOME
from posts.dating import byline_date
from posts.drawing import HEIGHT, WIDTH, Words, can_shape, draw
from posts.finding import Found, find_category, find_home, find_post, find_source, find_tag, lead_to
from posts.gone import tells_gone
from posts.listing import ListedPost
from posts.models import Post
from posts.typefaces import installed

FILE = "card.png"
DRAWING = 1  # one more whenever `draw` sets the same words otherwise
KEPT = 24 * 60 * 60  # seconds in the cache
FRESH = 5 * 60  # seconds in which nobody asks again: what is withdrawn is to be gone soon
LISTINGS = ("/tag/", "/category/", "/source/")  # below these each listing has a card of its own


@dataclass(frozen=True)
class Card:
    """Where a card lies, and what it says in words."""

    url: str
    words: Words
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def alt(self) -> str:
        return " · ".join(filter(None, [self.words.notice, self.words.title, self.words.site, *self.words.details]))


def card_of_post(post: ListedPost) -> Card:
    """The card of a public post: nothing of its text, and under a content notice the word that there is one."""
    with translation.override(settings.LANGUAGE_CODE):
        return Card(f"{settings.SITE_URL}{post.url}{FILE}", _words_of(post, post.source_name or ""))


def _words_of(post: Post | ListedPost, outlet: str) -> Words:
    date = byline_date(post.published_at) if post.published_at else ""
    title = post.title.strip()
    return Words(
        title=title or date,
        site=settings.SITE_NAME,
        details=tuple(filter(None, [outlet, date if title else ""])),
        notice=_("Content notice") if post.notice else "",
    )


def card_of_listing(found: Found) -> Card:
    """The card of a listing, or the site's where it has none of its own."""
    url = found.url if found.url.startswith(LISTINGS) else HOME
    return Card(f"{settings.SITE_URL}{url}{FILE}", _words_of_listing(found.heading if url != HOME else ""))


def _words_of_listing(heading: str) -> Words:
    host = settings.SITE_URL.partition("://")[2]
    return Words(heading or settings.SITE_NAME, settings.SITE_NAME if heading else "", (host,))


def site_locale() -> str:
    """The site's language as Open Graph writes it: "en_US", "ko_KR"."""
    language = settings.LANGUAGE_CODE.partition("-")[0]
    full = get_global("likely_subtags").get(language, language)
    return f"{language}_{full.rpartition('_')[2]}" if "_" in full else language


@require_safe
@tells_gone
def post_card(request: HttpRequest, **address: Any) -> HttpResponse:
    """Found, moved, gone or missing exactly as the post."""
    post = find_post(**address)
    if moved := _elsewhere(request, post.get_absolute_url()):
        return moved
    with translation.override(settings.LANGUAGE_CODE):
        return _answer(request, _words_of(post, post.source.name if post.source else ""))


def listing_card(find: Callable[..., Found]) -> Callable[..., HttpResponse]:
    """Return the view of the cards of such listings."""

    @require_safe
    def show(request: HttpRequest, **address: Any) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            found = find(**address)
            moved = _elsewhere(request, found.url)
            return moved or _answer(request, _words_of_listing(found.heading if found.url != HOME else ""))

    return show


home_card, tag_card = listing_card(find_home), listing_card(find_tag)
category_card, source_card = listing_card(find_category), listing_card(find_source)


def _elsewhere(request: HttpRequest, url: str) -> HttpResponse | None:
    own_path = f"{url}{FILE}"
    return lead_to(own_path) if iri_to_uri(request.get_full_path().partition("?")[0]) != own_path else None


def _answer(request: HttpRequest, words: Words) -> HttpResponse:
    digest = _digest(words)
    etag = quote_etag(digest)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_drawn(words, digest), content_type="image/png")
    response.headers["ETag"] = etag
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    patch_cache_control(response, public=True, max_age=FRESH)
    return response


def _digest(words: Words) -> str:
    """Name all that the picture depends on."""
    parts = (DRAWING, PIL.__version__, can_shape(), sorted(installed()), words)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _drawn(words: Words, digest: str) -> bytes:
    picture = cache.get(f"card:{digest}")
    if picture is None:
        picture = draw(words)
        cache.set(f"card:{digest}", picture, KEPT)
    return picture
