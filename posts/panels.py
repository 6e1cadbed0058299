"""What the first page of the desk shows of posts (see `panels.py` in posts.hooks)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.timesince import timesince, timeuntil

from posts import autosaving
from posts.dating import byline_moment, site_date, start_of
from posts.life import UNPUBLISHED, Act, State
from posts.models import Autosave, Post, PostEntry
from posts.prefilling import ClippingForm
from posts.templatetags.watch import draw_bars

ROWS = 7  # of a list
UNSAVED = 5
WEEKS = 26
COLUMNS = ("title", "state", "published_at", "review_on", "updated_at", "is_sensitive", "editor", "editor__username")
LIST = "admin/posts/_panel_list.html"

Panel = dict[str, Any]


def panels(request: HttpRequest) -> Iterator[Panel]:
    """Writers have their own drafts; those who publish see what waits for them, and what is coming and came."""
    if request.user.has_perm("posts.add_post"):
        yield _new_clipping(request)
    if request.user.has_perm("posts.change_post"):
        yield _my_drafts(request.user)
    if request.user.has_perm("posts.publish_post"):
        now = timezone.now()
        yield _in_review()
        yield from _held_back(site_date(now))
        yield _scheduled(now)
        yield _recently_published(now)
        yield _posts_a_week(now)


def _new_clipping(request: HttpRequest) -> Panel:
    form = ClippingForm(request.GET if request.GET.keys() & ClippingForm.base_fields.keys() else None)
    template = "admin/posts/_panel_clipping.html"
    return {
        "title": "New clipping",
        "order": 0,
        "url": "",
        "template": template,
        "form": form,
        "clips": form.clips(request.user),
    }


# --- Lists


def _my_drafts(user: Any) -> Panel:
    # “No address yet” says nothing new here: it is what the index holds by which they are found (see Post.Meta).
    drafts = Post.objects.filter(editor=user.pk, published_on=None, state__in=UNPUBLISHED).order_by(
        "-updated_at", "-id"
    )
    posts = _first(drafts)
    rows = [
        _row(post, f"{State(post.state).label}, last changed {_ago(post.updated_at)}", _mark(post)) for post in posts
    ]
    query = f"whose=mine&state__in={','.join(UNPUBLISHED)}"
    panel = _list("My drafts", 10, query, rows, posts, "No draft of yours.")
    return {**panel, "template": "admin/posts/_panel_drafts.html", "unsaved": _unsaved(user)}


def _unsaved(user: Any) -> list[dict[str, Any]]:
    """Return what this person typed and did not save, newest first, without reading the texts."""
    kept = Autosave.objects.filter(user=user.pk).annotate(typed=KT("fields__title__0")).order_by("-made_at")
    return [
        {
            "title": row.typed or "an untitled text",
            "moment": byline_moment(row.made_at),
            "url": autosaving.address_of(row),
        }
        for row in kept.only("post_id", "made_at")[:UNSAVED]
    ]


def _in_review() -> Panel:
    entries = PostEntry.objects.filter(post_id=OuterRef("pk"), act=Act.SUBMIT).order_by("-id")
    submitted = Coalesce(Subquery(entries.values("made_at")[:1]), "updated_at")
    waiting = Post.objects.filter(published_on=None, state=State.REVIEW).annotate(since=submitted)
    posts = _first(waiting.order_by("since", "id"))
    rows = [
        _row(post, f"{_whose(post)}, since {byline_moment(post.since)} ({_ago(post.since)})", _mark(post))
        for post in posts
    ]
    return _list("In review", 20, "status=review", rows, posts, "Nothing waits for review.")


def _held_back(today: dt.date) -> Iterator[Panel]:
    """Yield the posts that are held back; those whose day has come stand first. Nothing where there are none."""
    held = Post.objects.filter(review_on__isnull=False).exclude(state=State.TRASH).order_by("review_on", "id")
    if posts := _first(held):
        rows = [
            _row(
                post,
                f"{post.status_label}, {_whose(post)}, to be looked at on {format_date(post.review_on, 'F j, Y')}",
                "look again now" if post.review_on <= today else "",
            )
            for post in posts
        ]
        yield _list("Held back", 15 if posts[0].review_on <= today else 35, "status=held", rows, posts, "")


def _scheduled(now: dt.datetime) -> Panel:
    posts = _first(Post.objects.filter(listed_at__gt=now).order_by("listed_at", "id"))
    rows = [
        _row(post, f"{byline_moment(post.published_at)}, in {timeuntil(post.published_at, now, depth=2)}")
        for post in posts
    ]
    return _list("Scheduled", 30, "status=scheduled", rows, posts, "Nothing is scheduled.")


def _recently_published(now: dt.datetime) -> Panel:
    # Not counted: these are nearly all posts.
    posts: list[Any] = list(Post.objects.published(now).newest_first().select_related("editor").only(*COLUMNS)[:ROWS])
    rows = [_row(post, byline_moment(post.published_at)) for post in posts]
    return _list("Recently published", 40, "status=public", rows, posts, "Nothing is published yet.")


def _first(posts: QuerySet[Post]) -> list[Any]:
    """Return the first rows, each with the number of all: one query, however many there are."""
    return list(posts.select_related("editor").only(*COLUMNS).annotate(number=Window(Count("*")))[:ROWS])


def _list(title: str, order: int, query: str, rows: Sequence[Any], posts: Sequence[Any], empty: str) -> Panel:
    number = getattr(posts[0], "number", 0) if posts else 0
    url = f"{reverse('admin:posts_post_changelist')}?{query}"
    words = {"number": number if number > len(rows) else 0, "empty": empty}
    return {"title": title, "order": order, "url": url, "template": LIST, "rows": rows, **words}


def _row(post: Post, words: str, mark: str = "") -> dict[str, str]:
    return {"url": _form(post), "title": post.display_title, "words": words, "mark": mark}


def _mark(post: Post) -> str:
    return "sensitive" if post.is_sensitive else ""


def _form(post: Post) -> str:
    return reverse("admin:posts_post_change", args=[post.pk])


def _whose(post: Post) -> str:
    return f"by {post.editor.get_username()}" if post.editor else "nobody’s"


def _ago(moment: dt.datetime) -> str:
    is_now = timezone.now() - moment < dt.timedelta(minutes=1)
    return "just now" if is_now else f"{timesince(moment, depth=1)} ago"


# --- Posts a week


def _posts_a_week(now: dt.datetime) -> Panel:
    weeks = last_weeks(site_date(now))
    numbers = count_posts(weeks, now)
    names = [format_date(week, "F j") for week in weeks]
    bars = list(zip(names, numbers, strict=True))
    return {
        "title": "Posts a week",
        "order": 50,
        "url": "",
        "template": "admin/posts/_panel_weeks.html",
        "drawing": draw_bars(f"Posts a week, in the last {WEEKS} weeks, each named by its Monday", bars),
        "bars": bars[::-1],
        "total": sum(numbers),
        "weeks": WEEKS,
        "this_week": numbers[-1],
    }


def last_weeks(today: dt.date) -> list[dt.date]:
    """Return the Mondays of the last weeks, the present one last."""
    monday = today - dt.timedelta(days=today.weekday())
    return [monday - dt.timedelta(weeks=back) for back in reversed(range(WEEKS))]


def count_posts(weeks: Sequence[dt.date], now: dt.datetime) -> list[int]:
    """Return how many posts appeared in each of these weeks of the site's calendar. Reads one index."""
    bounds = [start_of(day) for day in [*weeks, weeks[-1] + dt.timedelta(weeks=1)]]
    counts = {
        f"week_{number}": Count("pk", filter=Q(listed_at__gte=start, listed_at__lt=end))
        for number, (start, end) in enumerate(pairwise(bounds))
    }
    found = Post.objects.published(now).filter(listed_at__gte=bounds[0]).aggregate(**counts)
    return [found[f"week_{number}"] for number in range(len(weeks))]
