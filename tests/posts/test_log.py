"""The log of what was done to posts, at the desk."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.life import Reason
from posts.models import PostEntry
from tests.factories import make_post

pytestmark = pytest.mark.django_db

LOG = "/admin/posts/postentry/"


def rows(response) -> list[PostEntry]:
    assert response.status_code == 200, response["Location"]
    return list(response.context["cl"].result_list)


def test_it_says_what_was_done_by_whom_and_why_newest_first(editor_client, editor):
    post = make_post("The long way")
    post.withdraw(Reason.LEGAL, note="A lawyer's letter", by=editor)
    response = editor_client.get(LOG)
    assert [entry.act for entry in rows(response)] == ["withdraw", "publish"]
    page = response.content.decode()
    for words in ("Withdrawn", "Published → Withdrawn", "for legal reasons", "A lawyer&#x27;s letter", "edith"):
        assert words in page
    assert f"/admin/posts/post/{post.pk}/change/" in page
    assert "The long way" in page


def test_an_entry_outlives_its_post_and_links_to_it_no_longer(editor_client):
    post = make_post("A secret")
    number = post.pk
    post.delete()
    page = editor_client.get(LOG).content.decode()
    assert f"{number}, deleted" in page
    assert f"/admin/posts/post/{number}/change/" not in page
    assert "secret" not in page


def test_it_is_filtered_by_act_and_by_actor_and_found_by_number(editor_client, editor):
    one, other = make_post("One"), make_post("Other")
    one.withdraw(by=editor)
    assert [entry.post_id for entry in rows(editor_client.get(LOG, {"act__exact": "withdraw"}))] == [one.pk]
    assert [entry.act for entry in rows(editor_client.get(LOG, {"actor": "edith"}))] == ["withdraw"]
    assert [entry.act for entry in rows(editor_client.get(LOG, {"q": str(other.pk)}))] == ["publish"]


@pytest.mark.parametrize("term", ["x", "9" * 18, "9" * 60, "-1", "²", "1.5", "'", '"'])
def test_an_odd_number_finds_nothing(editor_client, term):
    make_post("One")
    assert rows(editor_client.get(LOG, {"q": term})) == []


def test_nobody_changes_it(editor_client, client):
    make_post("One")
    entry = PostEntry.objects.get()
    page = editor_client.get(f"{LOG}{entry.pk}/change/").content.decode()
    assert "Published" in page
    assert 'type="submit" value="Save"' not in page
    assert editor_client.post(f"{LOG}{entry.pk}/change/", {"note": "x"}).status_code == 403
    assert editor_client.get(f"{LOG}add/").status_code == 403
    assert editor_client.post(f"{LOG}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    editor_client.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    client.force_login(User.objects.create_superuser("root"))
    client.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert PostEntry.objects.get().note == ""


@pytest.mark.parametrize(("group", "status"), [("Editors", 200), ("Administrators", 200), ("Writers", 403)])
def test_writers_do_not_read_it(client, group, status):
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    client.force_login(user)
    make_post("One")
    assert client.get(LOG).status_code == status
    assert client.get(f"{LOG}{PostEntry.objects.get().pk}/change/").status_code == status


def test_the_number_of_queries_does_not_grow(editor_client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            editor_client.get(LOG)
        return len(captured)

    make_post("One")
    queries()
    before = queries()
    for n in range(10):
        make_post(f"Another {n}")
    assert queries() == before
