"""The sitemap: an index of sections, and in them only what readers see (sitemaps.org 0.9)."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from posts.addressing import CORRECTIONS, category_url, post_url, source_url, tag_url
from posts.hooks import nested_modules
from posts.models import Category, Post, Tag
from posts.pages import addresses_for_readers
from sources.models import Source


class _Section(Sitemap):
    protocol = urlsplit(settings.SITE_URL).scheme
    limit = 10_000

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


def sitemap_index(request: HttpRequest) -> TemplateResponse:
    """Django's index, its addresses those of SITE_URL and not of the row in the table of sites."""
    response = views.index(request, SITEMAPS, sitemap_url_name="posts:sitemap")
    for item in (response.context_data or {})["sitemaps"]:
        parts = urlsplit(item.location)
        item.location = f"{settings.SITE_URL}{parts.path}{'?' if parts.query else ''}{parts.query}"
    return response


def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    response = views.sitemap(request, SITEMAPS, section=section)
    # As in the feeds: the newest date goes back when something is withdrawn.
    response.headers.pop("Last-Modified", None)
    return response


class PostSitemap(_Section):
    def items(self) -> QuerySet[Any]:
        return Post.objects.published().newest_first().values("published_on", "slug", "updated_at")

    def location(self, item: dict[str, Any]) -> str:
        return post_url(item["published_on"], item["slug"])

    def lastmod(self, item: dict[str, Any]) -> dt.datetime:
        return item["updated_at"]

    def get_latest_lastmod(self) -> dt.datetime | None:
        """What the index says; Django would read every row for it."""
        return Post.objects.published().aggregate(latest=Max("updated_at"))["latest"]


class _ShelfSitemap(_Section):
    """The listings that have something in them; `lastmod` is when the newest post appeared there."""

    def __init__(self, model: Any, column: str, address: Any) -> None:
        self.model, self.column, self.address = model, column, address

    def items(self) -> QuerySet[Any]:
        rows = self.model.objects.filter(tally__count__gt=0).order_by("pk")
        return rows.values(self.column, "tally__last_at")

    def location(self, item: dict[str, Any]) -> str:
        return self.address(item[self.column])

    def lastmod(self, item: dict[str, Any]) -> dt.datetime:
        return item["tally__last_at"]

    def get_latest_lastmod(self) -> dt.datetime | None:
        return self.items().aggregate(latest=Max("tally__last_at"))["latest"]


class PageSitemap(_Section):
    def items(self) -> list[str]:
        indexes = ["/", "/archive/", "/tag/", "/category/", "/source/", CORRECTIONS]
        nested = [address for module in nested_modules("sitemaps") for address in module.ADDRESSES]
        return list(dict.fromkeys([*indexes, *nested, *addresses_for_readers()]))

    def location(self, item: str) -> str:
        return item


SITEMAPS: dict[str, Any] = {
    "posts": PostSitemap,
    "tags": _ShelfSitemap(Tag, "slug", tag_url),
    "categories": _ShelfSitemap(Category, "path", category_url),
    "sources": _ShelfSitemap(Source, "slug", source_url),
    "pages": PageSitemap,
}
