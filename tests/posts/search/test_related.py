"""Related posts: those that share a rare tag or rare words with one, and why."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.listing import read_posts
from posts.models import Post
from posts.search.indexing import catch_up
from posts.search.related import related_to
from tests.factories import make_post, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _others(db):
    for number in range(12):
        make_post(f"Filler {number}", at=f"2013-01-{number + 1:02} 10:00", body="Common words.", tags=["everywhere"])


def related(post: Post) -> dict[str, str]:
    catch_up()
    [listed] = read_posts(Post.objects.filter(pk=post.pk), whole=True)
    return {each.title: each.reason for each in related_to(listed)}


def test_a_rare_tag_is_the_reason_and_one_that_all_carry_is_none():
    post = make_post("One", tags=["brick kilns", "everywhere"])
    make_post("Two", tags=["brick kilns", "everywhere"])
    assert related(post) == {"Two": "Also tagged brick kilns"}


def test_two_tags_weigh_more_than_one_and_both_are_said():
    post = make_post("One", tags=["kilns", "debt"])
    make_post("One of them", tags=["kilns"])
    make_post("Both of them", tags=["debt", "kilns"])
    assert next(iter(related(post).items())) == ("Both of them", "Also tagged debt and kilns")


def test_words_that_are_rare_here_join_posts_without_tags():
    post = make_post("Trawler held at Busan", body="The crew had no passports.")
    make_post("Busan court frees crew", body="The trawler is for sale. Nobody had passports.")
    assert related(post) == {"Busan court frees crew": "Also about “Busan”, “Trawler” and “crew”"}


def test_korean_posts_find_each_other():
    post = make_post("두만강을 건넌 여성들", body="브로커에게 팔렸다.")
    make_post("두만강의 밤", body="국경 이야기.")
    assert list(related(post)) == ["두만강의 밤"]


def test_of_a_text_under_a_notice_no_word_is_said():
    post = make_post("A cellar", body="Okapi zebra quagga.", notice="Describes violence")
    other = make_post("Elsewhere", body="Okapi zebra quagga.")
    assert related(post) == related(other) == {}


def test_posts_whose_texts_are_under_a_notice_are_joined_by_titles_and_tags():
    post = make_post("Okapi in a cellar", body="A quagga and a zebra.", tags=["stables"])
    make_post("An okapi found", body="A quagga and a zebra.", notice="Describes violence")
    make_post("Elsewhere", body="A quagga and a zebra.", notice="Describes violence", tags=["stables"])
    assert related(post) == {"An okapi found": "Also about “Okapi”", "Elsewhere": "Also tagged stables"}


def test_what_readers_do_not_see_is_never_related():
    post = make_post("One", tags=["kilns"])
    hidden = [make_post(f"Hidden {n}", tags=["kilns"]) for n in range(3)]
    make_post("Shown", tags=["kilns"])
    hidden[0].withdraw()
    hidden[1].review_on = dt.date(2030, 1, 1)
    hidden[1].save()
    make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1), tags=["kilns"])
    make_post("Draft", draft=True, tags=["kilns"])
    hidden[2].delete()
    assert list(related(post)) == ["Shown"]


def test_where_nothing_else_is_near_the_outlet_and_the_week_are():
    paper = make_source("NK News")
    post = make_post("Aaaa", at="2014-05-05 10:00", source=paper)
    make_post("Bbbb", at="2014-05-06 10:00", source=paper)
    make_post("Cccc", at="2014-07-06 10:00", source=paper)
    assert related(post) == {"Bbbb": "From the same outlet, in the same week"}


def test_a_post_alone_has_none():
    assert related(make_post("", body="")) == {}


def test_at_most_five_and_as_many_queries_for_one_as_for_ten():
    post = make_post("One", tags=["kilns", "debt"], body="Punjab quarry")
    make_post("Two", tags=["kilns"], body="Punjab quarry")
    related(post)
    [listed] = read_posts(Post.objects.filter(pk=post.pk), whole=True)
    with CaptureQueriesContext(connection) as few:
        related_to(listed)
    for number in range(10):
        make_post(f"More {number}", tags=["kilns", "debt"], body="Punjab quarry")
    catch_up()
    with CaptureQueriesContext(connection) as many:
        assert len(related_to(listed)) == 5
    assert len(many) <= len(few) + 1  # the sample is counted anew


def test_the_page_of_a_post_names_them(client):
    post = make_post("One", tags=["kilns"])
    make_post("Two", tags=["kilns"])
    catch_up()
    assert "Also tagged kilns" in client.get(post.get_absolute_url()).content.decode()
