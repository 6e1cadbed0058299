"""Our own feeds: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1. ("Feed" alone means an outlet's, which we watch.)"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import feedgenerator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from posts.addressing import CORRECTIONS
from posts.corrections import ListedCorrection
from posts.dating import written_date
from posts.finding import Found, lead_to
from posts.gone import tells_gone
from posts.listing import ListedPost, Report
from posts.rendering import fit, for_elsewhere, plain_text
from posts.speaking import in_words_of_page

LENGTH = 20
SUMMARY_LENGTH = 300


class Followed(Protocol):
    """What a feed is the feed of: a `Found`, or anything else with an address and a heading."""

    @property
    def url(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def description(self) -> str: ...


@dataclass(frozen=True)
class FeedItem:
    title: str
    url: str
    guid: str
    summary: str
    html: str
    published_at: dt.datetime | None
    updated_at: dt.datetime
    original: str | None = None
    also: list[Report] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


_OPENING_TAG = re.compile(r"<[a-z][^<>]*>")
_OWN_ADDRESS = re.compile(r'( (?:href|src|cite)=")(/(?!/))')


def absolute(html: str) -> str:
    """Return HTML made by our rendering, its addresses complete: a feed is read elsewhere."""
    completed = rf"\1{settings.SITE_URL}\2"
    return _OPENING_TAG.sub(lambda tag: _OWN_ADDRESS.sub(completed, tag[0]), for_elsewhere(html))


class _Rss(feedgenerator.Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["content"]:
            handler.addQuickElement("content:encoded", item["content"])


class _Atom(feedgenerator.Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["original"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["original"]})
        for report in item["also"]:
            attributes = {"rel": "related", "href": report.address, "title": fit(report.headline or report.outlet)}
            handler.addQuickElement("link", "", attributes)
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})


class _Json(feedgenerator.SyndicationFeed):
    """https://www.jsonfeed.org/version/1.1/"""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"]}],
            "items": [self._item(item) for item in self.items],
        }
        text = json.dumps({key: value for key, value in feed.items() if value or key == "items"}, ensure_ascii=False)
        outfile.write(text.encode(encoding))

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        fields = {
            "id": item["unique_id"],
            "url": item["link"],
            "external_url": item["original"],
            "title": item["title"],
            "content_html": item["content"],
            "summary": item["description"],
            "date_published": item["pubdate"].isoformat(),
            "date_modified": item["updateddate"].isoformat(),
            "tags": item["categories"],
        }
        # An item has content even where the post has none (1.1, "content_html or content_text must be present").
        return {key: value for key, value in fields.items() if value or key == "content_html"}


def feed_address(found: Followed, ending: str) -> str:
    """Return where a feed stands: below what it is the feed of, with the same query."""
    path, mark, query = found.url.partition("?")
    return f"{path}feed/{ending}{mark}{query}"


class RssFeed(Feed):
    """The feed of what an address names."""

    feed_type: type[feedgenerator.SyndicationFeed] = _Rss
    ending = ""
    language = settings.LANGUAGE_CODE
    author_name = settings.SITE_NAME  # RFC 4287, 4.1.1: a feed names its author

    def __init__(self, found: Followed, items: Iterable[FeedItem]) -> None:
        self.found, self.found_items = found, items

    def get_object(self, request: HttpRequest, **address: Any) -> Followed:
        return self.found

    def title(self, found: Followed) -> str:
        return found.heading if found.url == "/" else f"{found.heading} – {settings.SITE_NAME}"

    def description(self, found: Followed) -> str:
        return plain_text(escape(found.description)) or settings.SITE_NAME

    subtitle = description

    def link(self, found: Followed) -> str:
        return settings.SITE_URL + found.url

    def feed_url(self, found: Followed) -> str:
        return settings.SITE_URL + feed_address(found, self.ending)

    def feed_guid(self, found: Followed) -> str:
        return self.link(found)

    def items(self, found: Followed) -> Iterable[FeedItem]:
        return self.found_items

    def item_title(self, item: FeedItem) -> str:
        return item.title

    def item_link(self, item: FeedItem) -> str:
        return settings.SITE_URL + item.url

    def item_description(self, item: FeedItem) -> str:
        return item.summary

    def item_guid(self, item: FeedItem) -> str:
        return item.guid

    item_guid_is_permalink = False

    def item_pubdate(self, item: FeedItem) -> Any:
        return item.published_at

    def item_updateddate(self, item: FeedItem) -> Any:
        return item.updated_at

    def item_categories(self, item: FeedItem) -> list[str]:
        return item.categories

    def item_extra_kwargs(self, item: FeedItem) -> dict[str, Any]:
        return {"content": item.html, "original": item.original, "also": item.also}


class AtomFeed(RssFeed):
    feed_type = _Atom
    ending = "atom/"


class JsonFeed(RssFeed):
    feed_type = _Json
    ending = "json/"


KINDS = {"rss": RssFeed, "atom": AtomFeed, "json": JsonFeed}


def items_of_posts(found: Found) -> list[FeedItem]:
    """The very listing that the page shows."""
    return [item_of_post(post) for post in found.listing.posts(stop=LENGTH, whole=True)]


def item_of_post(post: ListedPost) -> FeedItem:
    return FeedItem(
        title=post.display_title,
        url=post.url,
        guid=post.guid,
        summary=post.summary(SUMMARY_LENGTH) or _source_line(post),
        html=absolute(in_words_of_page(post.html, has_folds=False)) + _reports_html(post),
        published_at=post.published_at,
        updated_at=post.updated_at,
        original=post.link_address,
        also=post.also,
        categories=list(dict.fromkeys(shelf.name for shelf in post.categories + post.tags)),
    )


def items_of_corrections(found: Found) -> list[FeedItem]:
    return [_item_of_correction(each) for each in found.listing.rows(0, LENGTH)]


def _item_of_correction(correction: ListedCorrection) -> FeedItem:
    post = f'<a href="{settings.SITE_URL}{correction.url}">{escape(correction.title)}</a>'
    return FeedItem(
        title=_("Correction: %(title)s") % {"title": correction.title},
        url=correction.url,
        guid=f"{settings.SITE_URL}{CORRECTIONS}#{correction.pk}",
        summary=plain_text(correction.html, SUMMARY_LENGTH),
        html=in_words_of_page(f"{correction.html}\n<p>{_('In: %(post)s') % {'post': post}}</p>"),
        published_at=correction.made_at,
        updated_at=correction.made_at,
    )


def feed_view[F: Followed](
    kind: type[RssFeed], find: Callable[..., F], items: Callable[[F], Iterable[FeedItem]]
) -> Callable[..., HttpResponse]:
    """Return the view of a kind of feed; an alias in the address leads to the feed's own one, as on the page."""

    @require_safe
    @tells_gone
    def show_feed(request: HttpRequest, **address: Any) -> HttpResponse:
        # Whoever asks: a feed is one for all.
        with override(settings.LANGUAGE_CODE):
            return _feed(request, find(**address))

    def _feed(request: HttpRequest, found: F) -> HttpResponse:
        own_path = feed_address(found, kind.ending)
        if request.get_full_path().partition("?")[0] != own_path:
            return lead_to(own_path)
        response = kind(found, items(found))(request)
        # The newest item's date goes back when that item is withdrawn: who asks by date would keep it. ETag is right.
        del response.headers["Last-Modified"]
        response.headers["Content-Language"] = settings.LANGUAGE_CODE
        return response

    return show_feed


def feed_addresses[F: Followed](
    address: str, find: Callable[..., F], name: str, items: Callable[[F], Iterable[FeedItem]]
) -> list[URLPattern]:
    """Return the addresses of the three feeds of what lives at this address."""
    return [
        path(f"{address}feed/{kind.ending}", feed_view(kind, find, items), name=f"{name}-{word}")
        for word, kind in KINDS.items()
    ]


def _source_line(item: ListedPost) -> str:
    return _("Source: %(source)s") % {"source": item.source_name} if item.source_name else ""


def _reports_html(item: ListedPost) -> str:
    """What others published, apart from our text: where it comes from, what that says of itself, who else has it."""
    if item.original is None:
        lines = []
    elif item.original.is_described:
        lines = [_("Source: %(source)s") % {"source": _outlet(item.original)}, _described(item.original)]
    else:
        lines = [_("Source: %(source)s") % {"source": _outlet(item.original)}]
    if item.also:
        lines.append(_("Also reported by: %(outlets)s") % {"outlets": ", ".join(map(_outlet, item.also))})
    return "".join(f"\n<p>{fit(line)}</p>" for line in lines)


def _outlet(report: Report) -> str:
    return _linked(report, escape(report.outlet))


def _linked(report: Report, words: str) -> str:
    return f'<a href="{escape(report.address)}" rel="noopener noreferrer">{words}</a>' if report.address else words


def _described(report: Report) -> str:
    language = f' lang="{report.language}"' if report.language else ""
    values = {
        "name": f"<cite{language}>{_linked(report, escape(report.name))}</cite>",
        "author": escape(report.byline),
        "published": written_date(report.published_on) if report.published_on else "",
    }
    if report.byline and report.published_on:
        return _("The original: %(name)s by %(author)s, published on %(published)s.") % values
    if report.byline:
        return _("The original: %(name)s by %(author)s.") % values
    if report.published_on:
        return _("The original: %(name)s, published on %(published)s.") % values
    return _("The original: %(name)s.") % values
