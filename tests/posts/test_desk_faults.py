"""What trials of the desk found."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from posts.models import Image, Post
from posts.picturing import read_picture
from posts.restoring import restore
from tests.factories import make_post, picture_file
from tests.posts.test_admin import ADD, filled
from tests.posts.test_form import press, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(db) -> User:
    user = User.objects.create_user("otto", password="secret", is_staff=True)
    user.groups.set(Group.objects.filter(name="Editors"))
    return user


def sensitive(writer: User, publisher: User, at: dt.datetime | None = None) -> Post:
    post = make_post("Boats", draft=True, is_sensitive=True, written_by=writer, editor=writer)
    post.publish(at=at, by=publisher)
    return post


class TestSecondPairOfEyes:
    @pytest.mark.parametrize("button", ["_save", "_correct"])
    def test_no_text_goes_to_readers_that_nobody_else_has_seen(self, editor_client, editor, other, button):
        post = sensitive(editor, other)
        page = press(editor_client, post, button, body="Mine alone", correction="x").content.decode()
        assert "second pair of eyes" in page
        assert "Mine alone" in page
        assert Post.objects.get().body == "Some words."

    def test_nor_by_way_of_a_schedule_or_an_old_version(self, editor_client, editor, other):
        post = sensitive(editor, other, timezone.now() + dt.timedelta(days=9))
        assert press(editor_client, post, "_save", body="Mine alone").status_code == 200
        public = sensitive(editor, other)
        first = public.history.last()
        first.body = "As it was"
        with pytest.raises(Exception, match="second pair of eyes"):
            restore(Post.objects.get(pk=public.pk), first, by=editor)

    def test_what_is_no_text_is_changed_at_once(self, editor_client, editor, other):
        post = sensitive(editor, other)
        assert press(editor_client, post, "_save", notice="Tells of violence", is_sensitive="on").status_code == 302
        assert Post.objects.get().notice == "Tells of violence"


def test_a_scheduled_post_is_not_published_by_a_mere_save(editor_client):
    post = make_post("Boats", at=timezone.now() + dt.timedelta(days=9))
    page = press(editor_client, post, "_save", published_at_0="2026-01-02", published_at_1="10:00").content.decode()
    assert "This moment has passed" in page
    assert Post.objects.get().is_scheduled


def test_back_and_save_again_makes_no_second_post(editor_client):
    for button in ("_save", "_publish", "_publish"):
        seal = re.search(r'name="seal" value="([^"]+)"', editor_client.get(ADD).content.decode())
        response = editor_client.post(
            ADD, filled(title="Boats", version="0", body="The boats\r\ncame in.", seal=seal[1], **{button: "x"})
        )
        assert response.status_code == 302, button
    assert Post.objects.count() == 1
    editor_client.post(ADD, filled(title="Boats", body="Other boats.", _save="x"))
    assert Post.objects.count() == 2


def test_who_goes_back_and_changes_but_the_slug_has_it_changed(editor_client):
    for slug in ("boats", "ships"):
        seal = re.search(r'name="seal" value="([^"]+)"', editor_client.get(ADD).content.decode())
        editor_client.post(ADD, filled(title="Boats", slug=slug, seal=seal[1], version="0", _save="x"))
    assert Post.objects.get().slug == "ships"


def test_the_same_form_sent_twice_says_that_it_is_saved(editor_client):
    seal = re.search(r'name="seal" value="([^"]+)"', editor_client.get(ADD).content.decode())
    for _ in range(2):
        response = editor_client.post(ADD, filled(title="Boats", seal=seal[1], version="0", _publish="x"), follow=True)
        assert "is published" in response.content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("value", ["abc", "9" * 30, "-1", "\0"])
@pytest.mark.parametrize("name", ["source", "categories"])
def test_a_choice_that_is_none_is_refused_and_nothing_typed_is_lost(editor_client, name, value):
    response = editor_client.post(ADD, filled(title="Long written", **{name: value}, _save="x"))
    assert response.status_code == 200
    assert 'value="Long written"' in response.content.decode()
    assert name in response.context["adminform"].form.errors


@pytest.mark.parametrize("address", ["/", "/subscribe/", "/admin/login/", "/admin/posts/post/add/"])
def test_a_form_in_a_foreign_encoding_is_a_bad_request(address):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    assert client.post(address, b"a=1", content_type=kind).status_code in (400, 405)


def test_an_odd_number_is_no_discussion(moderator_client):
    for page in ("change", "delete", "history"):
        assert moderator_client.get(f"/admin/comments/discussion/{'9' * 26}/{page}/").status_code in (302, 404)


def test_a_stub_is_neither_thrown_away_nor_brought_back(editor_client):
    post = make_post("Boats")
    press(editor_client, post, "_takedown", reason="protection", is_sure="on")
    assert editor_client.post(f"/admin/posts/post/{post.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Post.objects.get().state == "removed"


def test_a_withdrawn_post_is_shown_by_no_old_preview_link(client):
    post = make_post("Boats", draft=True)
    link = post.previews.create()
    post.publish()
    post.withdraw()
    post.redraft()
    assert client.get(link.get_absolute_url()).status_code == 404


def test_the_description_of_a_picture_is_not_taken_away(editor_client):
    image = Image.objects.get_or_store(read_picture(picture_file()))
    Image.objects.filter(pk=image.pk).update(alt="A boat")
    address = f"/admin/posts/image/{image.pk}/change/"
    page = editor_client.post(address, {"alt": "", "caption": "At sea"}).content.decode()
    assert "say what it shows" in page
    assert editor_client.post(address, {"alt": "", "is_decorative": "on"}).status_code == 302


def test_a_writer_takes_their_own_draft_out_of_the_trash(client):
    writer = User.objects.create_user("wren", is_staff=True)
    writer.groups.set(Group.objects.filter(name="Writers"))
    client.force_login(writer)
    post = make_post("Boats", draft=True, editor=writer)
    post.trash()
    client.post(f"/admin/posts/post/{post.pk}/change/", typed(Post.objects.get(), "_redraft"))
    assert Post.objects.get().state == "draft"
