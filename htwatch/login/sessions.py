"""Sessions that know whose they are, since when and in which browser. The engine that SESSION_ENGINE names.

https://docs.djangoproject.com/en/6.1/topics/http/sessions/#extending-database-backed-session-engines
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from htwatch.login.models import LoginEntry, Session

SEEN_EVERY = dt.timedelta(minutes=1)  # not one write for each request
BROWSER, BEGUN = "login_browser", "login_begun_at"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        session = self._get_session_from_db()  # type: ignore[attr-defined]
        if session is None:
            return {}
        now = timezone.now()
        if session.user_id and session.seen_at <= now - SEEN_EVERY:
            Session.objects.filter(pk=session.pk).update(seen_at=now)
        return self.decode(session.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast(Session, super().create_model_instance(data))
        if data.get(SESSION_KEY):
            session.user_id = int(data[SESSION_KEY])
            session.browser = data.get(BROWSER, "")
        if data.get(BEGUN):
            session.begun_at = dt.datetime.fromtimestamp(data[BEGUN], dt.UTC)
        return session


def begin(request: HttpRequest, browser: str) -> None:
    """Note in a session that has just become somebody's where and since when."""
    request.session[BROWSER] = browser
    request.session[BEGUN] = timezone.now().timestamp()
    request.session.set_expiry(None)  # 14 days, whatever held before the login


def sessions_of(user: Any) -> list[Session]:
    """Return the sessions that are good still, last seen first: a changed password has ended those before it."""
    password = user.get_session_auth_hash()
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return [row for row in rows if constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), password)]


def end_session(user: Any, handle: str) -> bool:
    """End one of somebody's own sessions, at once."""
    for session in Session.objects.filter(user=user):
        if constant_time_compare(session.handle, handle):
            ended, _ = Session.objects.filter(pk=session.pk).delete()
            if ended:
                LoginEntry.objects.note(LoginEntry.What.ENDED, user, detail=session.browser)
            return bool(ended)
    return False


def end_sessions(user: Any, *, but: str | None = None, by: Any = None) -> int:
    """End all sessions of somebody, `but` the one of that key; return how many."""
    number = len([session for session in sessions_of(user) if session.session_key != but])
    Session.objects.filter(user=user).exclude(pk=but or "").delete()
    if number:
        LoginEntry.objects.note(LoginEntry.What.ENDED, user, by=by, detail=f"{number} at once")
    return number
