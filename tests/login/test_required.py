"""REQUIRE_SECOND_FACTOR: administrators set one up before anything else."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.urls import get_resolver

from htwatch.login.models import LoginEntry
from posts.autosaving import seal
from posts.models import Autosave
from tests.factories import make_post
from tests.login.conftest import ACCOUNT, CODE, code_of, give_app, give_codes, log_in, text_of
from tests.test_settings import start

pytestmark = pytest.mark.django_db

OPEN = {"login/", "login/code/", "login/passkey/", "logout/", "jsi18n/", "account/", "account/again/",
        "account/again/code/", "account/app/", "account/app/qr.svg", "account/passkeys/add/"}  # fmt: skip


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def addresses(patterns, before: str = "") -> set[str]:
    """All addresses of the desk that take no argument."""
    found = set()
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found |= addresses(pattern.url_patterns, route)
        elif not set(route) & set("<(^"):
            found.add(route)
    return {route for route in found if route.startswith("admin/")}


def test_who_has_none_comes_nowhere_else(client, administrator):
    client.force_login(administrator)
    walked = addresses(get_resolver().url_patterns)
    assert len(walked) > 40
    for route in walked - {f"admin/{route}" for route in OPEN}:
        for answer in (client.get(f"/{route}"), client.post(f"/{route}")):
            assert answer.status_code in (302, 403), route
            assert answer.status_code == 403 or answer["Location"].startswith(ACCOUNT), route


@pytest.mark.parametrize(
    "address", ["/admin/posts/post/1/change/", "/admin/nothing/", "/admin/r/1/1/", "/admin/auth/"]
)
def test_nor_to_addresses_with_arguments(client, root, address):
    client.force_login(root)
    assert client.get(address)["Location"].startswith(ACCOUNT)


def test_the_page_says_so_and_leads_on_afterwards(client, administrator):
    client.force_login(administrator)
    page = client.get("/admin/posts/post/?q=x", follow=True)
    assert "Set up a second factor before you go on" in text_of(page)
    client.post(f"{ACCOUNT}again/", {"password": "secret"})
    secret = client.get(f"{ACCOUNT}app/").context["form"].secret
    client.post(f"{ACCOUNT}app/", {"code": code_of(secret)})
    assert client.get("/admin/posts/post/?q=x").status_code == 200
    assert client.get(f"{ACCOUNT}recovery-codes/").status_code == 200
    assert 'href="/admin/posts/post/"' in text_of(client.get(f"{ACCOUNT}?next=/admin/posts/post/"))
    assert "evil" not in text_of(client.get(f"{ACCOUNT}?next=https://evil.example/"))


@pytest.mark.parametrize(
    "address", ["/admin/autocomplete/", "/admin/posts/post/autosave/", "/admin/posts/post/markdown/"]
)
def test_scripts_are_told_in_a_sentence(client, administrator, address):
    client.force_login(administrator)
    answer = client.post(address)
    assert answer.status_code == 403
    assert answer.json() == {"error": "Set up a second factor first: administrators need one here."}


def test_so_is_whoever_does_not_take_a_page(client, administrator):
    client.force_login(administrator)
    for headers in ({"Accept": "*/*"}, {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}):
        assert client.get("/admin/posts/post/", headers=headers).status_code == 403
    assert client.get("/admin/posts/post/", headers={"Accept": "text/html,*/*"}).status_code == 302


@pytest.mark.parametrize("address", ["change/", "autosave"])
def test_what_was_typed_meanwhile_is_kept(client, administrator, address):
    post = make_post()
    client.force_login(administrator)
    way = f"/admin/posts/post/{post.pk}/change/" if address == "change/" else "/admin/posts/post/autosave/"
    client.post(way, {"seal": seal(administrator, post.guid), "body": "Half a thought"})
    assert Autosave.objects.get().fields["body"] == ["Half a thought"]


def test_recovery_codes_alone_are_no_second_factor(client, administrator):
    give_codes(administrator)
    client.force_login(administrator)
    assert client.get("/admin/")["Location"].startswith(ACCOUNT)


def test_logging_out_stays_possible(client, administrator):
    client.force_login(administrator)
    client.post("/admin/logout/")
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_who_has_one_works(client, administrator):
    give_app(administrator)
    client.force_login(administrator)
    assert client.get("/admin/posts/post/").status_code == 200


def test_others_need_none(client, editor):
    client.force_login(editor)
    assert client.get("/admin/posts/post/").status_code == 200


def test_nobody_needs_one_where_it_is_off(client, administrator, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(administrator)
    assert client.get("/admin/posts/post/").status_code == 200


def test_the_setting_is_a_switch():
    result = start(REQUIRE_SECOND_FACTOR="perhaps")
    assert result.returncode == 1
    assert result.stderr.startswith("REQUIRE_SECOND_FACTOR: ")


class TestResetting:
    def test_it_lets_somebody_in_again(self, client, editor, secret):
        give_codes(editor)
        out = StringIO()
        call_command("reset_second_factor", "edith", stdout=out)
        assert len(out.getvalue().strip().splitlines()) == 1
        assert not Authenticator.objects.exists()
        assert log_in(client)["Location"] == "/admin/"
        assert LoginEntry.objects.get(what="removed").detail == "on the command line"

    def test_there_may_be_nothing_to_reset(self, editor):
        out = StringIO()
        call_command("reset_second_factor", "edith", stdout=out)
        assert out.getvalue().strip() == "edith had no second factor."

    @pytest.mark.parametrize("name", ["nobody", "", "EDITH", "\0"])
    def test_an_unknown_name_is_said_in_one_line(self, editor, name):
        with pytest.raises(CommandError, match="Nobody here is called") as error:
            call_command("reset_second_factor", name)
        assert error.value.returncode == 1

    def test_by_an_administrator_who_shows_who_they_are(self, client, editor, secret, root):
        client.force_login(root)
        address = f"/admin/auth/user/{editor.pk}/security/remove/"
        give_app(root)
        assert "/again/" in client.post(address)["Location"]
        assert Authenticator.objects.filter(user=editor).exists()
        client.post(f"{ACCOUNT}again/", {"password": "secret"})
        assert "logs in with the password alone" in text_of(client.get(address))
        client.post(address)
        assert not Authenticator.objects.filter(user=editor).exists()
        entry = LoginEntry.objects.get(what="removed")
        assert (entry.user, entry.actor) == ("edith", "root")
        assert log_in(client_of_edith := client.__class__())["Location"] == "/admin/"
        assert client_of_edith.get(CODE).status_code == 302

    def test_nobody_else(self, client, editor, secret, moderator):
        client.force_login(moderator)
        for act in ("", "end/", "remove/"):
            assert client.post(f"/admin/auth/user/{editor.pk}/security/{act}").status_code == 403
        assert User.objects.count() == 2
