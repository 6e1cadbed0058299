"""What was typed and not saved: kept every few seconds, and whenever a form cannot be taken.

A form carries a seal, signed by this site: for whom it was made, and which post it is for. So what comes with a seal
is kept even where the session is over by then, and nobody can have anything kept under another's name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.csrf import csrf_failure as djangos_csrf_failure

from posts.models import Autosave, Post
from posts.rendering import fit

SALT = "posts.form"
SEAL_LIVES = dt.timedelta(days=14)  # as long as a session
KEPT = dt.timedelta(days=30)
MOST_CHARACTERS = 300_000  # of a whole form; the text alone has 100,000 at most
BEGUN_BY = ("title", "body", "original_address")  # a new post of which none of these is typed is not begun
NOT_TYPED = {"csrfmiddlewaretoken", "seal", "beat", "initial-seal"}


@dataclass(frozen=True)
class Sealed:
    user_id: int
    guid: str


def seal(user: Any, guid: str) -> str:
    return signing.dumps([user.pk, guid], salt=SALT)


def opened(text: str) -> Sealed | None:
    """Return what a seal says; nothing where it is not ours, or too old."""
    try:
        user_id, guid = signing.loads(text, salt=SALT, max_age=SEAL_LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Sealed(user_id, guid)


def keep(sealed: Sealed, typed: QueryDict) -> Autosave | None:
    """Keep what stands in a form; nothing is kept where it is beyond measure, or where nothing was typed."""
    fields = {
        name: [fit(value) for value in values]
        for name, values in typed.lists()
        if name not in NOT_TYPED and not name.startswith("_")
    }
    if sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        return None
    user = get_user_model().objects.filter(pk=sealed.user_id, is_active=True, is_staff=True).first()
    if user is None:
        return None
    post = Post.objects.filter(guid=sealed.guid).only("pk").first()
    if post is None and not any(value.strip() for name in BEGUN_BY for value in fields.get(name, [])):
        return None
    autosave, _ = Autosave.objects.update_or_create(
        user=user, guid=sealed.guid, defaults={"post": post, "fields": fields, "made_at": timezone.now()}
    )
    return autosave


def rescue(request: HttpRequest) -> Autosave | None:
    """Keep what a form that cannot be taken brought with it."""
    sealed = opened(request.POST.get("seal", ""))
    if sealed is None or (request.user.is_authenticated and request.user.pk != sealed.user_id):
        return None
    return keep(sealed, request.POST)


def address_of(autosave: Autosave) -> str:
    """Return the form that takes this text up again."""
    if autosave.post_id:
        return f"{reverse('admin:posts_post_change', args=[autosave.post_id])}?take={autosave.pk}"
    return f"{reverse('admin:posts_post_add')}?take={autosave.pk}"


def keep_typed(request: HttpRequest) -> str:
    """Keep what a form brought with it; return where it is offered again, or nothing where nothing was kept."""
    autosave = rescue(request)
    return address_of(autosave) if autosave else ""


def lead_back(request: HttpRequest, autosave: Autosave) -> HttpResponse:
    """Send whoever typed it to where it is offered again, by way of the login where the session is over."""
    address = address_of(autosave)
    if request.user.is_authenticated:
        return HttpResponseRedirect(address)
    return redirect_to_login(address, reverse("admin:login"))


def forget(user: Any, guid: str) -> None:
    Autosave.objects.filter(user=user, guid=guid).delete()


def tidy(at: dt.datetime) -> None:
    Autosave.objects.filter(made_at__lte=at - KEPT).delete()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what a form of the desk brought with it, whose token ended with the session."""
    autosave = rescue(request) if request.method == "POST" else None
    return lead_back(request, autosave) if autosave else djangos_csrf_failure(request, reason)
