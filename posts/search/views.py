"""The search page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from posts.listing import ListedPost, ListingPage, read_posts
from posts.models import Post
from posts.rendering import plain_text
from posts.search import searching
from posts.search.facets import Facets, facets_of
from posts.search.indexing import catch_up_for_reader
from posts.search.queries import MOST_CHARACTERS
from posts.search.snippets import Marker

MOST_PAGES = searching.MOST_SKIPPED // searching.PAGE_SIZE
ADDRESS = "/search/"


@dataclass
class Found:
    """A post on a page of results: its title and the part of its text that has the words, these marked."""

    post: ListedPost
    title: SafeString
    snippet: SafeString


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer any query; what makes no sense in it is said above the results."""
    text = " ".join(f"{request.GET.get('within', '')} {request.GET.get('q', '')}".replace("\x00", " ").split())
    order: searching.Order = "date" if request.GET.get("sort") == "date" else "relevance"
    number = _page_number(request.GET.get("page", "1"))
    catch_up_for_reader()
    sought = searching.look_up(text)
    results = searching.run(sought, order, number)
    last = min(max(1, -(-results.count // searching.PAGE_SIZE)), MOST_PAGES)
    if number > last:
        raise Http404("There is no such page.")
    context: dict[str, Any] = {
        "query": sought.query,
        "sought": sought,
        "order": order,
        "results": results,
        "found": _found(sought, results),
        "facets": _with_addresses(facets_of(sought, results.count), sought.query.text, order),
        "page": _Pages(sought.query.text, order, number, last),
        "orders": [(name, each == order, address(sought.query.text, each)) for each, name in ORDERS],
        "most_characters": MOST_CHARACTERS,
    }
    response = render(request, "search/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


ORDERS: list[tuple[searching.Order, str]] = [("relevance", "Best first"), ("date", "Newest first")]


def address(text: str, order: searching.Order, number: int = 1) -> str:
    asked = {"q": text} | ({"sort": order} if order == "date" else {}) | ({"page": str(number)} if number > 1 else {})
    return f"{ADDRESS}?{urlencode(asked)}"


def _page_number(value: str) -> int:
    if not (value.isdecimal() and value.isascii() and len(value) < 10 and int(value)):
        raise Http404("There is no such page.")
    return int(value)


def _found(sought: searching.Sought, results: searching.Results) -> list[Found]:
    """Read the posts of this page; one that went from sight a moment ago is left out."""
    order = {pk: place for place, pk in enumerate(results.ids)}
    posts = read_posts(Post.objects.published().filter(pk__in=order), whole=True)
    marker = Marker(sought.query.wanted)
    return [_one(post, marker) for post in sorted(posts, key=lambda post: order[post.id])]


def _one(post: ListedPost, marker: Marker) -> Found:
    # Of a text under a content notice no word is shown.
    text = post.summary(searching.PAGE_SIZE) if post.notice else plain_text(post.text_html)
    return Found(post, marker.marked(post.display_title), marker.snippet(text or post.excerpt))


def _with_addresses(facets: Facets, text: str, order: searching.Order) -> dict[str, Any]:
    kinds = [
        (
            kind.name,
            [(each.name, f"{each.count:,}", address(f"{text} {each.narrowing}", order)) for each in kind.values],
        )
        for kind in facets.kinds
    ]
    return {"kinds": kinds, "among": facets.among}


class _Pages(ListingPage):
    """The numbers below the results."""

    def __init__(self, text: str, order: searching.Order, number: int, last: int) -> None:
        self.text, self.order, self.number, self.last = text, order, number, last

    def url_of(self, number: int) -> str:
        return address(self.text, self.order, number)
