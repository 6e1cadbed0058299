"""Forms that readers send without a cookie, and the pages that answer them.

Nothing that such a form does is done in the name of somebody who is logged in, so there is nothing that another site
could have a browser do for its own ends. A form that a browser says comes from another site is refused anyway.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from posts.limiting import TooOften

EMAIL_LENGTH = 254  # RFC 5321 leaves no room for more (erratum 1690)


def form_of_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages with a form that needs no cookie: no shared cache keeps them, and no other site sends the form."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return said(request, "This form came from another site", "Nothing was sent. Open the page here.", 403)
        response = view(request, **address)
        # Not "no-store": the browser's Back must find the page, and in it what was typed.
        patch_cache_control(response, private=True, no_cache=True)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(wrapped)


def said(request: HttpRequest, heading: str, words: str, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page that says one thing."""
    return render(request, "said.html", {"heading": heading, "words": words, **context}, status=status)


def too_often(request: HttpRequest, error: TooOften, words: str) -> HttpResponse:
    response = said(request, "That is too often", words, 429)
    response.headers["Retry-After"] = str(error.wait)
    return response


def wait_in_words(error: TooOften) -> str:
    minutes = -(-error.wait // 60)
    return f"{error.wait} seconds" if error.wait < 60 else f"{minutes} minute{'s' if minutes > 1 else ''}"


def unkept(response: HttpResponse) -> HttpResponse:
    """Have not even the reader's own browser keep a page that is for one pair of eyes."""
    add_never_cache_headers(response)
    return response


class AddressField(forms.EmailField):
    """An e-mail address as it is kept everywhere: in lower case, for no mailbox tells Ann@ from ann@."""

    def __init__(self, **options: Any) -> None:
        messages = {"required": "Write your address.", "invalid": "This is no e-mail address."}
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(**{"max_length": EMAIL_LENGTH, "error_messages": messages, "widget": widget, **options})

    def clean(self, value: Any) -> str:
        return super().clean(value).lower()
