"""What was typed and not saved: kept every few seconds, and whenever a form cannot be taken.

A form carries a seal, signed by this site: for whom it was made, which post it is for, and which of this person's
forms it is. So what comes with a seal is kept even where the session is over by then, nobody can have anything kept
under another's name, and of two tabs none takes the place of the other's text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.csrf import csrf_failure as djangos_csrf_failure

from posts.models import Autosave, Post
from posts.models.bases import new_token
from posts.rendering import fit

SALT = "posts.form"
SEAL_LIVES = dt.timedelta(days=14)  # as long as a session
KEPT = dt.timedelta(days=30)
MOST_CHARACTERS = 1_000_000  # of a whole form; the text alone has 100,000 at most
BEGUN_BY = ("title", "body", "original_address")  # a new post of which none of these is typed is not begun
NOT_TYPED = {"csrfmiddlewaretoken", "seal", "warned", "beat"}


class TooLong(ValueError):
    """What stands in the form is beyond all measure."""


@dataclass(frozen=True)
class Sealed:
    user_id: int
    guid: str  # of the post
    form: str  # which of this person's forms for it

    @property
    def key(self) -> str:
        """Under which its text is kept: `Autosave.guid`."""
        return f"{self.form}:{self.guid}"[:500]


def seal(user: Any, guid: str, form: str = "") -> str:
    return signing.dumps([user.pk, guid, form or new_token()], salt=SALT)


def opened(text: str) -> Sealed | None:
    """Return what a seal says; nothing where it is not ours, or too old."""
    try:
        user_id, guid, form = signing.loads(text, salt=SALT, max_age=SEAL_LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Sealed(user_id, guid, form)


def seal_of(autosave: Autosave, user: Any, post_guid: str) -> str:
    """Return the seal with which a form goes on with a text: what is typed there takes its place."""
    form, _, guid = autosave.guid.partition(":")
    return seal(user, post_guid if autosave.post_id else guid, form)


def keep(sealed: Sealed, typed: QueryDict) -> Autosave | None:
    """Keep what stands in a form; nothing where nothing was typed. Raises TooLong."""
    fields = {
        name: [fit(value) for value in values]
        for name, values in typed.lists()
        if name not in NOT_TYPED and not name.startswith("_")
    }
    if sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        raise TooLong
    user = get_user_model().objects.filter(pk=sealed.user_id, is_active=True, is_staff=True).first()
    if user is None:
        return None
    post = Post.objects.filter(guid=sealed.guid).only("pk").first()
    if post is None and not any(value.strip() for name in BEGUN_BY for value in fields.get(name, [])):
        return None
    autosave, _ = Autosave.objects.update_or_create(
        user=user, guid=sealed.key, defaults={"post": post, "fields": fields, "made_at": timezone.now()}
    )
    return autosave


def rescue(request: HttpRequest) -> Autosave | None:
    """Keep what a form that cannot be taken brought with it."""
    sealed = opened(request.POST.get("seal", ""))
    if sealed is None or (request.user.is_authenticated and request.user.pk != sealed.user_id):
        return None
    try:
        return keep(sealed, request.POST)
    except TooLong:
        return None


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
    messages.info(request, "Your session was over. What you typed is kept: log in, and go on with it.")
    return redirect_to_login(address, reverse("admin:login"))


def forget(sealed: Sealed | None) -> None:
    """Drop what was kept of a form that is saved by now."""
    if sealed:
        Autosave.objects.filter(user=sealed.user_id, guid=sealed.key).delete()


def tidy(at: dt.datetime) -> None:
    Autosave.objects.filter(made_at__lte=at - KEPT).delete()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what a form of the desk brought with it, whose token ended with the session."""
    autosave = rescue(request) if request.method == "POST" else None
    return lead_back(request, autosave) if autosave else djangos_csrf_failure(request, reason)
