"""The posts before and after one in each of its tags."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts import listing
from posts.listing import read_posts
from posts.models import Post, Tag
from posts.neighbours import in_tags
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def neighbours(post: Post):
    [listed] = read_posts(Post.objects.filter(pk=post.pk), whole=True)
    return in_tags(listed)


def test_they_are_those_of_the_listing_also_where_moments_are_equal():
    for number in range(9):
        make_post(f"Post {number}", at=f"2013-05-0{number // 3 + 1} 10:00", tags=["boats"])
    listed = listing.of_tag(Tag.objects.get(name="boats")).posts(stop=20)
    for newer, post, older in zip([None, *listed], listed, [*listed[1:], None], strict=False):
        [found] = in_tags(post)
        assert (found.newer and found.newer.title, found.older and found.older.title) == (
            newer and newer.title,
            older and older.title,
        )


def test_the_rarest_tag_stands_first_and_one_of_its_own_not_at_all():
    make_post("Old", tags=["common"])
    make_post("Older", tags=["common", "rare"])
    post = make_post("New", tags=["common", "rare", "only here"])
    assert [(each.name, each.url) for each in neighbours(post)] == [("rare", "/tag/rare/"), ("common", "/tag/common/")]


def test_what_readers_do_not_see_is_passed_over():
    make_post("First", at="2013-01-01 10:00", tags=["boats"])
    make_post("Withdrawn", at="2013-01-02 10:00", tags=["boats"]).withdraw()
    post = make_post("Last", at="2013-01-03 10:00", tags=["boats"])
    make_post("Draft", draft=True, tags=["boats"])
    [found] = neighbours(post)
    assert (found.older.title, found.newer) == ("First", None)


def test_four_tags_ask_what_one_asks(client):
    make_post("A", tags=list("abcdefgh"))
    many, one = make_post("B", tags=list("abcdefgh")), make_post("C", tags=["a"])
    with CaptureQueriesContext(connection) as asked_many:
        assert len(neighbours(many)) == 4
    with CaptureQueriesContext(connection) as asked_one:
        neighbours(one)
    assert len(asked_many) == len(asked_one)


def test_the_page_of_a_post_leads_there(client):
    make_post("The boat before", at="2013-01-01 10:00", tags=["boats"])
    post = make_post("Boat", at="2013-01-03 10:00", tags=["boats"])
    page = client.get(post.get_absolute_url()).content.decode()
    assert "The boat before" in page[page.index("in-tags") :]
