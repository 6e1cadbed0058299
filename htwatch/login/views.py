"""The pages of login and security. What allauth has views for, it does; here they become pages of the desk."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe
from qrcode import QRCode
from qrcode.image.svg import SvgPathFillImage

from htwatch.login import factors, sessions

View = Callable[..., HttpResponse]
CHALLENGE_LIVES = 15 * 60  # seconds that a stranger's session lives, between asking for a passkey and showing it
DOWNLOAD_LIVES = 10 * 60  # seconds after they were shown in which recovery codes can be taken as a file
SHOWN = "login_codes_shown"


def page(view: View, title: str) -> View:
    """Give a page of allauth's what every page of the desk shows around it."""

    @never_cache
    @csrf_protect
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            own = response.context_data or {}
            must = factors.must_have_one(request.user)
            response.context_data = {**admin.site.each_context(request), "title": title, "must_have_one": must, **own}
        return response

    return shown


def desk_page(view: View, title: str) -> View:
    return admin.site.admin_view(page(view, title))


# --- In and out


class DeskLoginView(LoginView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not admin.site.has_permission(request):
            # Sending them on would send them back here.
            context = {**admin.site.each_context(request), "title": "The desk is not open to you"}
            return TemplateResponse(request, "login/no_desk.html", context, status=403)
        return super().dispatch(request, *args, **kwargs)


class PasskeyLoginView(LoginWebAuthnView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated and request.session.modified:
            request.session.set_expiry(CHALLENGE_LIVES)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        super().form_invalid(form)  # it notes what is wrong
        address = passthrough_next_redirect_url(self.request, reverse("account_login"), "next")
        return HttpResponseRedirect(address)


class PasskeyAgainView(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        super().form_invalid(form)
        return HttpResponseRedirect(self.request.get_full_path())


@never_cache
@csrf_protect
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session, also of somebody who is half in, or has no desk."""
    return admin.site.logout(request)


# --- What one has


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show what protects one's login, and the ways to change it."""
    of_mine = Authenticator.objects.filter(user=request.user.pk).order_by("pk")
    found: dict[str, list[Any]] = {kind: [] for kind in Authenticator.Type.values}
    for authenticator in of_mine:
        found[authenticator.type].append(authenticator.wrap())
    has_one = bool(found["totp"] or found["webauthn"])
    codes = found["recovery_codes"]
    next_address = get_next_redirect_url(request) or ""
    context = {
        "title": "Login and security",
        "app": next(iter(found["totp"]), None),
        "passkeys": found["webauthn"],
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
        "has_codes": bool(codes),
        "has_one": has_one,
        "must_have_one": factors.must_have_one(request.user),
        "sessions": len(sessions.sessions_of(request.user)),
        "next": next_address if next_address.startswith("/") and next_address != request.path else "",
        **admin.site.each_context(request),
    }
    return TemplateResponse(request, "login/security.html", context)


@require_safe
@reauthentication_required(app="allauth.mfa")
def qr_code(request: HttpRequest) -> HttpResponse:
    """Draw the secret that this session is about to set up: the policy lets no picture stand in the page itself."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404("Nothing is being set up.")
    code = QRCode(image_factory=SvgPathFillImage, border=4)
    code.add_data(get_adapter().build_totp_url(request.user, secret))
    return HttpResponse(code.make_image().to_string(), content_type="image/svg+xml")


def _codes_of(request: HttpRequest) -> Any:
    mine = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.RECOVERY_CODES)
    return get_object_or_404(mine).wrap()


@require_safe
@reauthentication_required(app="allauth.mfa")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes once; for a while after that they can be taken as a file."""
    codes = _codes_of(request)
    is_first = not codes.did_view
    if is_first and request.method == "GET":
        codes.mark_as_viewed()
        request.session[SHOWN] = [codes.instance.pk, time.time()]
    context = {
        "title": "Recovery codes",
        "codes": codes.get_unused_codes() if is_first else [],
        "number": len(codes.get_unused_codes()),
        **admin.site.each_context(request),
    }
    return TemplateResponse(request, "login/recovery_codes.html", context)


@require_safe
@reauthentication_required(app="allauth.mfa")
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    codes = _codes_of(request)
    number, shown_at = request.session.get(SHOWN, [0, 0])
    if number != codes.instance.pk or time.time() - shown_at > DOWNLOAD_LIVES:
        raise Http404("These codes were shown before.")
    lines = [
        f"Recovery codes of {request.user.get_username()} at {settings.SITE_NAME}. Each opens the desk once.",
        "",
        *codes.get_unused_codes(),
        "",
    ]
    headers = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"'}
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers=headers)


# --- Sessions


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is logged in."""
    context = {
        "title": "Where you are logged in",
        "sessions": sessions.sessions_of(request.user),
        "here": request.session.session_key,
        **admin.site.each_context(request),
    }
    return TemplateResponse(request, "login/sessions.html", context)


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End the one that the form names, or all others."""
    handle = request.POST.get("session", "")
    if not handle:
        number = sessions.end_sessions(request.user, but=request.session.session_key)
        messages.success(request, f"{number} other session{'s are' if number != 1 else ' is'} ended.")
    elif sessions.end_session(request.user, handle):
        messages.success(request, "It is ended.")
    else:
        messages.warning(request, "It is over already.")
    return HttpResponseRedirect(reverse("login_sessions"))
