"""What each listing holds is counted when it changes, and is always what a count would say."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from posts.models import Category, Post, Tag, Tally
from sources.models import Source
from tests.factories import make_category, make_link, make_post, make_source

pytestmark = pytest.mark.django_db


def count_of(**shelf) -> int:
    tally = Tally.objects.filter(**shelf).first()
    return tally.count if tally else 0


def test_publishing_counts_everywhere():
    parent = make_category("Forced Labor")
    child = make_category("Fishing", parent)
    source = make_source()
    make_post(tags=["boats"], categories=[child], source=source, at="2013-03-31 10:00")
    for shelf in (
        {"tag__name": "boats"},
        {"category": parent},
        {"category": child},
        {"source": source},
        {"is_site": True},
    ):
        tally = Tally.objects.get(**shelf)
        assert (tally.count, tally.years) == (1, {"2013": 1}), shelf
        assert tally.first_at == tally.last_at


def test_a_draft_counts_nowhere():
    make_post(draft=True, tags=["boats"], categories=[make_category("Fishing")], source=make_source())
    assert not Tally.objects.filter(count__gt=0).exists()


def test_withdrawing_takes_the_post_out_everywhere():
    post = make_post(tags=["boats"], categories=[make_category("Fishing")], source=make_source())
    post.withdraw()
    assert not Tally.objects.filter(count__gt=0).exists()


def test_deleting_takes_the_post_out_everywhere():
    make_post(tags=["boats"], categories=[make_category("Fishing")], source=make_source())
    Post.objects.all().delete()
    assert not Tally.objects.filter(count__gt=0).exists()


def test_taking_a_tag_away_counts_again():
    post = make_post(tags=["boats", "china"])
    post.tags.remove("boats")
    assert (count_of(tag__name="boats"), count_of(tag__name="china")) == (0, 1)
    post.tags.clear()
    assert count_of(tag__name="china") == 0


def test_changing_the_source_counts_both():
    old, new = make_source("Old"), make_source("New")
    post = Post.objects.get(pk=make_post(source=old).pk)
    post.source = new
    post.save()
    assert (count_of(source=old), count_of(source=new)) == (0, 1)


def test_moving_a_post_in_time_moves_its_year():
    post = Post.objects.get(pk=make_post(tags=["boats"], at="2013-03-31 10:00").pk)
    post.publish(at=timezone.make_aware(dt.datetime(2015, 1, 1, 10)))
    assert Tally.objects.get(tag__name="boats").years == {"2015": 1}


def test_moving_a_category_moves_its_posts_with_it():
    old, new = make_category("Old"), make_category("New")
    child = make_category("Fishing", old)
    make_post(categories=[child])
    child = Category.objects.get(pk=child.pk)
    child.parent = new
    child.full_clean()
    child.save()
    assert (count_of(category=old), count_of(category=new), count_of(category=child)) == (0, 1, 1)


def test_deleting_a_category_takes_its_posts_from_the_one_above():
    parent = make_category("Forced Labor")
    child = make_category("Fishing", parent)
    make_post(categories=[child])
    Category.objects.filter(pk=child.pk).delete()
    assert count_of(category=parent) == 0


def test_merging_outlets_counts_the_one_that_stays():
    stays, goes = make_source("New York Times"), make_source("NYT")
    make_post(source=stays)
    make_post(source=goes)
    stays.absorb(goes)
    assert Tally.objects.get(source=stays).count == 2


def test_a_page_given_to_another_outlet_takes_its_posts_along():
    old, new = make_source("Old"), make_source("New")
    link = make_link(old)
    post = make_post(link=link)
    link.source = new
    link.save()
    post.refresh_from_db()
    assert post.source == new
    assert (count_of(source=old), count_of(source=new)) == (0, 1)


def test_a_scheduled_post_is_counted_at_its_moment_and_no_job_has_run(client, monkeypatch):
    at = timezone.now() + dt.timedelta(hours=1)
    make_post("Now", tags=["boats"])
    make_post("Soon", tags=["boats"], at=at)
    assert count_of(tag__name="boats") == 1
    monkeypatch.setattr(timezone, "now", lambda: at + dt.timedelta(seconds=1))
    page = client.get("/tag/boats/").content.decode()
    assert "Soon" in page
    assert "2 posts" in page


def test_recount_counts_what_has_come_due(monkeypatch):
    at = timezone.now() + dt.timedelta(hours=1)
    make_post(tags=["boats"], at=at, categories=[make_category("Fishing")], source=make_source())
    monkeypatch.setattr(timezone, "now", lambda: at)
    call_command("recount")
    assert not Tally.objects.filter(count=0).exists()
    assert not Tally.objects.due().exists()


def test_related_tags_are_those_that_stand_beside_most_often():
    make_post(tags=["boats", "china", "brokers"])
    make_post(tags=["boats", "china"])
    make_post(tags=["elsewhere"])
    make_post(tags=["boats", "hidden"], draft=True)
    related = Tally.objects.get(tag__name="boats").related
    assert [Tag.objects.get(pk=pk).name for pk in related] == ["china", "brokers"]


def test_counting_all_again_changes_nothing():
    parent = make_category("Forced Labor")
    for number in range(4):
        make_post(
            tags=["boats", f"tag {number}"],
            categories=[make_category(f"Child {number}", parent)],
            source=make_source(f"Outlet {number % 2}") if number < 2 else Source.objects.first(),
            at=f"201{number}-01-01 10:00",
        )
    columns = ["tag", "category", "source", "is_site", "count", "first_at", "last_at", "next_at", "years", "related"]
    before = list(Tally.objects.filter(count__gt=0).order_by("pk").values(*columns))
    call_command("recount", "--all")
    assert list(Tally.objects.filter(count__gt=0).order_by("pk").values(*columns)) == before
