"""The second factor: who must have one, what somebody has, and taking it away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User

from htwatch.login.models import LoginEntry

ADMINISTRATORS = "Administrators"
KINDS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def must_have_one(user: Any) -> bool:
    """Whether the site asks this person for a second factor."""
    if not (settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and user.is_staff):
        return False
    return user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists()


def has_one(user: Any) -> bool:
    """Recovery codes alone are none: they are the way back."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def in_words(authenticator: Authenticator) -> str:
    kind = KINDS[Authenticator.Type(authenticator.type)]
    return f"{kind} “{authenticator.wrap().name}”" if authenticator.type == Authenticator.Type.WEBAUTHN else kind


def remove_all(user: User, *, by: Any = None, detail: str = "") -> int:
    """Take every second factor of somebody away, recovery codes too; return how many there were."""
    factors = list(Authenticator.objects.filter(user=user).order_by("pk"))
    Authenticator.objects.filter(user=user).delete()
    if factors:
        words = detail or ", ".join(map(in_words, factors))
        LoginEntry.objects.note(LoginEntry.What.REMOVED, user, by=by, detail=words)
    return len(factors)
