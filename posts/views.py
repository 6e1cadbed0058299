"""The public pages: find, ask, render."""

from typing import Any, TypeGuard

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.http import require_safe

from posts import calendars, listing, outlets, structured
from posts.addressing import page_url, post_url, preview_url
from posts.dating import byline_date
from posts.finding import (
    Found,
    find_category,
    find_corrections,
    find_home,
    find_period,
    find_source,
    find_tag,
    for_readers,
    lead_to,
    post_at,
)
from posts.gone import tells_gone
from posts.indexes import SourceIndex, TagIndex
from posts.life import State
from posts.models import Category, Post
from posts.neighbours import in_tags

DEEPEST_SHOWN = 4  # of the category tree, as steps to the right
DESCRIPTION_LENGTH = 200


# --- Listings


def _show(request: HttpRequest, found: Found, number: int | None, template: str, base_url: str) -> HttpResponse:
    """Show a page of what was found, or send the reader to the address where it lives."""
    if number == 1 or found.url != base_url:
        return lead_to(page_url(found.url, number or 1))
    page = found.listing.page(number or 1)
    # A name that is looked for in vain costs the most: `whole` is asked about in each article.
    context = {"found": found, "page": page, "whole": False, "feed_url": f"{found.url}feed/", **found.context}
    return render(request, template, context)


def _base_url(request: HttpRequest, number: int | None) -> str:
    """Return the address that was asked for, without the number of a further page."""
    path = request.get_full_path().partition("?")[0]
    return path if number is None else path.removesuffix(f"page/{number}/")


@require_safe
def home(request: HttpRequest, number: int | None = None) -> HttpResponse:
    return _show(request, find_home(), number, "posts/home.html", "/")


@require_safe
def tag_detail(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    return _show(request, find_tag(slug), number, "posts/tag_detail.html", _base_url(request, number))


@require_safe
def category_detail(request: HttpRequest, path: str, number: int | None = None) -> HttpResponse:
    return _show(request, find_category(path), number, "posts/category_detail.html", _base_url(request, number))


@require_safe
def source_detail(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    found = find_source(slug)
    found.context |= outlets.about(found.context["source"])
    return _show(request, found, number, "posts/source_detail.html", _base_url(request, number))


@require_safe
def archive_period(
    request: HttpRequest, year: int, month: int | None = None, day: int | None = None, number: int | None = None
) -> HttpResponse:
    found = find_period(year, month, day)
    found.context |= calendars.around(year, month, day)
    return _show(request, found, number, "posts/archive_period.html", _base_url(request, number))


@require_safe
def correction_list(request: HttpRequest, number: int | None = None) -> HttpResponse:
    found = find_corrections()
    return _show(request, found, number, "posts/correction_list.html", found.url)


# --- Indexes


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """All years and months with their counts."""
    years = calendars.years()
    return render(request, "posts/archive.html", {"years": years, "total": sum(year.count for year in years)})


@require_safe
def tag_list(request: HttpRequest) -> HttpResponse:
    """The tags by their letters; of very many one letter at a time, or those whose name has something in it."""
    index = TagIndex.asked(request.GET)
    response = render(request, "posts/tag_list.html", {"index": index})
    if index.is_part:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    tree = [c for c in Category.objects.select_related("tally").in_tree_order() if _count(c)]
    for category in tree:
        category.shown_depth = min(category.depth, DEEPEST_SHOWN)  # type: ignore[attr-defined]
    return render(request, "posts/category_list.html", {"categories": tree})


def _count(category: Category) -> int:
    return category.tally.count if hasattr(category, "tally") else 0


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """The outlets by name or by number of posts, all or those of a country or a language."""
    index = SourceIndex.asked(request.GET)
    response = render(request, "posts/source_list.html", {"index": index})
    if index.is_part:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- A post


@require_safe
@tells_gone
def post_detail(request: HttpRequest, year: int, month: int, day: int, slug: str) -> HttpResponse:
    post = post_at(year, month, day, slug)
    if (post is None or not post.is_public) and _is_for(post, request.user):
        return show_unpublished(request, post)
    post = for_readers(post)
    url = post.get_absolute_url()
    if request.get_full_path().partition("?")[0] != url:
        return lead_to(url)
    return _ask_again(_show_post(request, post))


@require_safe
def post_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft on the real page; once it has a permalink, that."""
    post = Post.objects.defer(*Post.TEXTS).filter(pk=pk).first()
    if not _is_for(post, request.user):
        raise Http404("There is no such post.")
    url = post.get_absolute_url()
    return redirect(url) if url != preview_url(pk) else show_unpublished(request, post)


def _is_for(post: Post | None, user: Any) -> TypeGuard[Post]:
    """Say whether this is somebody of the desk who sees this post: editors all of them, writers their own.

    Who asks comes first, so that the answer to others is the same whether there is such a post or not.
    """
    if not user.has_perm("posts.change_post") or post is None or not _has_something_to_show(post):
        return False
    return post.editor_id == user.pk or user.has_perm("posts.publish_post")


def _has_something_to_show(post: Post) -> bool:
    """A post that is held back is seen in the admin alone, and of one that was taken down nothing is left."""
    return not post.is_held and post.state != State.REMOVED


def show_unpublished(request: HttpRequest, post: Post, *, note: str = "") -> HttpResponse:
    """Show a post that readers do not see on the real page, and have nobody keep it.

    `note` stands above it; empty, it says that only editors see this. Raises Http404 for one that nobody may see so.
    """
    if not _has_something_to_show(post):
        raise Http404("There is no such post.")
    words = note or f"{post.status_label}: only editors see this page."
    response = _show_post(request, post, note=words, is_at_desk=not note)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _show_post(request: HttpRequest, post: Post, *, note: str = "", is_at_desk: bool = False) -> HttpResponse:
    [shown] = listing.read_posts(Post.objects.filter(pk=post.pk), whole=True)
    older, newer = post.previous_and_next()
    context = {
        "post": shown,
        "preview": post if note else None,
        "note": note,
        "is_at_desk": is_at_desk,
        "description": shown.summary(DESCRIPTION_LENGTH, DESCRIPTION_LENGTH),
        "structured": "" if note else structured.written(structured.posting(shown)),
        "older": _neighbour(older),
        "newer": _neighbour(newer),
        "in_tags": [] if note else in_tags(shown),
        "feed_url": "/feed/",
    }
    return render(request, "posts/post_detail.html", context)


def _ask_again(response: HttpResponse) -> HttpResponse:
    """What stands here may be withdrawn or move, a comment under it removed: who keeps it asks before using it."""
    patch_cache_control(response, no_cache=True)
    return response


def _neighbour(row: dict[str, Any] | None) -> dict[str, str] | None:
    if row is None:
        return None
    title = row["title"] or byline_date(row["published_at"])
    return {"title": title, "url": post_url(row["published_on"], row["slug"])}


# --- For machines


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /preview/",
        # Files that programs would fetch for nobody to read: of each list, and of each post.
        *(f"Disallow: /*{name}" for name in ("posts.csv", "posts.zip", "cite.bib", "cite.json")),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
