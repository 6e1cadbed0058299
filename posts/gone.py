"""What was public and is here no longer: its address answers 410 and says so, and not a word of what it said."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from posts.dating import byline_date, byline_iso
from posts.life import State
from posts.models import Post

ENDED = {
    State.WITHDRAWN: _("It was withdrawn on %(date)s."),
    State.REMOVED: _("It was taken down on %(date)s."),
    State.TRASH: _("It was taken from the site on %(date)s."),
}


class Gone(Exception):
    """Raised where readers had a post that is gone. It knows why, unless that is deleted for good."""

    def __init__(self, post: Post | None = None) -> None:
        self.post = post


def tells_gone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer with the page that says so where what a view looks for is gone."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            return view(request, **address)
        except Gone as gone:
            return _say(request, gone.post)

    return wrapped


def _ended(post: Post) -> str:
    """Return what became of it, and when; "" where its row does not say so."""
    words = ENDED.get(State(post.state))
    if words is None or post.ended_at is None:
        return ""
    date = f'<time datetime="{byline_iso(post.ended_at)}">{byline_date(post.ended_at)}</time>'
    return SafeString(words % {"date": date})


def _say(request: HttpRequest, post: Post | None) -> HttpResponse:
    context: dict[str, Any] = {}
    if post is not None:
        context = {"ended": _ended(post), "reason": post.get_reason_display()}
    response = render(request, "posts/gone.html", context, status=410)
    response.headers["X-Robots-Tag"] = "noindex"
    # It may come back: who keeps this page asks before showing it.
    patch_cache_control(response, no_cache=True)
    return response
