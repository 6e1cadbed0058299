"""What was public and is here no longer: its address answers 410 and says so, and not a word of what it said."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from posts.life import State
from posts.models import Post

ENDED = {State.WITHDRAWN: "withdrawn", State.REMOVED: "taken down", State.TRASH: "taken from the site"}


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


def _say(request: HttpRequest, post: Post | None) -> HttpResponse:
    context: dict[str, Any] = {}
    if post is not None:
        context = {
            "ended": ENDED.get(State(post.state)),
            "ended_at": post.ended_at,
            "reason": post.get_reason_display(),
        }
    response = render(request, "posts/gone.html", context, status=410)
    response.headers["X-Robots-Tag"] = "noindex"
    # It may come back: who keeps this page asks before showing it.
    patch_cache_control(response, no_cache=True)
    return response
