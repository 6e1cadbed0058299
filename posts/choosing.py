"""The page of choices, and the page that says what they cannot hide."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_http_methods, require_safe

from posts.answering import form_of_readers
from posts.pages import language_for_reader, texts_of
from posts.preferences import OPTIONS, default, preferences_of

READING = "/reading/"
SAFETY = "/safety/"
LONGEST_WAY_BACK = 2000  # characters
KEPT = dt.timedelta(days=365)
LANGUAGES = dict(settings.LANGUAGES)
CHOICES: dict[str, Mapping[str, Any]] = {settings.LANGUAGE_COOKIE_NAME: LANGUAGES, **OPTIONS}


@form_of_readers
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest) -> HttpResponse:
    """Language, colours, discreet reading, and where the quick exit leads."""
    asked = request.POST if request.method == "POST" else request.GET
    back = _way_back(asked.get("next", _came_from(request)))
    if request.method != "POST":
        return _show_choices(request, back)
    if "forget" in request.POST:
        return _lead_back(request, back, "forgotten", _unchosen(request))
    chosen = {name: request.POST[name] for name in CHOICES if name in request.POST}
    if any(value not in CHOICES[name] for name, value in chosen.items()):
        return _show_choices(request, back, status=400)
    return _lead_back(request, back, "kept", chosen)


def _show_choices(request: HttpRequest, back: str, status: int = 200) -> HttpResponse:
    current = {"language": get_language(), **vars(preferences_of(request))}
    context = {"choices": OPTIONS, "current": current, "back": back, "is_refused": status == 400}
    return render(request, "posts/reading.html", context, status=status)


def _came_from(request: HttpRequest) -> str:
    """Return the page of this site that the browser names as the one before, or ""."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return before._replace(scheme="", netloc="").geturl() if before.netloc == request.get_host() else ""


def _way_back(address: str) -> str:
    """Return the address if it is another page of this site, else that of the choices."""
    is_path = address.startswith("/") and not address.startswith("//")
    is_ours = is_path and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    if not is_ours or len(address) > LONGEST_WAY_BACK or urlsplit(address).path == READING:
        return READING
    return urldefrag(address).url


def _lead_back(request: HttpRequest, back: str, word: str, chosen: dict[str, str]) -> HttpResponse:
    """Lead back to a page that says this word (see base.html): the address carries it, so that nothing else must."""
    response = HttpResponseRedirect(f"{back}#{word}")
    response.status_code = 303  # RFC 9110, 15.4.4: look there for the answer; Reload does not send again
    unchosen = _unchosen(request)
    for name, value in chosen.items():
        _keep(request, response, name, "" if value == unchosen[name] else value)
    return response


def _unchosen(request: HttpRequest) -> dict[str, str]:
    """Return what stands where nothing was chosen; of languages, the one that the browser asks for."""
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = request.headers.get("Accept-Language", "")
    names = {name: default(name) for name in OPTIONS}
    return {settings.LANGUAGE_COOKIE_NAME: get_language_from_request(asking), **names}


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Set a choice in the reader's browser, or take it out of it where it is no more than what stands anyway."""
    if value:
        lives = None if name == "discreet" else KEPT
        response.set_cookie(name, value, max_age=lives, secure=request.is_secure(), httponly=True, samesite="Lax")
    elif name in request.COOKIES:
        response.delete_cookie(name, samesite="Lax")


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What quick exit and discreet reading do, and what they cannot hide; what editors wrote there stands first."""
    texts = texts_of(SAFETY)
    language = language_for_reader(texts)
    return render(request, "posts/safety.html", {"flatpage": texts.get(language), "text_language": language})
