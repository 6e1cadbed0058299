"""oEmbed 1.0: what other sites show where somebody puts the address of a post (https://oembed.com)."""

import re
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from posts.addressing import HOME
from posts.cards import card_of_post
from posts.dating import byline_date
from posts.finding import find_post
from posts.gone import Gone
from posts.listing import ListedPost, read_posts
from posts.models import Post
from posts.rendering import fit
from sources.hosts import ascii_host

ADDRESS = "/oembed/"
WIDTH, HEIGHT = 600, 240  # pixels that the quotation takes where nobody asks for less
SUMMARY_LENGTH = 200
CACHE_AGE = 60 * 60  # seconds: what is withdrawn is not to be shown elsewhere for long
FORMATS = ("json", "xml")
PORTS = {"http": 80, "https": 443}
_PIXELS = re.compile(r"0*[1-9]\d{0,8}", re.ASCII)


class Refused(Exception):
    """Nothing can be answered: the status, and why in a sentence."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        self.status, self.title, self.detail = status, title, detail


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        try:
            response = _answer(request)
        except Refused as refused:
            response = _refuse(refused)
    # Scripts of other sites may read it: it says nothing that is not on the public page, and no cookie changes it.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    return response


def discovery(post: ListedPost) -> list[tuple[str, str]]:
    """Return the types and the addresses by which a post's page says that it can be had so."""
    url = quote(settings.SITE_URL + post.url, safe="")
    types = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
    return [(kind, f"{settings.SITE_URL}{ADDRESS}?url={url}&format={name}") for name, kind in types.items()]


def _answer(request: HttpRequest) -> HttpResponse:
    format_asked = request.GET.get("format") or "json"
    url = request.GET.get("url", "").strip()
    if not url:
        raise Refused(400, "No address", "Say which post is meant: its address as the parameter “url”.")
    if format_asked not in FORMATS:
        raise Refused(501, "Unknown format", "This can be had as “json” and as “xml”.")
    most = [_pixels(request, name) for name in ("maxwidth", "maxheight")]
    fields = _describe(_find(url), *most)
    response = JsonResponse(fields) if format_asked == "json" else _as_xml(fields)
    patch_cache_control(response, public=True, max_age=CACHE_AGE // 12)
    return response


def _pixels(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "").strip()
    if given and not _PIXELS.fullmatch(given):
        raise Refused(400, "No number of pixels", f"“{name}” is a whole number of pixels, such as 600.")
    return int(given) if given else None


def _find(url: str) -> ListedPost:
    """Find the public post at this address of ours, or at one that it once had."""
    unknown = Refused(404, "No such post", "There is no public post of this site at that address.")
    path = _own_path(url)
    if path is None:
        raise unknown
    try:
        match = resolve(path if path.endswith("/") else f"{path}/")
        if match.view_name != "posts:post-detail":
            raise unknown
        post = find_post(**match.kwargs)
    # Of a post that is not public nothing is told, not even that it was.
    except (Resolver404, Http404, Gone):
        raise unknown from None
    [listed] = read_posts(Post.objects.filter(pk=post.pk), whole=True)
    return listed


def _own_path(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = ascii_host(parts.hostname or ""), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    own = urlsplit(settings.SITE_URL)
    # Either scheme; a port that is written has to be the site's, or the one that its scheme has anyway.
    ports = {own.port} if own.port else set(PORTS.values())
    return unquote(parts.path) if host == own.hostname and port in ports else None


def _describe(post: ListedPost, most_width: int | None, most_height: int | None) -> dict[str, Any]:
    card = card_of_post(post)
    fields: dict[str, Any] = {
        "type": "rich",
        "version": "1.0",
        "title": fit(post.display_title),
        "author_name": fit(post.source_name or settings.SITE_NAME),
        "author_url": settings.SITE_URL + (post.source_url or HOME),
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.SITE_URL + HOME,
        "cache_age": CACHE_AGE,
        "html": _quotation(post),
        "width": min(WIDTH, most_width or WIDTH),
        "height": min(HEIGHT, most_height or HEIGHT),
    }
    # A picture that is larger than was asked for may not be named (2.3.4).
    if card.width <= (most_width or card.width) and card.height <= (most_height or card.height):
        fields |= {"thumbnail_url": card.url, "thumbnail_width": card.width, "thumbnail_height": card.height}
    return fields


def _quotation(post: ListedPost) -> str:
    """Return the post as others may quote it: text and one link, nothing that runs."""
    url = escape(settings.SITE_URL + post.url)
    summary = post.summary(SUMMARY_LENGTH, SUMMARY_LENGTH)
    said = f'<p dir="auto">{escape(summary)}</p>' if summary else ""
    last = [settings.SITE_NAME, byline_date(post.published_at) if post.published_at and post.title else ""]
    return (
        f'<blockquote cite="{url}"><p dir="auto"><a href="{url}">{escape(fit(post.display_title))}</a></p>'
        f"{said}<p>— {escape(', '.join(filter(None, last)))}</p></blockquote>"
    )


def _as_xml(fields: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(content_type="text/xml; charset=utf-8")
    xml = SimplerXMLGenerator(response, "utf-8")
    xml.startDocument()
    xml.startElement("oembed", AttributesImpl({}))
    for name, value in fields.items():
        xml.addQuickElement(name, str(value))
    xml.endElement("oembed")
    xml.endDocument()
    return response


def _refuse(refused: Refused) -> HttpResponse:
    """Say why, as RFC 9457 has it."""
    problem = {"type": "about:blank", "title": refused.title, "status": refused.status, "detail": refused.detail}
    return JsonResponse(problem, status=refused.status, content_type="application/problem+json")
