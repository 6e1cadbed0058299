"""What is typed and not saved is kept, and offered again to who typed it, and to nobody else."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from posts import autosaving
from posts.autosaving import opened, seal
from posts.models import Autosave, Post
from tests.factories import make_post
from tests.posts.test_admin import ADD, filled

pytestmark = pytest.mark.django_db

KEEP = "/admin/posts/post/autosave/"
UNSAVED = "/admin/posts/post/unsaved/"


def seal_in(client: Client, address: str = ADD) -> str:
    """Open a form as a browser does; return the seal that it brings."""
    form = client.get(address).context["adminform"].form
    return form["seal"].value()


def change(post: Post) -> str:
    return f"/admin/posts/post/{post.pk}/change/"


def version(post: Post) -> str:
    return str(Post.objects.get(pk=post.pk).version)


def other_editor(editor: User) -> Client:
    user = User.objects.create_user("otto", is_staff=True)
    user.groups.set(editor.groups.all())
    client = Client()
    client.force_login(user)
    return client


class TestKeeping:
    def test_what_is_typed_is_kept_and_is_no_revision_and_no_save(self, editor_client, editor):
        post = make_post("Before", draft=True)
        answer = editor_client.post(
            KEEP, {"seal": seal_in(editor_client, change(post)), "title": "After", "body": "B"}
        )
        assert answer.json()["kept_at"] == f"{timezone.localtime():%H:%M}"
        kept = Autosave.objects.get()
        assert (kept.user, kept.post, kept.fields) == (editor, post, {"title": ["After"], "body": ["B"]})
        post.refresh_from_db()
        assert (post.title, post.version, post.history.count()) == ("Before", 1, 1)

    def test_one_form_keeps_one_text_the_last(self, editor_client):
        sealed = seal_in(editor_client)
        for title in ("One", "One more", "One more time"):
            editor_client.post(KEEP, {"seal": sealed, "title": title})
        assert Autosave.objects.get().title == "One more time"

    @pytest.mark.parametrize(
        "typed", [{}, {"title": " ", "body": "", "slug": "x"}, {"version": "0", "is_quiet": "on"}]
    )
    def test_a_new_form_in_which_nothing_is_written_is_not_kept(self, editor_client, typed):
        answer = editor_client.post(KEEP, {"seal": seal_in(editor_client), **typed})
        assert answer.json()["kept_at"] == ""
        assert not Autosave.objects.exists()

    def test_a_beat_keeps_nothing_and_tells_who_else_is_there(self, editor_client, editor):
        post = make_post(draft=True)
        other_editor(editor).get(change(post))
        answer = editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "beat": "1", "title": "x"})
        assert answer.json() == {"kept_at": "", "others": ["otto"], "version": 1}
        assert not Autosave.objects.exists()

    def test_what_is_beyond_measure_is_said_so(self, editor_client):
        answer = editor_client.post(KEEP, {"seal": seal_in(editor_client), "body": "x" * 1_000_001})
        assert answer.status_code == 413
        assert "too long" in answer.json()["error"]

    def test_tokens_and_seals_are_not_kept(self, editor_client):
        sealed = seal_in(editor_client)
        typed = {"seal": sealed, "csrfmiddlewaretoken": "secret", "warned": "1", "_publish": "x", "title": "T"}
        editor_client.post(KEEP, typed)
        assert Autosave.objects.get().fields == {"title": ["T"]}

    @pytest.mark.parametrize("odd", ["", "x", "a:b:c", "\x00", "é:é:é", "x" * 100_000])
    def test_a_seal_that_is_not_ours_is_refused(self, editor_client, odd):
        assert editor_client.post(KEEP, {"seal": odd, "title": "x"}).status_code == 403
        assert opened(odd) is None

    def test_a_seal_of_a_form_before_this_kind_is_refused(self, editor_client, editor):
        from django.core import signing

        old = signing.dumps([editor.pk, "urn:uuid:x"], salt=autosaving.SALT)
        assert editor_client.post(KEEP, {"seal": old, "title": "x"}).status_code == 403

    def test_whatever_is_typed_there_is_no_fault(self, editor_client):
        sealed = seal_in(editor_client)
        for typed in ({"title": "nul\x00l"}, {"title": "\ud800".encode("utf-8", "surrogatepass")}, {"x" * 400: "y"}):
            assert editor_client.post(KEEP, {"seal": sealed, "body": "b", **typed}).status_code == 200
        assert editor_client.get(KEEP).status_code == 405

    def test_anothers_seal_keeps_nothing(self, editor_client, editor):
        assert other_editor(editor).post(KEEP, {"seal": seal_in(editor_client), "title": "x"}).status_code == 403
        assert not Autosave.objects.exists()

    def test_who_works_here_no_longer_keeps_nothing(self, editor_client, editor):
        sealed = seal_in(editor_client)
        User.objects.filter(pk=editor.pk).update(is_active=False)
        assert Client().post(KEEP, {"seal": sealed, "title": "x"}).json()["kept_at"] == ""
        assert not Autosave.objects.exists()

    def test_two_tabs_at_one_post_keep_a_text_each(self, editor_client):
        post = make_post("Before", draft=True)
        first, second = seal_in(editor_client, change(post)), seal_in(editor_client, change(post))
        editor_client.post(KEEP, {"seal": first, "title": "Long work in the first tab"})
        editor_client.post(KEEP, {"seal": second, "title": "A word in the second"})
        assert {each.title for each in Autosave.objects.all()} == {
            "Long work in the first tab",
            "A word in the second",
        }
        editor_client.post(change(post), filled(title="A word in the second", seal=second, version="1", _save="x"))
        assert Autosave.objects.get().title == "Long work in the first tab"

    def test_who_begins_anew_over_an_offer_does_not_lose_it(self, editor_client):
        post = make_post("Before", draft=True)
        editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "title": "Before the crash"})
        editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "title": "After it"})
        assert Autosave.objects.filter(post=post).count() == 2


class TestOffering:
    def test_a_new_post_goes_on_after_a_crash_and_is_cleared_by_saving(self, editor_client):
        editor_client.post(
            KEEP, {"seal": seal_in(editor_client), "title": "Begun", "body": "Words", "tags": ["a", "b"]}
        )
        kept = Autosave.objects.get()
        page = editor_client.get(ADD).content.decode()
        assert "“Begun”" in page
        assert f'href="?take={kept.pk}"' in page
        response = editor_client.get(f"{ADD}?take={kept.pk}")
        form = response.context["adminform"].form
        assert (form["title"].value(), form["body"].value(), form["tags"].value()) == ("Begun", "Words", ["a", "b"])
        assert "It is not saved yet" in response.content.decode()
        sealed = form["seal"].value()
        editor_client.post(KEEP, {"seal": sealed, "title": "Begun and gone on"})
        assert Autosave.objects.get().pk == kept.pk
        editor_client.post(ADD, filled(title="Begun and gone on", seal=sealed, _save="x"))
        assert not Autosave.objects.exists()
        assert Post.objects.get().title == "Begun and gone on"

    def test_changes_are_offered_at_their_post_and_nowhere_else(self, editor_client, editor):
        post, another = make_post("One", draft=True), make_post("Two", draft=True)
        editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "title": "One and more"})
        kept = Autosave.objects.get()
        assert "You typed changes until" in editor_client.get(change(post)).content.decode()
        assert "You typed" not in editor_client.get(change(another)).content.decode()
        assert "You typed" not in other_editor(editor).get(change(post)).content.decode()
        taken = editor_client.get(f"{change(post)}?take={kept.pk}").context["adminform"].form
        assert taken["title"].value() == "One and more"

    @pytest.mark.parametrize("asked", ["x", "", "-1", "0", "9" * 30, "%00", "٣", "1e3"])
    def test_odd_wishes_give_the_form_as_it_is(self, editor_client, asked):
        assert editor_client.get(f"{ADD}?take={asked}").context["adminform"].form["title"].value() in (None, "")

    def test_nobody_is_given_anothers_text(self, editor_client, editor):
        post = make_post("One", draft=True)
        for address in (ADD, change(post)):
            editor_client.post(KEEP, {"seal": seal_in(editor_client, address), "title": "My secret"})
        other = other_editor(editor)
        for kept in Autosave.objects.all():
            for address in (ADD, change(post)):
                assert "My secret" not in other.get(f"{address}?take={kept.pk}").content.decode()
            other.post(f"/admin/posts/post/unsaved/{kept.pk}/drop/")
        assert "My secret" not in other.get(UNSAVED).content.decode()
        assert Autosave.objects.count() == 2

    def test_the_list_shows_all_of_ones_own_and_drops_them(self, editor_client):
        editor_client.post(KEEP, {"seal": seal_in(editor_client), "title": "Mine", "body": "<b>words</b>"})
        page = editor_client.get(UNSAVED).content.decode()
        assert "Mine" in page
        assert "&lt;b&gt;words" in page
        kept = Autosave.objects.get()
        editor_client.post(f"/admin/posts/post/unsaved/{kept.pk}/drop/")
        assert "Nothing is unsaved" in editor_client.get(UNSAVED).content.decode()
        assert editor_client.post(f"/admin/posts/post/unsaved/{kept.pk}/drop/").status_code == 302
        assert editor_client.get(f"/admin/posts/post/unsaved/{kept.pk}/drop/").status_code == 405

    def test_what_stands_there_for_thirty_days_goes(self, editor_client):
        editor_client.post(KEEP, {"seal": seal_in(editor_client), "title": "Old"})
        editor_client.post(KEEP, {"seal": seal_in(editor_client), "title": "New"})
        Autosave.objects.filter(fields__title=["Old"]).update(
            made_at=timezone.now() - dt.timedelta(days=30, minutes=1)
        )
        call_command("tidy")
        assert Autosave.objects.get().title == "New"


class TestRescuing:
    """Whatever keeps a form from being taken, its text is kept."""

    def test_the_session_is_over(self, editor_client, editor):
        post = make_post("Before", draft=True)
        fields = filled(title="Typed for an hour", seal=seal_in(editor_client, change(post)), version="1", _save="x")
        editor_client.logout()
        response = editor_client.post(change(post), fields)
        kept = Autosave.objects.get()
        assert response["Location"].startswith("/admin/login/?next=")
        assert f"take%3D{kept.pk}" in response["Location"]
        editor_client.force_login(editor)
        form = editor_client.get(f"{change(post)}?take={kept.pk}").context["adminform"].form
        assert form["title"].value() == "Typed for an hour"
        post.refresh_from_db()
        assert post.title == "Before"

    def test_the_script_keeps_on_while_logged_out(self, editor_client):
        sealed = seal_in(editor_client)
        editor_client.logout()
        assert editor_client.post(KEEP, {"seal": sealed, "title": "x"}).json()["is_out"] is True
        assert Autosave.objects.exists()

    def test_the_forms_token_is_of_another_session(self, editor):
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor)
        response = client.post(ADD, filled(title="Typed", seal=seal_in(client), csrfmiddlewaretoken="old", _save="x"))
        kept = Autosave.objects.get()
        assert response["Location"] == f"{ADD}?take={kept.pk}"
        assert not Post.objects.exists()

    def test_another_person_sits_there_now(self, editor_client, editor):
        fields = filled(title="Typed", seal=seal_in(editor_client), _save="x")
        other_editor(editor).post(ADD, fields)
        assert not Autosave.objects.exists()  # nothing is kept in another's name; the form was theirs to send

    def test_the_right_to_change_it_is_gone(self, editor_client, editor):
        post = make_post("Before", draft=True)
        fields = filled(title="Typed", seal=seal_in(editor_client, change(post)), version="1", _save="x")
        editor.groups.clear()
        page = editor_client.post(change(post), fields, follow=True).content.decode()
        assert "You may not change this post any longer" in page
        assert "Typed" in page
        post.refresh_from_db()
        assert post.title == "Before"

    def test_somebody_deleted_the_post_meanwhile(self, editor_client):
        post = make_post("Before", draft=True)
        sealed = seal_in(editor_client, change(post))
        post.delete()
        response = editor_client.post(
            change(post), filled(title="Typed", seal=sealed, version="1", _save="x"), follow=True
        )
        page = response.content.decode()
        assert "What you typed is kept" in page
        assert "Typed" in page
        kept = Autosave.objects.get()
        form = editor_client.get(f"{ADD}?take={kept.pk}").context["adminform"].form
        assert form["title"].value() == "Typed"

    def test_what_was_kept_already_outlives_the_post(self, editor_client):
        post = make_post("Before", draft=True)
        editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "title": "An hour's work"})
        post.delete()
        assert "An hour&#x27;s work" in editor_client.get(UNSAVED).content.decode()

    def test_a_form_without_a_seal_is_as_it_always_was(self, client):
        response = client.post(ADD, filled(title="x", _save="x"))
        assert response["Location"].startswith("/admin/login/")
        assert not Autosave.objects.exists()


def test_a_seal_says_what_it_was_made_for(editor):
    sealed = opened(seal(editor, "urn:uuid:1", "tab"))
    assert (sealed.user_id, sealed.guid, sealed.form) == (editor.pk, "urn:uuid:1", "tab")
    assert opened(seal(editor, "urn:uuid:1")).key != opened(seal(editor, "urn:uuid:1")).key


def test_a_post_with_a_very_long_guid_is_kept_too(editor_client, editor):
    post = make_post("Old", draft=True, guid="https://old.example/" + "x" * 480)
    editor_client.post(KEEP, {"seal": seal_in(editor_client, change(post)), "title": "New"})
    kept = Autosave.objects.get()
    form = editor_client.get(f"{change(post)}?take={kept.pk}").context["adminform"].form
    editor_client.post(change(post), filled(title="New", seal=form["seal"].value(), version="1", _save="x"))
    assert not Autosave.objects.exists()
    assert Post.objects.get().title == "New"
