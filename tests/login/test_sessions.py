"""Every login is listed for its person, and can be ended."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from htwatch.login import browsers
from htwatch.login.models import LoginEntry, Session
from htwatch.login.sessions import sessions_of
from tests.login.conftest import ACCOUNT, LOGIN, log_in, text_of

pytestmark = pytest.mark.django_db

LIST, END = f"{ACCOUNT}sessions/", f"{ACCOUNT}sessions/end/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


def here(agent: str = FIREFOX) -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.9")
    log_in(client)
    return client


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 Safari/605.1",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Safari/604.1", "Chrome on iPhone"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>Linux", "Unknown browser on Linux"),
        ("Firefox", "Firefox"),
        ("x" * 100_000, "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(agent, words):
    assert browsers.in_words(agent) == words


class TestTheList:
    def test_it_says_where_since_when_and_which_is_this_one(self, editor):
        own = here()
        here(EDGE)
        page = text_of(own.get(LIST))
        assert "Firefox on Linux <strong>(this one)</strong>" in page
        assert "Edge on Windows" in page
        assert "203.0.113" not in page

    def test_only_words_are_kept(self, editor):
        key = here().session.session_key
        row = Session.objects.get(pk=key)
        assert (row.user, row.browser) == (editor, "Firefox on Linux")
        kept = str(row.__dict__) + str(row.get_decoded())
        assert "203.0.113" not in kept
        assert "Gecko" not in kept

    def test_it_is_ones_own(self, editor, moderator):
        here()
        other = Client()
        log_in(other, "mo")
        assert "Firefox" not in text_of(other.get(LIST))

    def test_no_page_holds_the_key_of_a_session(self, editor):
        own, other = here(), here(EDGE)
        page = text_of(own.get(LIST))
        assert other.session.session_key not in page
        assert str(Session.objects.get(pk=other.session.session_key)) == "Edge on Windows"

    def test_it_makes_as_many_queries_for_one_as_for_three(self, editor, django_assert_num_queries):
        own = here()
        with CaptureQueriesContext(connection) as one:
            own.get(LIST)
        number = len(one)
        here()
        here()
        with django_assert_num_queries(number):
            assert text_of(own.get(LIST)).count("Firefox on Linux") >= 3

    def test_last_seen_is_written_once_a_minute_at_most(self, editor):
        own = here()
        rows = Session.objects.filter(pk=own.session.session_key)
        seen = rows.get().seen_at
        own.get(LIST)
        assert rows.get().seen_at == seen
        earlier = timezone.now() - dt.timedelta(minutes=2)
        rows.update(seen_at=earlier)
        own.get(LIST)
        assert rows.get().seen_at > earlier

    def test_a_session_lives_for_two_weeks(self, editor):
        expires = Session.objects.get(pk=here().session.session_key).expire_date
        assert dt.timedelta(days=13, hours=23) < expires - timezone.now() <= dt.timedelta(days=14)
        assert settings.SESSION_COOKIE_AGE == 14 * 24 * 60 * 60

    def test_those_that_are_over_are_cleared(self, editor):
        key = here().session.session_key
        Session.objects.filter(pk=key).update(expire_date=timezone.now() - dt.timedelta(seconds=1))
        assert sessions_of(editor) == []
        call_command("tidy_logins")
        assert not Session.objects.filter(pk=key).exists()


class TestEnding:
    def test_one_is_out_at_once(self, editor):
        own, other = here(), here(EDGE)
        handle = Session.objects.get(pk=other.session.session_key).handle
        assert own.post(END, {"session": handle})["Location"] == LIST
        assert other.get("/admin/").status_code == 302
        assert own.get("/admin/").status_code == 200
        assert LoginEntry.objects.filter(what="ended", detail="Edge on Windows").exists()

    def test_all_others(self, editor):
        own, *others = here(), here(EDGE), here()
        own.post(END)
        assert own.get("/admin/").status_code == 200
        assert [other.get("/admin/").status_code for other in others] == [302, 302]

    @pytest.mark.parametrize("handle", ["x", "\0", "\u2603", "0" * 5000])
    def test_none_that_is_not_there(self, editor, handle):
        own = here()
        assert own.post(END, {"session": handle}).status_code == 302
        assert own.get("/admin/").status_code == 200

    def test_none_of_anybody_else(self, editor, moderator):
        other = Client()
        log_in(other, "mo")
        here().post(END, {"session": Session.objects.get(pk=other.session.session_key).handle})
        assert other.get("/admin/").status_code == 200

    def test_only_by_a_button(self, editor):
        own, other = here(), here(EDGE)
        assert own.get(END).status_code == 405
        assert other.get("/admin/").status_code == 200

    def test_a_new_password_ends_the_others(self, editor):
        own, other = here(), here(EDGE)
        new = {"new_password1": "a-Long-one-77", "new_password2": "a-Long-one-77"}
        assert own.post("/admin/password_change/", {"old_password": "secret", **new}).status_code == 302
        assert len(sessions_of(User.objects.get(pk=editor.pk))) == 1
        assert other.get("/admin/")["Location"].startswith(LOGIN)
        assert own.get("/admin/").status_code == 200

    def test_the_end_by_an_administrator(self, editor, root):
        other, boss = here(), Client()
        boss.force_login(root)
        page = text_of(boss.get(f"/admin/auth/user/{editor.pk}/security/"))
        assert "Firefox on Linux" in page
        assert other.session.session_key not in page
        assert other.session.session_key not in text_of(boss.get(f"/admin/auth/user/{editor.pk}/delete/"))
        boss.post(f"/admin/auth/user/{editor.pk}/security/end/")
        assert other.get("/admin/").status_code == 302
        entry = LoginEntry.objects.get(what="ended")
        assert (entry.user, entry.actor) == ("edith", "root")
