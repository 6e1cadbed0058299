"""Old addresses are answered where the site finds nothing, or where a query of WordPress says what is meant."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path
from django.views.defaults import page_not_found

from posts.finding import lead_to
from posts.gone import Gone, tells_gone
from posts.wordpress.addresses import misses, redirecting
from posts.wordpress.addresses.asked import ADDED, PART, WHICH, Asked, asked
from posts.wordpress.addresses.finding import Elsewhere, find
from posts.wordpress.addresses.suggesting import suggest

# What is no page of readers: nothing old ever stood there.
NOT_OURS = ("/admin/", "/static/", "/media/", "/healthz", "/anymail/", "/preview/")
# Set by whoever asks the site itself (see `asking`): no header that comes from outside can have such a name.
WITHOUT_TABLE = "posts.wordpress.without_table"


class OldAddressMiddleware:
    """Stands around the site's own pages and those of editors, and within what adds a missing slash.

    A page that is found, asked for without such a query, costs nothing more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(NOT_OURS):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return _without_trackbacks(request, self.get_response(request))
        names = _old_names(request)
        if names and (response := _answer_query(request, names)):
            return response
        response = self.get_response(request)
        if response.status_code == 404:
            return _answer_missing(request, response, names)
        return lead_to(_without(request, names)) if names and response.status_code == 200 else response


def _old_names(request: HttpRequest) -> set[str]:
    """Return the names in the query that were WordPress's, and are not ours."""
    if not request.META.get("QUERY_STRING"):
        return set()
    return request.GET.keys() & (ADDED | WHICH if request.path_info == "/" else ADDED)


def _without(request: HttpRequest, names: set[str], slash: str = "") -> str:
    left = [(name, value) for name, values in request.GET.lists() if name not in names for value in values]
    path = request.get_full_path().partition("?")[0] + slash
    return f"{path}?{urlencode(left)}" if left else path


def _without_trackbacks(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say of the door by which other blogs told of their links that nobody may knock at it."""
    is_door = response.status_code == 404 and request.path_info.rstrip("/").endswith("/trackback")
    return HttpResponseNotAllowed(["GET", "HEAD"]) if is_door else response


def _answer_query(request: HttpRequest, names: set[str]) -> HttpResponse | None:
    wanted = _asked(request)
    is_home = not wanted.parts
    if not names & (WHICH if is_home else PART):
        return None
    try:
        return _lead(request, wanted=wanted)
    except Http404:
        # Of a page it says which part is meant, and the page is there nevertheless.
        is_answer = is_home and any(request.GET[name].strip() for name in names & WHICH)
        return _say_missing(request, page_not_found(request, Http404()), wanted) if is_answer else None


def _answer_missing(request: HttpRequest, response: HttpResponse, names: set[str]) -> HttpResponse:
    wanted = _asked(request)
    try:
        return _lead(request, wanted=wanted)
    except Http404:
        if request.path_info.endswith("/") or not is_valid_path(f"{request.path_info}/"):
            return _say_missing(request, response, wanted)
        # It gets its slash in any case, here only together with what else is wrong: it is one step then.
        return lead_to(_without(request, names, slash="/")) if names else response


def _asked(request: HttpRequest) -> Asked:
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return asked(request.path_info, {name: str(value) for name, value in request.GET.items() if value}, host.lower())


@tells_gone
def _lead(request: HttpRequest, *, wanted: Asked) -> HttpResponse:
    """Lead to where it is now, or say that it is gone; raises Http404 where nobody knows."""
    try:
        address = _find(request, wanted)
    except Elsewhere as stayed:
        return _lead_elsewhere(request, stayed.address)
    if not address or address.partition("#")[0] == request.get_full_path():
        raise Http404("Nothing of the old blog stood there.")
    return lead_to(address)


def _find(request: HttpRequest, wanted: Asked) -> str | None:
    has_table = WITHOUT_TABLE not in request.META
    return (redirecting.lead(wanted) if has_table else None) or find(wanted)


def _lead_elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to the file of the old blog for as long as it is there; never to this very site, which has no such file."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise Gone from None
    ours = {request.get_host().lower(), _asked(request).host, urlsplit(settings.SITE_URL).hostname}
    if parts.scheme not in ("http", "https") or not host or {host, parts.netloc.lower()} & ours:
        raise Gone
    return HttpResponseRedirect(address)


def _say_missing(request: HttpRequest, response: HttpResponse, wanted: Asked) -> HttpResponse:
    """Count what is missing, and offer what is called alike. Nothing is said of what looks like no page of a blog."""
    if not misses.is_of_people(wanted) or not _is_of_posts(request):
        return response
    misses.note(request, redirecting.key_of(wanted))
    posts = suggest(wanted)
    return render(request, "404.html", {"suggestions": posts}, status=404) if posts else response


def _is_of_posts(request: HttpRequest) -> bool:
    """Addresses of nested apps carry what only their readers know."""
    match = request.resolver_match
    return match is None or match.app_name == "posts"
