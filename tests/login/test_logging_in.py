"""In and out of the desk, with a password and a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client

from htwatch.login.models import LoginEntry
from tests.login.conftest import ACCOUNT, CODE, LOGIN, code_of, give_app, give_codes, has_app, log_in, text_of

pytestmark = pytest.mark.django_db


class TestThePassword:
    def test_it_opens_the_desk(self, client, editor):
        assert log_in(client)["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_the_page_keeps_the_fields_that_everybody_knows(self, client):
        page = text_of(client.get(LOGIN))
        for part in ('name="username"', 'name="password"', ">Username:</label>", 'value="Log in"', "autofocus"):
            assert part in page

    @pytest.mark.parametrize("way", ["/admin/posts/post/?q=a&p=1", "/admin/posts/post/add/?take=3"])
    def test_one_comes_to_where_one_wanted_to_go(self, client, editor, way):
        assert client.get(way)["Location"].startswith(LOGIN)
        page = client.get(client.get(way)["Location"])
        assert page.context["redirect_field_value"] == way
        assert log_in(client, next=way)["Location"] == way

    @pytest.mark.parametrize(
        "way",
        ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example", "http:///x", "\0"],
    )
    def test_and_nowhere_else(self, client, editor, way):
        assert log_in(client, next=way)["Location"] == "/admin/"

    def test_who_is_in_is_led_on(self, client, editor):
        client.force_login(editor)
        assert client.get(f"{LOGIN}?next=/admin/posts/post/")["Location"] == "/admin/posts/post/"

    def test_who_has_no_desk_gets_a_page_and_no_loop(self, client):
        client.force_login(User.objects.create_user("reader", password="secret"))
        assert client.get("/admin/", follow=True).status_code == 403
        page = client.get("/admin/posts/post/", follow=True)
        assert "The desk is not open to you" in text_of(page)
        assert client.post(LOGIN, {"username": "reader", "password": "secret"}).status_code == 403
        client.post("/admin/logout/")
        assert client.get(LOGIN).status_code == 200

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"username": "edith"},
            {"username": "\0", "password": "x"},
            {"username": "e" * 10_000, "password": "x"},
            {"username": "\U0001f600", "password": "\0"},
            {"username": " ", "password": " "},
        ],
    )
    def test_odd_input_is_answered(self, client, editor, data):
        assert client.post(LOGIN, data).status_code == 200

    @pytest.mark.parametrize(
        "address",
        [
            "signup/", "password/reset/", "email/", "confirm-email/", "inactive/", "password/change/", "2fa/",
            "login/code/x/", "account/passkeys/", "account/passkeys/signup/", "account/passkeys/login/",
            "social/connections/",
        ],
    )  # fmt: skip
    def test_what_is_not_wanted_does_not_exist(self, client, root, address):
        client.force_login(root)
        assert client.get(f"/admin/{address}").status_code == 404
        assert client.get(f"/accounts/{address}").status_code == 404


class TestTheSecondFactor:
    def test_the_password_alone_does_not_open_the_desk_then(self, client, editor, secret):
        assert log_in(client)["Location"] == CODE
        assert client.get("/admin/").status_code == 302
        assert client.get(ACCOUNT).status_code == 302

    def test_the_code_does(self, client, secret):
        log_in(client, next="/admin/posts/post/")
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/admin/posts/post/"
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize("steps", [-1, 1])
    def test_a_clock_may_be_half_a_minute_off(self, client, secret, steps):
        log_in(client)
        assert client.post(CODE, {"code": code_of(secret, steps)})["Location"] == "/admin/"

    @pytest.mark.parametrize("code", ["000000x", "", "\0", "9" * 5000, "\u0661\u0662\u0663", "-"])
    def test_another_code_does_not(self, client, secret, code):
        log_in(client)
        assert client.post(CODE, {"code": code}).status_code == 200
        assert client.get("/admin/").status_code == 302

    def test_a_code_is_taken_once(self, secret, editor):
        code = code_of(secret)
        first, second = Client(), Client()
        log_in(first)
        first.post(CODE, {"code": code})
        log_in(second)
        assert "was used before" in text_of(second.post(CODE, {"code": f"{code[:3]} {code[3:]}"}))
        assert second.get("/admin/").status_code == 302

    def test_a_recovery_code_opens_once(self, editor, secret):
        [code, *_] = give_codes(editor)
        first, second = Client(), Client()
        log_in(first)
        assert first.post(CODE, {"code": code})["Location"] == "/admin/"
        log_in(second)
        assert second.post(CODE, {"code": code}).status_code == 200

    def test_one_can_begin_anew_as_somebody_else(self, client, secret, moderator):
        log_in(client)
        assert client.get(LOGIN)["Location"] == CODE
        assert client.post("/admin/logout/", {"next": LOGIN})["Location"] == LOGIN
        assert log_in(client, "mo")["Location"] == "/admin/"

    def test_without_the_first_half_there_is_no_second(self, client):
        assert client.get(CODE)["Location"] == LOGIN

    @pytest.mark.parametrize("credential", [
        "", "{", "[]", "1", '"x"', "{}", '{"id": 1}', '{"response": {"userHandle": 5}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA",'
        ' "authenticatorData": "AA", "signature": "AA", "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}',
        '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}',
    ])  # fmt: skip
    def test_what_is_no_passkey_is_refused_everywhere(self, client, editor, secret, credential):
        assert client.post(f"{LOGIN}passkey/?next=/admin/x/", {"credential": credential})["Location"].startswith(LOGIN)
        log_in(client)
        assert client.post(CODE, {"credential": credential}).status_code == 200
        client.post(CODE, {"code": code_of(secret)})
        again = client.post(f"{ACCOUNT}again/", {"password": "secret", "next": f"{ACCOUNT}passkeys/add/"})
        assert client.get(again["Location"]).status_code == 200
        assert client.post(f"{ACCOUNT}passkeys/add/", {"credential": credential}).status_code == 200
        assert not Authenticator.objects.filter(type="webauthn").exists()


class TestSettingUp:
    @pytest.fixture
    def proven(self, client, editor) -> Client:
        """An editor who has just shown once more that it is them."""
        client.force_login(editor)
        client.post(f"{ACCOUNT}again/", {"password": "secret"})
        return client

    def test_one_shows_first_that_it_is_oneself(self, client, editor):
        client.force_login(editor)
        address = client.get(f"{ACCOUNT}app/")["Location"]
        assert address == f"{ACCOUNT}again/?next=%2Fadmin%2Faccount%2Fapp%2F"
        assert "not belong together" in text_of(client.post(address, {"password": "wrong"}))
        assert client.post(address, {"password": "secret"})["Location"] == f"{ACCOUNT}app/"

    def test_an_app_is_set_up_by_its_code_and_recovery_codes_follow(
        self, proven, editor, django_capture_on_commit_callbacks
    ):
        page = proven.get(f"{ACCOUNT}app/")
        secret = page.context["form"].secret
        assert secret in text_of(page)
        picture = proven.get(f"{ACCOUNT}app/qr.svg")
        assert picture["Content-Type"] == "image/svg+xml"
        assert b"<svg" in picture.content
        assert b"style" not in picture.content
        assert proven.post(f"{ACCOUNT}app/", {"code": "000000x"}).status_code == 200
        assert not has_app(editor)
        with django_capture_on_commit_callbacks(execute=True):
            done = proven.post(f"{ACCOUNT}app/", {"code": code_of(secret)})
        assert done["Location"] == f"{ACCOUNT}recovery-codes/"
        assert has_app(editor)
        added = LoginEntry.objects.filter(what="added").values_list("detail", flat=True)
        assert sorted(added) == ["authenticator app", "recovery codes"]

    def test_recovery_codes_are_shown_once_and_taken_as_a_file(self, proven, editor):
        give_app(editor)
        codes = give_codes(editor)
        first = text_of(proven.get(f"{ACCOUNT}recovery-codes/"))
        assert all(code in first for code in codes)
        assert len(codes) == 10
        second = text_of(proven.get(f"{ACCOUNT}recovery-codes/"))
        assert not any(code in second for code in codes)
        file = proven.get(f"{ACCOUNT}recovery-codes/recovery-codes.txt")
        assert "attachment" in file["Content-Disposition"]
        assert all(code in text_of(file) for code in codes)

    def test_nobody_takes_the_file_without_having_been_shown_them(self, proven, editor):
        give_app(editor)
        give_codes(editor)
        assert proven.get(f"{ACCOUNT}recovery-codes/recovery-codes.txt").status_code == 404

    def test_new_codes_end_the_old_ones(self, proven, editor):
        give_app(editor)
        [old, *_] = give_codes(editor)
        assert proven.post(f"{ACCOUNT}recovery-codes/new/")["Location"] == f"{ACCOUNT}recovery-codes/"
        assert old not in text_of(proven.get(f"{ACCOUNT}recovery-codes/"))
        other = Client()
        log_in(other)
        assert other.post(CODE, {"code": old}).status_code == 200

    def test_there_are_no_codes_without_a_second_factor(self, proven, editor):
        assert proven.post(f"{ACCOUNT}recovery-codes/new/").status_code == 200
        assert not Authenticator.objects.exists()

    def test_removing_asks_who_it_is_and_takes_the_codes_along(self, client, editor):
        give_app(editor)
        give_codes(editor)
        client.force_login(editor)
        assert "/again/" in client.post(f"{ACCOUNT}app/remove/")["Location"]
        assert has_app(editor)
        client.post(f"{ACCOUNT}again/", {"password": "secret"})
        client.post(f"{ACCOUNT}app/remove/")
        assert not Authenticator.objects.exists()
        assert LoginEntry.objects.filter(what="removed", user="edith").exists()

    def test_the_network_address_does_not_get_into_the_session(self, client, editor):
        give_app(editor)
        client.force_login(editor)
        client.post(f"{ACCOUNT}app/remove/", REMOTE_ADDR="203.0.113.9")
        assert "203.0.113.9" not in str(dict(client.session))

    def test_nobody_touches_anothers_passkey(self, proven, moderator):
        other = Authenticator.objects.create(user=moderator, type="webauthn", data={"name": "Key", "credential": {}})
        for pk in (other.pk, 10**30):
            for act in ("rename", "remove"):
                assert proven.post(f"{ACCOUNT}passkeys/{pk}/{act}/", {"name": "mine"}).status_code == 404

    def test_the_way_back_is_explained_on_the_page(self, client, editor):
        client.force_login(editor)
        assert "reset_second_factor edith" in text_of(client.get(ACCOUNT))


@pytest.mark.parametrize(
    "address",
    ["", "app/", "app/qr.svg", "app/remove/", "passkeys/add/", "recovery-codes/", "recovery-codes/recovery-codes.txt",
     "recovery-codes/new/", "sessions/", "sessions/end/", "again/", "again/code/", "again/passkey/"],
)  # fmt: skip
def test_strangers_are_led_to_the_login(client, db, address):
    for answer in (client.get(f"{ACCOUNT}{address}"), client.post(f"{ACCOUNT}{address}")):
        assert answer.status_code == 302
        assert answer["Location"].startswith(LOGIN)


def test_a_text_that_was_being_written_is_offered_after_the_login_with_a_second_factor(client, editor, secret):
    from posts.autosaving import seal

    sent = client.post(
        "/admin/posts/post/add/", {"seal": seal(editor, "guid-1"), "title": "Half a thought", "body": "x"}
    )
    assert sent["Location"].startswith(LOGIN)
    way = client.get(sent["Location"], follow=True).context["redirect_field_value"]
    log_in(client, next=way)
    answer = client.post(CODE, {"code": code_of(secret)})
    assert answer["Location"] == way
    assert "Half a thought" in text_of(client.get(way))
