"""What every template of the site may use (a builtin library, see settings)."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from html import escape

from django import template
from django.conf import settings
from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from posts.dating import byline_date, byline_iso, byline_moment, written_date
from posts.finding import RelatedTag
from posts.hooks import nested_apps
from posts.listing import ListedPost, ListingPage, Report, Shelf, Year
from posts.models import Image, Tag
from posts.pages import language_of_page, other_versions, pages_for_reader
from posts.preferences import Preferences, preferences_of
from posts.rendering import PictureFacts, render_post
from posts.speaking import content_lang, in_words_of_page, lang, lang_of, page_lang
from sources.places import own_language_name

register = template.Library()

BAR_STEP, BAR_WIDTH, BAR_HEIGHT = 16, 13, 40  # units of the drawing: pixels where there is room


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def site_languages() -> list[tuple[str, str]]:
    """Return the codes of the languages that readers can choose, with the name of each in itself."""
    return [(code, own_language_name(code)) for code, _name in settings.LANGUAGES]


@register.simple_tag
def site_url() -> str:
    return settings.SITE_URL


@register.simple_tag
def site_zone() -> str:
    """The name of the site's time zone, as it is spoken of: "Europe/London", "UTC"."""
    return settings.TIME_ZONE.replace("_", " ")


@register.simple_tag(takes_context=True)
def reader_preferences(context: Context) -> Preferences:
    return preferences_of(context.get("request"))


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> str:
    """Return the address to which a discreet reader can come back; other browsers tell it themselves (Referer).

    No other page names its own address: one that is not there must not differ from the next one.
    """
    request = context.get("request")
    if not request or request.method not in ("GET", "HEAD") or not preferences_of(request).is_discreet:
        return ""
    return request.get_full_path()


@register.simple_tag(takes_context=True)
def hook(context: Context, place: str) -> SafeString:
    """Show what nested apps put at this place of a page: their templates `<app>/_<place>.html`, if there are any."""
    parts = []
    for part in _templates_of(place, tuple(nested_apps())):
        with context.push():
            parts.append(part.render(context))
    return mark_safe("".join(parts))  # noqa: S308  templates of our own


@lru_cache
def _templates_of(place: str, app_names: tuple[str, ...]) -> tuple[Template, ...]:
    """Looked for once: on most places most apps have nothing to show, and every page has several places."""
    engine, found = Engine.get_default(), []
    for app in app_names:
        with suppress(TemplateDoesNotExist):
            found.append(engine.get_template(f"{app.rpartition('.')[2]}/_{place}.html"))
    return tuple(found)


@register.filter
def markdown(text: str) -> SafeString:
    """Render a page's text on the same road as a post's."""
    facts = Image.objects.facts_in(str(text))
    return in_words_of_page(_rendered(str(text), tuple(facts.items())))


@lru_cache(maxsize=64)
def _rendered(text: str, facts: tuple[tuple[str, PictureFacts], ...]) -> str:
    return render_post(text, pictures=dict(facts)).html


register.filter("byline_date", byline_date)
register.filter("byline_iso", byline_iso)
register.filter("byline_moment", byline_moment)
register.filter("lang", lang)
register.filter("lang_of", lang_of)
register.filter("language_of_page", language_of_page)
register.filter("other_versions", other_versions)
register.filter("as_shown", in_words_of_page)
register.simple_tag(pages_for_reader)
register.simple_tag(content_lang)
register.simple_tag(page_lang)


# Every listing has a hundred such links; written here, it takes half the time that loops in its template would.
@register.filter
def in_a_row(shelves: list[Shelf]) -> SafeString:
    """Return links with commas between."""
    return SafeString(", ".join(map(_link, shelves)))


@register.filter
def filed_at(post: ListedPost) -> SafeString:
    """Return under which categories a post stands, and since when."""
    values = {
        "categories": in_a_row(post.categories),
        "moment": f'<time datetime="{post.published_at_iso}">{escape(post.byline_moment)}</time>',
    }
    if not post.published_at:
        words = _("In %(categories)s") if post.categories else ""
    else:
        words = _("In %(categories)s on %(moment)s") if post.categories else _("On %(moment)s")
    return SafeString(words % values)


@register.filter
def source_said(post: ListedPost) -> SafeString:
    """Return from which outlet a post is; its name leads to the original where that is known."""
    name = post.source_name or ""
    linked = _outward(post.link_address, name, _hreflang(post.link_language) + lang(name))
    return SafeString(_("Source: %(source)s") % {"source": linked})


@register.filter
def outlets_in_a_row(reports: list[Report]) -> SafeString:
    """Return links to what these outlets published, with commas between."""
    return SafeString(", ".join(map(_report_link, reports)))


def _report_link(report: Report) -> SafeString:
    title = f' title="{escape(report.headline)}"' if report.headline else ""
    return _outward(report.address, report.outlet, _hreflang(report.language) + title + lang(report.outlet))


@register.filter
def described(original: Report) -> SafeString:
    """Return in a sentence what is known of an original."""
    language = f' lang="{original.language}"' if original.language else ""
    values = {
        "name": f'<cite{language} dir="auto">{_outward(original.address, original.name)}</cite>',
        "author": escape(original.byline),
        "published": written_date(original.published_on) if original.published_on else "",
        "retrieved": written_date(original.retrieved_on) if original.retrieved_on else "",
    }
    return SafeString(_described(original) % values)


def _described(original: Report) -> str:
    if original.byline and original.published_on:
        return _("The original: %(name)s by %(author)s, published on %(published)s, retrieved on %(retrieved)s.")
    if original.byline:
        return _("The original: %(name)s by %(author)s, retrieved on %(retrieved)s.")
    if original.published_on:
        return _("The original: %(name)s, published on %(published)s, retrieved on %(retrieved)s.")
    return _("The original: %(name)s, retrieved on %(retrieved)s.")


def _outward(address: str | None, words: str, attributes: str = "") -> SafeString:
    if not address:
        return SafeString(f"<span{attributes}>{escape(words)}</span>" if attributes else escape(words))
    return SafeString(
        f'<a href="{escape(address)}" rel="noopener noreferrer external"{attributes}>{escape(words)}</a>'
    )


def _hreflang(language: str | None) -> str:
    return f' hreflang="{language}"' if language else ""


@register.filter
def tagged(post: ListedPost) -> SafeString:
    """Return the list of a post's tags, if it has any."""
    if not post.tags:
        return SafeString("")
    return SafeString(f'<ul class="chips post-tags" aria-label="{_("Tags")}">{as_items(post.tags)}</ul>')


@register.filter
def as_items(shelves: list[Shelf]) -> SafeString:
    """Return links as the items of a list."""
    return SafeString("".join(f"<li>{_link(shelf)}</li>" for shelf in shelves))


@register.simple_tag
def related_as_items(tag: Tag, related: list[RelatedTag]) -> SafeString:
    """Return links to tags, and to what carries each of them and this tag too, as the items of a list."""
    words = _("%(other)s and %(name)s together")
    return SafeString(
        "".join(
            f'<li><a href="{each.url}"{lang(each.name)}>{escape(each.name)}</a> '
            f'<a class="chip-act" href="{each.together_url}" rel="nofollow"><span aria-hidden="true">+</span>'
            f'<span class="aside-words">{escape(words % {"other": tag.name, "name": each.name})}</span></a></li>'
            for each in related
        )
    )


@register.filter
def numbers_as_items(page: ListingPage) -> SafeString:
    """Return links to the pages worth one, as the items of a list, with gaps between."""
    gap = '<li><span class="pager-gap" aria-hidden="true">…</span></li>'
    words, current = _('<span class="aside-words">Page </span>%(number)s'), {page.url: ' aria-current="page"'}
    items = (
        f'<li><a href="{url}"{current.get(url, "")}>{words % {"number": number}}</a></li>' if number else gap
        for number, url in page.numbers
    )
    return SafeString("".join(items))


@register.filter
def years_as_items(page: ListingPage) -> SafeString:
    """Return links to where each year begins, as the items of a list."""
    return SafeString(
        "".join(
            f'<li><a href="{url}">{year} <span class="count">{count}</span></a></li>'
            for year, count, url in page.filled_years
        )
    )


def _link(shelf: Shelf) -> str:
    return f'<a href="{shelf.url}" rel="tag"{lang(shelf.name)}>{escape(shelf.name)}</a>'


@register.simple_tag
def histogram(years: list[Year]) -> SafeString:
    """Draw posts a year as bars."""
    if not years:
        return SafeString("")
    drawing = draw_bars(_("Posts a year"), [(str(year.year), year.count) for year in years])
    last = f"<span>{years[-1].year}</span>" if len(years) > 1 else ""
    return SafeString(
        f'<figure class="histogram">{drawing}<figcaption><span>{years[0].year}</span>{last}</figcaption></figure>'
    )


def draw_bars(what: str, bars: Sequence[tuple[str, int]], below: Sequence[int] = ()) -> SafeString:
    """Draw numbers as bars: a picture in SVG, whole numbers and nothing else, with its values in words.

    What and the names of the bars are ours: they are not escaped. `below` are numbers that count the other way, one
    for each bar.
    """
    most = max(1, *(value for _, value in bars), *below)
    drawn = "".join(
        _bar(index, value, most, f"{name}: {value}") for index, (name, value) in enumerate(bars)
    ) + "".join(
        _bar(index, value, most, f"{name}: −{value}", is_below=True)
        for index, ((name, _), value) in enumerate(zip(bars, below, strict=bool(below)))
    )  # fmt: skip
    width = (len(bars) - 1) * BAR_STEP + BAR_WIDTH
    height = BAR_HEIGHT * 2 if any(below) else BAR_HEIGHT
    minus = [f" and −{value}" if value else "" for value in below] or [""] * len(bars)
    label = ", ".join(f"{name}: {value}{less}" for (name, value), less in zip(bars, minus, strict=True))
    return SafeString(
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{what}. {label}.">{drawn}</svg>'
    )


def _bar(index: int, value: int, most: int, words: str, *, is_below: bool = False) -> str:
    # A single one still shows as a bar.
    height = max(2, round(value / most * BAR_HEIGHT)) if value else 0
    if is_below and not height:
        return ""
    top = BAR_HEIGHT if is_below else BAR_HEIGHT - height
    kind = ' class="below"' if is_below else ""
    return (
        f'<rect{kind} x="{index * BAR_STEP}" y="{top}" width="{BAR_WIDTH}" height="{height}">'
        f"<title>{words}</title></rect>"
    )
