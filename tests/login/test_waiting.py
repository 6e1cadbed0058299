"""After five failed tries with a name each further one waits, whoever's name it is."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from htwatch.login import waiting
from htwatch.login.models import FailedSeries, LoginEntry, UsedCode
from tests.login.conftest import ACCOUNT, CODE, LOGIN, code_of, log_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def strangers() -> dict[str, str]:
    """The names with which nobody gets in, and what is the matter with each."""
    User.objects.create_user("gone", password="secret", is_staff=True, is_active=False)
    User.objects.create_user("reader", password="secret")
    User.objects.create_user("keyless", password=None, is_staff=True)
    return {"nobody": "wrong", "edith": "wrong", "gone": "secret", "reader": "secret", "keyless": "secret"}


def let_pass(seconds: int) -> None:
    """Let time pass for everything that was counted."""
    for series in FailedSeries.objects.all():
        series.wait_until -= dt.timedelta(seconds=seconds)
        series.tried_at -= dt.timedelta(seconds=seconds)
        series.save()


def fail(client: Client, times: int, name: str = "edith") -> str:
    for _ in range(times):
        page = text_of(log_in(client, name, "wrong"))
    return page


class TestTheWait:
    def test_the_sixth_try_waits_and_is_told_how_long(self, client, editor):
        assert "Wait" not in fail(client, 4)
        assert "Wait 15 seconds before you try again." in fail(client, 1)
        assert "Too many tries failed. Wait 15 seconds, then try again." in fail(client, 1)

    def test_the_right_password_is_refused_meanwhile_and_lengthens_nothing(self, client, editor):
        fail(client, 5)
        before = FailedSeries.objects.get()
        for _ in range(3):
            assert "Too many tries failed" in text_of(log_in(client))
        assert FailedSeries.objects.get().wait_until == before.wait_until
        let_pass(15)
        assert log_in(client)["Location"] == "/admin/"
        assert not FailedSeries.objects.exists()

    def test_it_grows_up_to_a_quarter_of_an_hour(self, client, editor):
        fail(client, 5)
        said = []
        for seconds in (15, 30, 60, 120, 240, 480, 900, 900):
            let_pass(seconds)
            said.append(fail(client, 1).split("Wait ")[1].split(" before")[0])
        assert said == [
            "30 seconds", "1 minute", "2 minutes", "4 minutes", "8 minutes", "15 minutes", "15 minutes", "15 minutes",
        ]  # fmt: skip

    def test_no_number_of_failures_is_too_great(self):
        assert waiting.wait_after(10**9) == dt.timedelta(minutes=15)

    @pytest.mark.parametrize("name", ["EDITH", " edith ", "\uff25dith"])
    def test_another_spelling_of_the_name_is_no_other_name(self, client, editor, name):
        fail(client, 5)
        assert "Too many tries failed" in text_of(log_in(client, name))

    def test_another_name_is(self, client, editor, moderator):
        fail(client, 5)
        assert log_in(client, "mo")["Location"] == "/admin/"

    def test_a_success_clears_the_count(self, client, editor):
        fail(client, 4)
        log_in(client)
        client.post("/admin/logout/")
        assert "Wait" not in fail(client, 4)

    def test_it_is_forgotten_after_a_day(self, client, editor):
        fail(client, 5)
        waiting.take_code("edith", "123456")
        call_command("tidy_logins")
        assert FailedSeries.objects.exists()
        let_pass(24 * 60 * 60 + 1)
        UsedCode.objects.update(used_at=timezone.now() - dt.timedelta(minutes=6))
        call_command("tidy_logins")
        assert not FailedSeries.objects.exists()
        assert not UsedCode.objects.exists()
        assert "tidy_logins" in settings.TICK_COMMANDS

    def test_neither_name_nor_address_is_kept(self, client, editor):
        client.post(LOGIN, {"username": "edith", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
        row = str(FailedSeries.objects.values().get())
        assert "edith" not in row
        assert "203.0.113" not in row


class TestCodes:
    def test_wrong_codes_wait_like_wrong_passwords(self, client, secret):
        log_in(client)
        for _ in range(5):
            page = text_of(client.post(CODE, {"code": "000000x"}))
        assert "Wait 15 seconds" in page
        assert "Too many tries failed" in text_of(client.post(CODE, {"code": code_of(secret)}))
        let_pass(15)
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/admin/"

    def test_the_right_password_between_them_clears_nothing(self, secret):
        for number in range(5):
            client = Client()
            assert log_in(client)["Location"] == CODE, number
            client.post(CODE, {"code": "000000x"})
        assert "Too many tries failed" in text_of(log_in(Client()))

    def test_so_do_passwords_that_are_asked_for_again(self, client, editor):
        client.force_login(editor)
        for _ in range(5):
            client.post(f"{ACCOUNT}again/", {"password": "wrong"})
        assert "Too many tries failed" in text_of(client.post(f"{ACCOUNT}again/", {"password": "secret"}))

    def test_and_the_old_password_when_it_is_changed(self, client, editor):
        client.force_login(editor)
        new = {"new_password1": "a-Long-one-77", "new_password2": "a-Long-one-77"}
        for _ in range(5):
            client.post("/admin/password_change/", {"old_password": "wrong", **new})
        page = client.post("/admin/password_change/", {"old_password": "secret", **new})
        assert "Too many tries failed" in text_of(page)
        let_pass(15)
        assert client.post("/admin/password_change/", {"old_password": "secret", **new}).status_code == 302


class TestTheSameForEverybody:
    def test_the_same_answer(self, editor, strangers):
        answers = set()
        for name, password in strangers.items():
            pages = [text_of(log_in(Client(), name, password)) for _ in range(7)]
            answers.add(tuple(page.split("<main")[1].split("<form")[0] for page in pages))
        assert len(answers) == 1
        assert "do not belong together" in str(answers)

    def test_the_same_hashing(self, editor, strangers, monkeypatch):
        hashed = []
        encode = MD5PasswordHasher.encode

        def counted(self, password, salt):
            hashed.append(password)
            return encode(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
        numbers = {}
        for name, password in strangers.items():
            hashed.clear()
            for _ in range(7):
                log_in(Client(), name, password)
            numbers[name] = len(hashed)
        assert set(numbers.values()) == {5}  # none during the wait

    def test_the_same_queries(self, editor, strangers, client):
        client.get(LOGIN)  # what is asked once in the life of a process is asked now
        told = {}
        for name, password in strangers.items():
            shapes = []
            for _ in range(6):
                with CaptureQueriesContext(connection) as queries:
                    log_in(Client(), name, password)
                shapes.append([re.sub(r"'[^']*'|\b\d+\b|NULL|\"s\d+_x\d+\"", "?", query["sql"]) for query in queries])
            told[name] = str(shapes)
        assert len(set(told.values())) == 1

    def test_a_series_is_noted_once_for_known_and_unknown_names_alike(self, editor, strangers):
        for name in ("edith", "nobody"):
            for _ in range(8):
                log_in(Client(), name, "wrong")
        entries = LoginEntry.objects.filter(what="failed").order_by("id")
        assert [(entry.user, entry.user_id) for entry in entries] == [("edith", editor.pk), ("", None)]


class TestABrowserThatIsKnown:
    def test_it_counts_apart(self, editor):
        own, strange = Client(), Client()
        log_in(own)
        own.post("/admin/logout/")
        fail(strange, 5)
        assert "Too many tries failed" in text_of(log_in(strange))
        assert log_in(own)["Location"] == "/admin/"
        assert "Too many tries failed" in text_of(log_in(strange))

    def test_it_waits_too(self, editor):
        own = Client()
        log_in(own)
        own.post("/admin/logout/")
        fail(own, 5)
        assert "Too many tries failed" in text_of(log_in(own))

    def test_it_is_known_for_one_name_only(self, editor, moderator):
        attacker = Client()
        log_in(attacker, "mo")
        attacker.post("/admin/logout/")
        fail(Client(), 5)
        assert "Too many tries failed" in text_of(log_in(attacker))

    def test_its_cookie_is_the_desks_alone(self, client, editor):
        log_in(client)
        cookie = client.cookies[waiting.COOKIE]
        assert cookie["path"] == "/admin/"
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert "edith" not in cookie.value

    @pytest.mark.parametrize("value", ["", "x", "W10:x:y", "\xe9"])
    def test_a_forged_one_is_none(self, client, editor, value):
        fail(Client(), 5)
        client.cookies[waiting.COOKIE] = value
        assert "Too many tries failed" in text_of(log_in(client))

    def test_it_knows_the_last_five(self, client):
        for number in range(7):
            User.objects.create_user(f"u{number}", password="secret", is_staff=True)
            log_in(client, f"u{number}")
            client.post("/admin/logout/")
        request = RequestFactory().get("/admin/")
        request.COOKIES[waiting.COOKIE] = client.cookies[waiting.COOKIE].value
        assert len(waiting._known_by(request)) == 5
