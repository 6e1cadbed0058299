import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.models import Post
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def titles(response) -> list[str]:
    return [post.title for post in response.context["page"].rows]


@pytest.fixture
def posts(db):
    return [make_post(f"Post {number}", at=f"2013-03-{number:02} 10:00") for number in range(1, 26)]


def pin(*posts: Post) -> None:
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(is_sticky=True)


def test_a_pinned_post_stands_first_and_further_pages_stay_as_they_are(client, posts):
    before = [titles(client.get(address)) for address in ("/", "/page/2/", "/page/3/")]
    pin(posts[2])
    after = [titles(client.get(address)) for address in ("/", "/page/2/", "/page/3/")]
    assert after == [["Post 3", *before[0]], *before[1:]]
    assert client.get("/").content.count(b"Pinned") == 1


def test_one_that_is_new_is_not_shown_twice(client, posts):
    pin(posts[20])
    shown = titles(client.get("/"))
    assert shown[0] == "Post 21"
    assert len(shown) == len(set(shown)) == 10


def test_what_readers_do_not_see_is_not_pinned_for_them(client, posts):
    hidden = [make_post("Secret draft", draft=True), make_post("Secret future", at="2090-01-01 10:00")]
    pin(*hidden)
    assert b"Secret" not in client.get("/").content


def test_feeds_and_other_listings_know_nothing_of_it(client, posts):
    for post in posts[:2]:
        post.tags.add("boats")
    pin(posts[0])
    assert titles(client.get("/tag/boats/")) == ["Post 2", "Post 1"]
    assert b"Pinned" not in client.get("/tag/boats/").content
    assert b"Post 1<" not in client.get("/feed/").content


def test_pinned_posts_cost_no_query(client, posts):
    with CaptureQueriesContext(connection) as without:
        client.get("/")
    pin(*posts[:3])
    with CaptureQueriesContext(connection) as with_pinned:
        client.get("/")
    assert len(with_pinned) == len(without)


def test_who_publishes_pins_at_the_desk(editor_client):
    post = make_post("One")
    page = editor_client.get(f"/admin/posts/post/{post.pk}/change/").content
    assert b'name="is_sticky"' in page
