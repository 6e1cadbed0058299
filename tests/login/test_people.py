"""The desk's pages of people: nobody gives what they do not have. And the log."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.utils import timezone

from htwatch.login.models import LoginEntry
from tests.login.conftest import give_app, log_in, text_of

pytestmark = pytest.mark.django_db

USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"


def form_of(user: User, **data) -> dict:
    groups = list(user.groups.values_list("pk", flat=True))
    fields = {
        "username": user.username, "is_active": "on", "is_staff": "on", "groups": groups,
        "last_login_0": "", "last_login_1": "", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00",
    }  # fmt: skip
    return {**fields, **data}


def group(name: str) -> Group:
    return Group.objects.get(name=name)


@pytest.fixture
def ada(client, administrator):
    client.force_login(administrator)
    return client


class TestAnAdministrator:
    def test_does_not_make_themselves_a_superuser(self, ada, administrator):
        assert 'name="is_superuser"' not in text_of(ada.get(f"{USERS}{administrator.pk}/change/"))
        assert (
            ada.post(f"{USERS}{administrator.pk}/change/", form_of(administrator, is_superuser="on")).status_code
            == 302
        )
        administrator.refresh_from_db()
        assert not administrator.is_superuser

    def test_gives_nobody_single_permissions(self, ada, editor):
        every = list(Permission.objects.values_list("pk", flat=True))
        ada.post(f"{USERS}{editor.pk}/change/", form_of(editor, user_permissions=every, is_superuser="on"))
        assert not editor.user_permissions.exists()

    def test_gives_no_group_that_may_more(self, ada, administrator):
        strong = Group.objects.create(name="Strong")
        strong.permissions.add(Permission.objects.get(codename="delete_logentry"))
        page = ada.post(f"{USERS}{administrator.pk}/change/", form_of(administrator, groups=[strong.pk]))
        assert page.status_code == 200
        assert not administrator.groups.filter(name="Strong").exists()

    def test_gives_the_roles_of_the_desk(self, ada, editor):
        for name in ("Writers", "Moderators", "Administrators", "Editors"):
            assert ada.post(f"{USERS}{editor.pk}/change/", form_of(editor, groups=[group(name).pk])).status_code == 302
            assert [found.name for found in editor.groups.all()] == [name]

    def test_adds_people(self, ada):
        new = {
            "username": "nora",
            "usable_password": "true",
            "password1": "a-Long-one-77",
            "password2": "a-Long-one-77",
        }
        assert ada.post(f"{USERS}add/", new).status_code == 302
        assert not User.objects.get(username="nora").is_superuser

    @pytest.mark.parametrize(
        "act", ["change/", "password/", "delete/", "security/", "security/end/", "security/remove/"]
    )
    @pytest.mark.parametrize("is_active", [True, False])
    def test_touches_nobody_who_may_more(self, ada, root, act, is_active):
        User.objects.filter(pk=root.pk).update(is_active=is_active)
        give_app(root)
        password = User.objects.get(pk=root.pk).password
        data = form_of(root, password1="a-Long-one-77", password2="a-Long-one-77", post="yes", usable_password="true")
        assert ada.post(f"{USERS}{root.pk}/{act}", data).status_code == 403
        root.refresh_from_db()
        assert root.password == password
        assert root.is_active == is_active
        assert Authenticator.objects.filter(user=root).exists()

    def test_deletes_them_in_no_selection(self, ada, root, editor):
        chosen = {"action": "delete_selected", "_selected_action": [root.pk, editor.pk], "post": "yes"}
        assert ada.post(USERS, chosen).status_code == 403
        assert User.objects.filter(pk=root.pk).exists()

    def test_touches_nobody_of_a_stronger_group_even_if_they_are_out(self, ada, editor):
        strong = Group.objects.create(name="Strong")
        strong.permissions.add(Permission.objects.get(codename="delete_logentry"))
        editor.groups.add(strong)
        User.objects.filter(pk=editor.pk).update(is_active=False)
        assert ada.post(f"{USERS}{editor.pk}/change/", form_of(editor)).status_code == 403

    def test_adds_nothing_to_a_group_that_they_lack(self, ada, administrator):
        own = group("Administrators")
        more = Permission.objects.get(codename="delete_logentry")
        kept = list(own.permissions.values_list("pk", flat=True))
        page = ada.post(f"{GROUPS}{own.pk}/change/", {"name": "Others", "permissions": [*kept, more.pk]})
        assert page.status_code == 200
        assert more not in own.permissions.all()
        ada.post(f"{GROUPS}{own.pk}/change/", {"name": "Others", "permissions": kept})
        assert Group.objects.filter(name="Administrators").exists()

    def test_touches_no_group_that_may_more(self, ada):
        strong = Group.objects.create(name="Strong")
        strong.permissions.add(Permission.objects.get(codename="delete_logentry"))
        for act in ("change/", "delete/"):
            assert ada.post(f"{GROUPS}{strong.pk}/{act}", {"name": "Weak", "post": "yes"}).status_code == 403


def test_a_superuser_makes_another(client, root, editor):
    client.force_login(root)
    client.post(f"{USERS}{editor.pk}/change/", form_of(editor, is_superuser="on"))
    editor.refresh_from_db()
    assert editor.is_superuser


def test_whether_there_is_a_second_factor_is_seen(client, root, editor):
    client.force_login(root)
    assert f'href="{USERS}{editor.pk}/security/"' in text_of(client.get(f"{USERS}{editor.pk}/change/"))
    assert "None is set up" in text_of(client.get(f"{USERS}{editor.pk}/security/"))
    secret = give_app(editor)
    page = text_of(client.get(f"{USERS}{editor.pk}/security/"))
    assert "Authenticator app" in page
    assert secret not in page


def test_the_secrets_of_others_have_no_page(client, root):
    client.force_login(root)
    for address in ("/admin/mfa/", "/admin/mfa/authenticator/", "/admin/account/emailaddress/"):
        assert client.get(address).status_code == 404


class TestTheLog:
    LOG = "/admin/login/loginentry/"

    def test_administrators_read_it_and_nobody_changes_it(self, ada, client, editor):
        log_in(client.__class__())
        page = text_of(ada.get(self.LOG))
        assert "Logged in" in page
        assert "edith" in page
        entry = LoginEntry.objects.first()
        for act in ("change/", "delete/"):
            assert ada.post(f"{self.LOG}{entry.pk}/{act}", {"user": "x", "post": "yes"}).status_code == 403
        assert ada.get(f"{self.LOG}add/").status_code == 403
        with pytest.raises(TypeError):
            entry.save()
        with pytest.raises(TypeError):
            entry.delete()
        with pytest.raises(TypeError):
            LoginEntry.objects.all().delete()

    def test_editors_do_not(self, editor_client):
        assert editor_client.get(self.LOG).status_code == 403

    def test_no_address_stands_in_it(self, client, editor):
        client.post("/admin/login/", {"username": "edith", "password": "secret"}, REMOTE_ADDR="203.0.113.9")
        assert "203.0.113" not in str(LoginEntry.objects.values().get())

    def test_it_forgets_after_ninety_days(self, editor):
        for days in (91, 89):
            LoginEntry(what="login", user="edith", made_at=timezone.now() - dt.timedelta(days=days)).save()
        call_command("tidy_logins")
        assert LoginEntry.objects.count() == 1

    def test_it_outlives_whom_it_tells_of(self, client, editor):
        log_in(client)
        editor.delete()
        assert LoginEntry.objects.get().user == "edith"
