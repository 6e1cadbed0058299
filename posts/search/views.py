"""The search page, and the list of what somebody may be looking for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.listing import ListedPost, ListingPage, read_posts
from posts.models import Category, Post
from posts.rendering import plain_text
from posts.search import filtering, proposing, searching
from posts.search.addresses import Asked, page_number, search_query, search_url
from posts.search.examples import examples
from posts.search.facets import Facet, facets_of
from posts.search.indexing import catch_up_for_reader
from posts.search.narrowing import filter_words, narrowings
from posts.search.queries import MOST_CHARACTERS, Query, tidy
from posts.search.searching import Results, Sought
from posts.search.snippets import Marker
from posts.search.suggesting import LONGEST, is_enough, suggestions
from posts.search.widening import without_a_filter, without_a_word

MOST_PAGES = searching.MOST_SKIPPED // searching.PAGE_SIZE


@dataclass
class Found:
    """A post on a page of results: its title and the part of its text that has the words, these marked."""

    post: ListedPost
    title: SafeString
    snippet: SafeString


@dataclass
class Proposed:
    text: str
    count: int
    url: str
    pages: list[proposing.NamePage]
    parts: list[str]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer any query; what makes no sense in it is said above the results."""
    asked = Asked.by(request).but(number=page_number(request))
    catch_up_for_reader()
    sought = searching.look_up(asked.text, asked.within)
    results = searching.run(sought, asked.order, asked.number)
    last = min(max(1, -(-results.count // searching.PAGE_SIZE)), MOST_PAGES)
    if asked.number > last:
        raise Http404("There is no such page.")
    response = render(request, "search/search.html", _context(asked, sought, results, last))
    response["X-Robots-Tag"] = "noindex"
    return response


def _context(asked: Asked, sought: Sought, results: Results, last: int) -> dict[str, Any]:
    facets = facets_of(sought, results)
    proposed = _proposed(asked, sought, results.count)
    return {
        "query": sought.query,
        "asked": asked,
        "sought": sought,
        "results": results,
        "found": _found(sought, results),
        "called": proposing.pages_called(sought),
        "proposed": proposed,
        "wider": [] if results.count or sought.query.is_costly else _wider(asked, sought, proposed),
        "chosen": list(_chosen(asked, sought)),
        "frame": list(_frame(sought)),
        "leaving_url": search_url(asked.but(within="")),
        "facets": [_linked(asked, sought.query, facet) for facet in facets.kinds],
        "among": facets.among,
        "examples": list(examples(asked, facets)),
        "page": Pages(asked, last),
        "orders": _orders(asked),
        "most_characters": MOST_CHARACTERS,
        "feeds": _feeds(asked, sought),
        "download_url": "" if sought.is_empty else "/search/posts",
        "download_query": search_query(Asked(asked.text, asked.within)),
    }


# --- What was found


def _found(sought: Sought, results: Results) -> list[Found]:
    """Read the posts of this page; one that went from sight a moment ago is left out."""
    order = {pk: place for place, pk in enumerate(results.ids)}
    posts = read_posts(Post.objects.published().filter(pk__in=order), whole=True)
    marker = Marker(sought.query.wanted)
    return [_one(post, marker) for post in sorted(posts, key=lambda post: order[post.id])]


def _one(post: ListedPost, marker: Marker) -> Found:
    # Of a text under a content notice no word is shown.
    text = post.summary(searching.PAGE_SIZE) if post.notice else plain_text(post.text_html)
    return Found(post, marker.marked(post.display_title), marker.snippet(text or post.excerpt))


class Pages(ListingPage):
    """The numbers below the results."""

    def __init__(self, asked: Asked, last: int) -> None:
        self.asked, self.number, self.last = asked, asked.number, last

    def url_of(self, number: int) -> str:
        return search_url(self.asked.but(number=number))


# --- What else can be done with it


def _orders(asked: Asked) -> list[tuple[str, bool, str]]:
    names: list[tuple[searching.Order, str]] = [("relevance", _("Best first")), ("date", _("Newest first"))]
    return [(name, each == asked.order, search_url(asked.but(order=each))) for each, name in names]


def _feeds(asked: Asked, sought: Sought) -> list[tuple[str, str, str]]:
    if sought.is_empty:
        return []
    query = search_query(Asked(asked.text, asked.within))
    kinds = (("RSS", "", "rss+xml"), ("Atom", "atom/", "atom+xml"), ("JSON", "json/", "feed+json"))
    return [(name, f"/search/feed/{ending}?{query}", f"application/{kind}") for name, ending, kind in kinds]


def _proposed(asked: Asked, sought: Sought, count: int) -> list[Proposed]:
    is_year = filtering.YEARS.fullmatch(sought.query.text)
    if sought.query.is_costly or (count >= proposing.FEW and not (sought.unknown or is_year)):
        return []
    return [
        Proposed(each.text, each.count, search_url(asked.but(text=each.text)), each.pages, each.parts)
        for each in proposing.proposals(sought, count)
    ]


def _wider(asked: Asked, sought: Sought, proposed: list[Proposed]) -> list[tuple[str, int, str]]:
    """Return what may be left out of a search that finds nothing, how much is found then, and where.

    Of words only where none was put right: who mistyped one wants that one.
    """
    found = without_a_filter(sought) + ([] if proposed else without_a_word(sought))
    return [(each.left_out, each.count, search_url(asked.but(text=each.text))) for each in found]


# --- What it is narrowed to, and what it can be narrowed to


@dataclass
class Chosen:
    """A filter that is there already, and the address of the search without it."""

    words: str
    url: str


def _chosen(asked: Asked, sought: Sought) -> Iterator[Chosen]:
    for each in narrowings(sought):
        yield Chosen(each.words, search_url(asked.but(text=sought.query.without(*each.places))))


@dataclass
class Frame:
    """What the search stays within."""

    words: str
    url: str  # its page, if it has one


def _frame(sought: Sought) -> Iterator[Frame]:
    for each, row in sought.named_within:
        url = "" if row is None else proposing.row_url(each.field, row.path if isinstance(row, Category) else row.slug)
        yield Frame(filter_words(each, row), url)


def _linked(asked: Asked, query: Query, facet: Facet) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the facet's name, and of each value name, count and the address of the search narrowed to it, if any."""
    text = query.without(*(place for _name, place in query.dates)) if facet.is_time else query.text
    return facet.name, [
        (
            each.name,
            f"{each.count:,}",
            "" if each.is_on_all else search_url(asked.but(text=f"{text} {each.narrowing}".strip())),
        )
        for each in facet.values
    ]


# --- Suggestions


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer what begins like this, as a page or, to who accepts nothing but JSON or prefers it, as that."""
    text = tidy(request.GET.get("q", ""))[:LONGEST]
    catch_up_for_reader()
    found = suggestions(text)
    if _wants_json(request):
        shown = [{"kind": each.kind_name, "name": each.name, "url": each.url, "count": each.count} for each in found]
        response: HttpResponse = JsonResponse({"query": text, "suggestions": shown})
    else:
        context = {"text": text, "suggestions": found, "is_enough": is_enough(text), "longest": LONGEST}
        response = render(request, "search/suggest.html", context)
    # What somebody began to type is kept nowhere, not even in the browser.
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Accept"])
    response["X-Robots-Tag"] = "noindex"
    return response


def _wants_json(request: HttpRequest) -> bool:
    try:
        return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    except ValueError:  # Django reads no type of more than ten thousand characters
        return False
