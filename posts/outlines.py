"""All feeds of the site as one file that feed readers take: OPML 2.0 (http://opml.org/spec2.opml)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from posts.addressing import CORRECTIONS, HOME, category_url, source_url, tag_url
from posts.dating import site_time
from posts.hooks import nested_modules
from posts.listing import whole_site
from posts.models import Category, Tag
from posts.rendering import fit
from sources.models import Source

MOST = 500  # tags, and outlets: those that are used most


@dataclass
class Outline:
    """A feed, by the address of what it is the feed of; or a folder, which has none; and what stands below it."""

    text: str
    url: str = ""
    below: list["Outline"] = field(default_factory=list)
    has_page: bool = True


@require_safe
def feeds_opml(request: HttpRequest) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        response = _written(_outlines())
    patch_cache_control(response, no_cache=True)
    response.headers["Content-Language"] = settings.LANGUAGE_CODE
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _outlines() -> Iterator[Outline]:
    yield Outline(settings.SITE_NAME, HOME)
    for module in nested_modules("outlining"):
        yield from (Outline(text, url, has_page=False) for text, url in module.feeds())
    yield Outline(_("Corrections"), CORRECTIONS)
    for name, below in (
        (_("Tags"), _most_used(Tag, "slug", tag_url)),
        (_("Categories"), _categories()),
        (_("Sources"), _most_used(Source, "slug", source_url)),
    ):
        if below:
            yield Outline(name, below=below)


def _most_used(model: Any, column: str, address: Any) -> list[Outline]:
    rows = model.objects.filter(tally__count__gt=0).order_by("-tally__count", "name_key")
    return [Outline(name, address(slug)) for name, slug in rows.values_list("name", column)[:MOST]]


def _categories() -> list[Outline]:
    """The tree, without the branches that have no post: one that has some is counted in all above it."""
    filled = set(Category.objects.filter(tally__count__gt=0).values_list("pk", flat=True))
    top = Outline("")
    line = [top]
    for category in Category.objects.in_tree_order():
        if category.pk in filled:
            outline = Outline(category.name, category_url(category.path))
            del line[category.depth + 1 :]
            line[-1].below.append(outline)
            line.append(outline)
    return top.below


def _written(outlines: Iterable[Outline]) -> HttpResponse:
    # The type that feed readers register; it is with no registry of types.
    response = HttpResponse(content_type="text/x-opml; charset=utf-8")
    xml = SimplerXMLGenerator(response, "utf-8")
    xml.startDocument()
    xml.startElement("opml", AttributesImpl({"version": "2.0"}))
    xml.startElement("head", AttributesImpl({}))
    for name, value in _head():
        xml.addQuickElement(name, value)
    xml.endElement("head")
    xml.startElement("body", AttributesImpl({}))
    for outline in outlines:
        _write(xml, outline)
    xml.endElement("body")
    xml.endElement("opml")
    xml.endDocument()
    return response


def _head() -> Iterator[tuple[str, str]]:
    yield "title", fit(_("Feeds of %(site)s") % {"site": settings.SITE_NAME})
    tally = whole_site().tally
    # Not the moment at which somebody asks: what has not changed is the same file.
    if tally and tally.last_at:
        yield "dateCreated", format_datetime(site_time(tally.last_at))
    yield "docs", "http://opml.org/spec2.opml"


def _write(xml: SimplerXMLGenerator, outline: Outline) -> None:
    xml.startElement("outline", AttributesImpl(_attributes(outline)))
    for each in outline.below:
        _write(xml, each)
    xml.endElement("outline")


def _attributes(outline: Outline) -> dict[str, str]:
    text = fit(outline.text)
    if not outline.url:
        return {"text": text, "title": text}
    url = settings.SITE_URL + outline.url
    page = {"htmlUrl": url} if outline.has_page else {}
    return {"text": text, "type": "rss", "title": text, "xmlUrl": f"{url}feed/", **page}
