"""A post: its address, its states, what the database holds true."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from posts.models import Post
from tests.factories import make_link, make_post, make_source, moment

pytestmark = pytest.mark.django_db


def test_a_published_post_has_the_address_of_its_day():
    post = make_post("S. Korean embassy staff add to NK defectors’ blues", at="2012-06-21 14:08")
    assert post.get_absolute_url() == "/2012/06/21/s-korean-embassy-staff-add-to-nk-defectors-blues/"


def test_an_untitled_post_has_its_number_for_a_slug_and_its_date_for_a_title():
    post = make_post("", at="2013-02-17 08:53")
    assert post.slug == str(post.pk)
    assert post.display_title == "February 17, 2013"


def test_an_untitled_draft_is_called_so():
    assert str(make_post("", draft=True)) == "Untitled draft"


def test_a_title_in_any_script_makes_a_slug():
    assert make_post("북한 인권").slug == "북한-인권"


def test_a_title_without_a_letter_gets_its_number():
    post = Post.objects.get(pk=make_post("???").pk)
    assert post.slug == "post" or post.slug == str(post.pk)


def test_two_posts_of_one_day_with_one_title_get_two_addresses():
    first, second = make_post("Weekly note"), make_post("Weekly note")
    assert (first.slug, second.slug) == ("weekly-note", "weekly-note-2")


def test_the_same_slug_is_free_on_another_day():
    make_post(slug="note", at="2013-03-30 10:00")
    assert make_post(slug="note", at="2013-03-31 10:00").slug == "note"


def test_a_slug_that_is_taken_on_that_day_is_refused_in_a_sentence():
    make_post(slug="note")
    with pytest.raises(ValidationError, match="Another post of March 31, 2013 has this slug"):
        make_post(slug="note")


@pytest.mark.parametrize("slug", ["feed", "page", "embed"])
def test_a_slug_with_a_meaning_of_its_own_is_refused(slug):
    with pytest.raises(ValidationError, match="its own meaning"):
        make_post(slug=slug)


def test_a_title_that_makes_such_a_slug_gets_another():
    assert make_post("Feed").slug == "feed-2"


def test_drafts_may_share_a_slug():
    make_post(slug="note", draft=True)
    make_post(slug="note", draft=True)


def test_the_database_itself_holds_one_slug_a_day():
    first, second = make_post(), make_post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=second.pk).update(slug=first.slug)


def test_the_database_refuses_a_state_that_is_none():
    post = make_post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state="hidden")


def test_the_database_refuses_a_published_post_without_a_date():
    post = make_post(draft=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state="published")


def test_a_post_of_tomorrow_becomes_public_at_its_minute_and_no_code_runs():
    at = timezone.now() + dt.timedelta(days=1)
    post = make_post(at=at)
    assert not Post.objects.published().exists()
    assert list(Post.objects.published(at=at)) == [post]
    assert post.is_scheduled


def test_a_withdrawn_post_keeps_its_address_and_is_public_nowhere():
    post = make_post()
    address = post.get_absolute_url()
    post.withdraw()
    assert post.get_absolute_url() == address
    assert not Post.objects.published().exists()


def test_a_page_brings_its_outlet_with_it():
    link = make_link(make_source())
    post = make_post(link=link)
    assert post.source == link.source


def test_a_page_of_another_outlet_is_refused():
    link = make_link(make_source("NK News"))
    with pytest.raises(ValidationError, match="belongs to NK News"):
        make_post(link=link, source=make_source("Korea Times"))


def test_the_database_refuses_a_page_without_its_outlet():
    post = make_post(link=make_link(make_source()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(source=None)


def test_the_guid_never_changes():
    post = make_post()
    guid = post.guid
    post.slug = "another-address"
    post.publish(at=moment("2014-01-01 00:00"))
    assert Post.objects.get(pk=post.pk).guid == guid


def test_neighbours_are_the_public_posts_before_and_after():
    before = make_post("Before", at="2013-03-30 10:00")
    same_minute = make_post("Same minute", at="2013-03-31 15:17")
    post = make_post(at="2013-03-31 15:17")
    make_post("Tomorrow", at=timezone.now() + dt.timedelta(days=1))
    make_post("Draft", draft=True)
    assert [row and row["title"] for row in post.previous_and_next()] == ["Same minute", None]
    assert [row and row["title"] for row in same_minute.previous_and_next()] == [before.title, post.title]
