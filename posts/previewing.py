"""A post before it is public, for whoever was given a link to it."""

import datetime as dt

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.answering import said
from posts.dating import byline_moment
from posts.life import UNPUBLISHED, State
from posts.models import Post, PreviewLink
from posts.views import show_unpublished

KEPT = dt.timedelta(days=30)  # after a link has ended


def is_previewable(post: Post) -> bool:
    """Say whether somebody outside may see it: it is on its way to its readers, and nobody holds it back."""
    return post.state in (*UNPUBLISHED, State.PUBLISHED) and not post.is_held and not post.is_public


@require_safe
def shared_preview(request: HttpRequest, token: str) -> HttpResponse:
    """The real page, or the permalink once there is one. Why a link leads nowhere is nobody's business."""
    # 128 bits by chance, found by an index: an answer's time tells nothing that could be guessed at step by step.
    link = PreviewLink.objects.open().select_related("post__link").filter(token=token).first()
    response = _answer(request, link)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request: HttpRequest, link: PreviewLink | None) -> HttpResponse:
    if link and link.post.is_public:
        return redirect(link.post)
    if link and is_previewable(link.post):
        note = _("Preview, not published; this link ends on %(moment)s.") % {"moment": byline_moment(link.expires_at)}
        return show_unpublished(request, link.post, note=note)
    words = _("It may have ended, or be mistyped. Ask whoever gave it to you for another one.")
    return said(request, _("This link does not lead anywhere"), words, 404)


def tidy(at: dt.datetime) -> None:
    ended = at - KEPT
    PreviewLink.objects.filter(Q(expires_at__lte=ended) | Q(revoked_at__lte=ended)).delete()
