"""A growing wait after five failed tries with one name, whether anybody has that name or not.

A try is counted as failed before it is weighed, by a conditional update: of two at once only one gets the turn. What
turns out right gives its turn back; a login clears the count. Who must wait is refused before anything is weighed: the
right password neither helps nor harms then.

Names are known by their HMAC. A browser in which somebody has logged in by that name counts apart: an attacker who
types an editor's name all day does not lock the editor out of the browser they use.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from htwatch.login.models import FailedSeries, LoginEntry, UsedCode

FREE_TRIES = 5
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
SERIES_KEPT = dt.timedelta(days=1)
CODES_KEPT = dt.timedelta(minutes=5)  # a code is good for a minute and a half at most

COOKIE = "known_browser"
COOKIE_LIVES = dt.timedelta(days=180)
COOKIE_NAMES = 5  # how many people of one browser are known, the last ones
SALT = "htwatch.login.browser"


@dataclass
class Turn:
    """One try that was counted. It either gives its turn back, or ends with a refusal."""

    key: str
    name: str
    failures: int  # this one included
    wait_before: dt.datetime

    def give_back(self) -> None:
        """Take the count back: this try was right."""
        FailedSeries.objects.filter(key=self.key, failures=self.failures).update(
            failures=self.failures - 1, wait_until=self.wait_before
        )

    def refusal(self, sentence: str) -> ValidationError:
        """Return what to say to somebody whose try was wrong; the same work whether the name is known or not."""
        if self.failures == FREE_TRIES:
            user = get_user_model().objects.filter(username=self.name).first()
            LoginEntry.objects.note(LoginEntry.What.FAILED, user, detail=f"{FREE_TRIES} in a row")
        wait = wait_after(self.failures)
        if wait:
            sentence += f" Wait {in_words(wait)} before you try again."
        return ValidationError(sentence, code="refused")


def wait_after(failures: int) -> dt.timedelta:
    """Return how long to wait after so many failures in a row: 15 s after five, then twice as long each time."""
    if failures < FREE_TRIES:
        return dt.timedelta()
    return min(FIRST_WAIT * 2 ** min(failures - FREE_TRIES, 10), LONGEST_WAIT)


def in_words(wait: dt.timedelta) -> str:
    seconds = max(1, math.ceil(wait.total_seconds()))
    number, unit = (seconds, "second") if seconds < 60 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def take_turn(request: HttpRequest, name: str, at: dt.datetime | None = None) -> Turn:
    """Count a try with that name; ValidationError says how long to wait where it is not time yet."""
    at = at or timezone.now()
    key = _series_key(request, name)
    while True:
        row, _ = FailedSeries.objects.get_or_create(key=key, defaults={"wait_until": at, "tried_at": at})
        # Before that, `wait_until` is the moment of another's try, which may have begun a little later than this one.
        if row.failures >= FREE_TRIES and row.wait_until > at:
            wait = in_words(row.wait_until - at)
            raise ValidationError(f"Too many tries failed. Wait {wait}, then try again.", code="wait")
        failures = row.failures + 1
        seen = FailedSeries.objects.filter(pk=row.pk, failures=row.failures, wait_until=row.wait_until)
        if seen.update(failures=failures, wait_until=at + wait_after(failures), tried_at=at):
            return Turn(key, name, failures, row.wait_until)


def forget(request: HttpRequest, name: str) -> None:
    """Clear what was counted for that name where it was counted for this browser."""
    FailedSeries.objects.filter(key=_series_key(request, name)).delete()


def take_code(name: str, code: str, at: dt.datetime | None = None) -> bool:
    """Return whether this code of an app is taken for the first time."""
    key = salted_hmac("htwatch.login.code", f"{_folded(name)} {code}", algorithm="sha256").hexdigest()
    _, is_new = UsedCode.objects.get_or_create(key=key, defaults={"used_at": at or timezone.now()})
    return is_new


def tidy(at: dt.datetime) -> None:
    FailedSeries.objects.filter(tried_at__lte=at - SERIES_KEPT).delete()
    UsedCode.objects.filter(used_at__lte=at - CODES_KEPT).delete()


# --- Names and browsers


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _series_key(request: HttpRequest, name: str) -> str:
    browser = _known_by(request).get(_name_key(name), "")
    return salted_hmac("htwatch.login.series", f"{browser} {_folded(name)}", algorithm="sha256").hexdigest()


def _name_key(name: str) -> str:
    return salted_hmac("htwatch.login.name", _folded(name), algorithm="sha256").hexdigest()[:22]


def _known_by(request: HttpRequest) -> dict[str, str]:
    """Return who has logged in with this browser before: for each name its random number here."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_LIVES)
    except signing.BadSignature:
        return {}
    return dict(known)


def remember_browser(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Let this browser count apart from now on for that name."""
    known = _known_by(request)
    number = known.pop(_name_key(name), None) or secrets.token_urlsafe(16)
    known[_name_key(name)] = number
    response.set_cookie(
        COOKIE,
        signing.dumps(list(known.items())[-COOKIE_NAMES:], salt=SALT),
        max_age=COOKIE_LIVES,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
