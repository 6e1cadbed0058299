"""What every template of the site may use (a builtin library, see settings)."""

from functools import lru_cache
from html import escape

from django import template
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils.safestring import SafeString, mark_safe

from posts.dating import byline_date, byline_moment
from posts.hooks import nested_apps
from posts.listing import Shelf, Year
from posts.rendering import render_post

register = template.Library()

BAR_STEP, BAR_WIDTH, BAR_HEIGHT = 16, 13, 40  # units of the drawing: pixels where there is room


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def site_url() -> str:
    return settings.SITE_URL


@register.simple_tag
def site_zone() -> str:
    """The name of the site's time zone, as it is spoken of: "Europe/London", "UTC"."""
    return settings.TIME_ZONE.replace("_", " ")


@register.simple_tag
def site_pages() -> list[tuple[str, str]]:
    """Return the address and the title of each page that editors wrote."""
    pages = FlatPage.objects.filter(sites=settings.SITE_ID).order_by("url")
    return list(pages.values_list("url", "title"))


@register.simple_tag(takes_context=True)
def hook(context: Context, place: str) -> SafeString:
    """Show what nested apps put at this place of a page: their templates `<app>/_<place>.html`, if there are any."""
    parts = []
    for app in nested_apps():
        try:
            template = Engine.get_default().get_template(f"{app.rpartition('.')[2]}/_{place}.html")
        except TemplateDoesNotExist:
            continue
        with context.push():
            parts.append(template.render(context))
    return mark_safe("".join(parts))  # noqa: S308  templates of our own


@register.filter
def markdown(text: str) -> SafeString:
    """Render a page's text on the same road as a post's."""
    return mark_safe(_rendered(str(text)))  # noqa: S308  sanitised by posts.rendering


@lru_cache(maxsize=64)
def _rendered(text: str) -> str:
    return render_post(text).html


register.filter("byline_date", byline_date)
register.filter("byline_moment", byline_moment)


# Every article has two such lists; written here, a listing takes half the time that loops in its template would.
@register.filter
def in_a_row(shelves: list[Shelf]) -> SafeString:
    """Return links with commas between."""
    return SafeString(", ".join(map(_link, shelves)))


@register.filter
def as_items(shelves: list[Shelf]) -> SafeString:
    """Return links as the items of a list."""
    return SafeString("".join(f"<li>{_link(shelf)}</li>" for shelf in shelves))


def _link(shelf: Shelf) -> str:
    return f'<a href="{shelf.url}" rel="tag">{escape(shelf.name)}</a>'


@register.simple_tag
def histogram(years: list[Year]) -> SafeString:
    """Draw posts a year as bars: a picture in SVG, whole numbers and nothing else, with its values in words."""
    if not years:
        return SafeString("")
    most = max(year.count for year in years)
    bars = "".join(
        f'<rect x="{index * BAR_STEP}" y="{BAR_HEIGHT - height}" width="{BAR_WIDTH}" height="{height}">'
        f"<title>{year.year}: {year.count}</title></rect>"
        for index, year in enumerate(years)
        # A year with a single post still shows as a bar.
        for height in [max(2, round(year.count / most * BAR_HEIGHT)) if year.count else 0]
    )
    width = (len(years) - 1) * BAR_STEP + BAR_WIDTH
    label = ", ".join(f"{year.year}: {year.count}" for year in years)
    last = f"<span>{years[-1].year}</span>" if len(years) > 1 else ""
    return SafeString(
        f'<figure class="histogram"><svg viewBox="0 0 {width} {BAR_HEIGHT}" width="{width}" height="{BAR_HEIGHT}" '
        f'role="img" aria-label="Posts a year. {label}.">{bars}</svg>'
        f"<figcaption><span>{years[0].year}</span>{last}</figcaption></figure>"
    )
