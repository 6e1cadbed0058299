"""Who must have a second factor sets one up before anything else at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from htwatch.login import factors

SENTENCE = "Set up a second factor first: administrators need one here."
SETTING_UP = {
    "account_login", "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_index",
    "mfa_activate_totp", "login_qr", "mfa_add_webauthn", "jsi18n",
}  # fmt: skip
# Asked by scripts, who may not say what they take.
FOR_SCRIPTS = {
    "autocomplete", "posts_post_autosave", "posts_post_markdown", "posts_post_picture", "posts_post_tag_names",
}  # fmt: skip


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not _is_of_the_desk(request) or not factors.must_have_one(request.user) or factors.has_one(request.user):
            return None
        # What was typed is kept, as where a session is over.
        kept = import_string(settings.KEEP_TYPED)(request) if request.method == "POST" else ""
        if _asks_for_data(request):
            return JsonResponse({"error": SENTENCE}, status=403)
        messages.warning(request, SENTENCE)
        way_on = kept or (request.get_full_path() if request.method == "GET" else "")
        query = f"?{urlencode({'next': way_on})}" if way_on else ""
        return HttpResponseRedirect(reverse("mfa_index") + query)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask who it is once more, and lead back to the page.

        allauth would keep the whole request in the session until then, with the network address in it.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        address = ways[0]["url"] if ways else reverse("account_login")
        return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def _is_of_the_desk(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.path.startswith(reverse("admin:index")) and match is not None and match.url_name not in SETTING_UP


def _asks_for_data(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match and match.url_name in FOR_SCRIPTS:
        return True
    takes = request.headers.get("Accept", "text/html")
    return "text/html" not in takes or request.headers.get("X-Requested-With") == "XMLHttpRequest"
