"""Forms that readers send without a cookie, and the pages that answer them.

Nothing that such a form does is done in the name of somebody who is logged in, so there is nothing that another site
could have a browser do for its own ends. A form that a browser says comes from another site is refused anyway.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import idna
from django import forms
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from posts.limiting import TooOften

logger = logging.getLogger(__name__)

EMAIL_LENGTH = 254  # RFC 5321 leaves no room for more (erratum 1690)


def form_of_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages with a form that needs no cookie: no shared cache keeps them, and no other site sends the form."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            heading, words = _("This form came from another site"), _("Nothing was sent. Open the page here.")
            return said(request, heading, words, 403)
        return view(request, **address)

    return form_from_anywhere(wrapped)


def form_from_anywhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages whose address is the secret, and whose form mailboxes send too (RFC 8058): no cache shares them."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        if request.method == "POST" and not _arrived_whole(request):
            words = _("What you sent did not arrive whole, so nothing was done. Go back, and send it again.")
            response = said(request, _("That did not arrive"), words, 400)
        else:
            response = view(request, **address)
        # Not "no-store": the browser's Back must find the page, and in it what was typed.
        patch_cache_control(response, private=True, no_cache=True)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(wrapped)


def _arrived_whole(request: HttpRequest) -> bool:
    """Say whether all of a form's body is here: a line that breaks leaves a shorter one, or none, without a fault."""
    try:
        length = len(request.body)
    except (UnreadablePostError, RequestDataTooBig):
        return False
    declared = request.META.get("CONTENT_LENGTH") or ""
    is_in_pieces = "chunked" in request.headers.get("Transfer-Encoding", "")
    return length >= int(declared) if declared.isdecimal() else not (is_in_pieces and not length)


def keeps_what_was_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Where the database fails, say so on a page that needs none, with all that was typed in a form to send again."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            return view(request, **address)
        except DatabaseError as error:
            if request.method != "POST":
                raise
            logger.error("A form could not be stored: %s", type(error).__name__)
            typed = [(name, value) for name, values in request.POST.lists() for value in values]
            context = {"typed": [each for each in typed if each[0] != "text"], "text": request.POST.get("text")}
            response = render(request, "not_stored.html", context, status=503)
            response.headers["Retry-After"] = "60"
            return response

    return wrapped


def said(request: HttpRequest, heading: str, words: str, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page that says one thing."""
    return render(request, "said.html", {"heading": heading, "words": words, **context}, status=status)


def too_often(request: HttpRequest, error: TooOften, words: str) -> HttpResponse:
    response = said(request, _("That is too often"), words, 429)
    response.headers["Retry-After"] = str(error.wait)
    return response


def wait_in_words(error: TooOften) -> str:
    if error.wait < 60:
        return ngettext("%(number)d second", "%(number)d seconds", error.wait) % {"number": error.wait}
    minutes = -(-error.wait // 60)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


def unkept(response: HttpResponse) -> HttpResponse:
    """Have not even the reader's own browser keep a page that is for one pair of eyes."""
    add_never_cache_headers(response)
    return response


def canonical_domain(domain: str) -> str:
    """Return the one spelling of a domain under which mail is sent to it. Raises ValueError where there is none.

    Fullwidth letters, ligatures and invisible signs all lead to the same host (UTS 46, as browsers read a name):
    whoever counts letters to an address, or keeps some out, must not take them for different ones.
    """
    return idna.encode(domain, uts46=True).decode("ascii").lower()


class AddressField(forms.EmailField):
    """An e-mail address in the one spelling in which it is kept: no mailbox tells Ann@ from ann@."""

    def __init__(self, **options: Any) -> None:
        messages = {
            "required": gettext_lazy("Write your address."),
            "invalid": gettext_lazy("This is no e-mail address."),
        }
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(**{"max_length": EMAIL_LENGTH, "error_messages": messages, "widget": widget, **options})

    def clean(self, value: Any) -> str:
        local, at, domain = super().clean(value).rpartition("@")
        try:
            address = f"{local.lower()}{at}{canonical_domain(domain)}"
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        # What was checked is what somebody typed; what is kept must be an address as well.
        return super().clean(address)
