"""The public addresses. They are WordPress's, so that the old blog's links live on; all end in a slash."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from posts import cards, choosing, finding, oembed, outlines, previewing, syndication, views
from posts.downloading.views import download_addresses
from posts.finding import Found
from posts.referencing.files import cite_addresses
from posts.sitemaps import sitemap_index, sitemap_section

app_name = "posts"


class _Number(StringConverter):
    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


class _PageNumber(_Number):
    regex = "[1-9][0-9]{0,8}"


class _Year(_Number):
    regex = "[0-9]{4}"


class _TwoDigits(_Number):
    regex = "[0-9]{2}"


class _Word(StringConverter):
    """One part of an address, in any script; what it means is found by looking."""

    regex = "[^/\\x00]+"


class _Words(StringConverter):
    regex = "[^/\\x00]+(?:/[^/\\x00]+)*"


class _Token(StringConverter):
    """What an address in a letter ends in: 22 characters, see the models that make them."""

    regex = "[A-Za-z0-9_-]{22}"


register_converter(_PageNumber, "page")
register_converter(_Token, "token")
register_converter(_Year, "yyyy")
register_converter(_TwoDigits, "dd")
register_converter(_Word, "word")
register_converter(_Words, "words")


# The address of a post; nested apps put theirs behind it.
POST = "<yyyy:year>/<dd:month>/<dd:day>/<word:slug>/"


def listing(address: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """Return the addresses of a listing and of its further pages."""
    return [path(f"{address}page/<page:number>/", view), path(address, view, name=name)]


def feeds(address: str, find: Callable[..., Found], name: str) -> list[URLPattern]:
    return syndication.feed_addresses(address, find, name, syndication.items_of_posts)


urlpatterns = [
    *download_addresses("", finding.find_home, "posts"),
    *listing("", views.home, "home"),
    *feeds("", finding.find_home, "feed"),
    *feeds("<yyyy:year>/", finding.find_period, "year-feed"),
    *download_addresses("<yyyy:year>/", finding.find_period, "year-posts"),
    *listing("<yyyy:year>/", views.archive_period, "archive-year"),
    *feeds("<yyyy:year>/<dd:month>/", finding.find_period, "month-feed"),
    *download_addresses("<yyyy:year>/<dd:month>/", finding.find_period, "month-posts"),
    *listing("<yyyy:year>/<dd:month>/", views.archive_period, "archive-month"),
    *feeds("<yyyy:year>/<dd:month>/<dd:day>/", finding.find_period, "day-feed"),
    *download_addresses("<yyyy:year>/<dd:month>/<dd:day>/", finding.find_period, "day-posts"),
    *listing("<yyyy:year>/<dd:month>/<dd:day>/", views.archive_period, "archive-day"),
    path(POST, views.post_detail, name="post-detail"),
    *cite_addresses(POST),
    path(f"{POST}card.png", cards.post_card, name="post-card"),
    path("preview/<token:token>/", previewing.shared_preview, name="shared-preview"),
    path("preview/<int:pk>/", views.post_preview, name="post-preview"),
    path("archive/", views.archive, name="archive"),
    *syndication.feed_addresses(
        "corrections/", finding.find_corrections, "correction-feed", syndication.items_of_corrections
    ),
    *listing("corrections/", views.correction_list, "correction-list"),
    path("tag/", views.tag_list, name="tag-list"),
    *feeds("tag/<word:slug>/", finding.find_tag, "tag-feed"),
    *download_addresses("tag/<word:slug>/", finding.find_tag, "tag-posts"),
    *listing("tag/<word:slug>/", views.tag_detail, "tag-detail"),
    path("category/", views.category_list, name="category-list"),
    *feeds("category/<words:path>/", finding.find_category, "category-feed"),
    *download_addresses("category/<words:path>/", finding.find_category, "category-posts"),
    *listing("category/<words:path>/", views.category_detail, "category-detail"),
    path("source/", views.source_list, name="source-list"),
    *feeds("source/<word:slug>/", finding.find_source, "source-feed"),
    *download_addresses("source/<word:slug>/", finding.find_source, "source-posts"),
    *listing("source/<word:slug>/", views.source_detail, "source-detail"),
    path("card.png", cards.home_card, name="home-card"),
    path("tag/<word:slug>/card.png", cards.tag_card, name="tag-card"),
    path("category/<words:path>/card.png", cards.category_card, name="category-card"),
    path("source/<word:slug>/card.png", cards.source_card, name="source-card"),
    path("oembed/", oembed.show, name="oembed"),
    path("feeds.opml", outlines.feeds_opml, name="feeds-opml"),
    path("sitemap.xml", sitemap_index),
    path("sitemap-<section>.xml", sitemap_section, name="sitemap"),
    path("reading/", choosing.reading, name="reading"),
    path("safety/", choosing.safety, name="safety"),
    path("robots.txt", views.robots, name="robots"),
]
