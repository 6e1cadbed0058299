"""What is noted when somebody logs in, or changes how they do."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from htwatch.login import browsers, factors, sessions, waiting
from htwatch.login.models import LoginEntry


def connect() -> None:
    user_logged_in.connect(note_login)
    authentication_step_completed.connect(note_again)
    authenticator_added.connect(note_added)
    authenticator_removed.connect(note_removed)
    authenticator_reset.connect(note_renewed)


def note_login(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    browser = browsers.in_words(request.META.get("HTTP_USER_AGENT", ""))
    sessions.begin(request, browser)
    waiting.forget(request, user.get_username())
    LoginEntry.objects.note(LoginEntry.What.LOGIN, user, detail=browser)


def note_again(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Who has shown once more that it is them begins to count anew; the first half of a login clears nothing."""
    if kwargs.get("reauthenticated"):
        waiting.forget(request, user.get_username())


def note_added(user: Any, authenticator: Any, **kwargs: Any) -> None:
    LoginEntry.objects.note(LoginEntry.What.ADDED, user, detail=factors.in_words(authenticator))


def note_removed(user: Any, authenticator: Any, **kwargs: Any) -> None:
    LoginEntry.objects.note(LoginEntry.What.REMOVED, user, detail=factors.in_words(authenticator))


def note_renewed(user: Any, authenticator: Any, **kwargs: Any) -> None:
    LoginEntry.objects.note(LoginEntry.What.RENEWED, user)
