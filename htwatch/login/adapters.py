"""Where allauth asks this site how it wants things."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from htwatch.login import waiting

# The same words for a name nobody has, a wrong password, somebody who has left, and somebody without a desk.
REFUSED = "This name and this password do not belong together. Mind capital and small letters in both."


class DeskAdapter(DefaultAccountAdapter):
    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return who that is; the wait, the queries and the hashing are the same whoever it is not."""
        turn = waiting.take_turn(request, credentials.get("username", ""))
        user = authenticate(request, **credentials)
        if user is None or not user.is_staff:
            raise turn.refusal(REFUSED)
        turn.give_back()
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        return self.authenticate(context.request, username=user.get_username(), password=password) == user

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A passkey opens the desk to nobody who has left it."""
        if user.is_active and user.is_staff:
            return None
        clear_login(request)
        messages.error(request, "This passkey opens nothing here any longer.")
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        waiting.remember_browser(request, response, user.get_username())
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or is over by now.",
        "cannot_generate_recovery_codes": "Recovery codes come with a second factor: set one up first.",
    }

    def get_totp_label(self, user: Any) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(f"//{context.request.get_host()}").hostname or ""
        return {"id": host, "name": settings.SITE_NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.get_username()}
