"""Readers are told: once, of what is new, and of nothing else."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from posts.models import Category, Post, Tag
from posts.outbox.models import Delivery
from posts.subscriptions import announcing
from posts.subscriptions.announcing import count_readers, tell_again
from posts.subscriptions.changing import change_frequency
from posts.subscriptions.models import Announcement, Frequency, Subscriber
from sources.models import Source
from tests.factories import make_category, make_post, make_source, make_subscriber

pytestmark = pytest.mark.django_db


def now() -> dt.datetime:
    return timezone.now()


class TestWhoIsTold:
    def test_followers_of_the_site_a_tag_a_category_above_and_an_outlet(self, announced):
        labour = make_category("Labor", make_category("Crime"))
        make_post(tags=["a", "b"], categories=[labour], source=make_source("NK News"))
        for name, scope in [
            ("all", "/"),
            ("tag", "/tag/a/"),
            ("above", "/category/crime/"),
            ("shelf", "/category/crime/labor/"),
            ("outlet", "/source/nk-news/"),
            ("other", "/tag/b/"),
        ]:
            make_subscriber(f"{name}@reader.example", f"{scope}=post")
        make_post(at=now(), tags=["a"], categories=[labour], source=Source.objects.get())
        told = {letter.to[0].partition("@")[0] for letter in announced()}
        assert told == {"all", "tag", "above", "shelf", "outlet"}

    def test_by_several_scopes_one_letter(self, announced):
        make_post(tags=["a", "b"])
        make_subscriber("", "/=post", "/tag/a/=post", "/tag/b/=post")
        make_post(at=now(), tags=["a", "b"])
        [letter] = announced()
        assert "all posts, posts tagged ‘a’ and posts tagged ‘b’." in letter.body

    def test_once_however_often_the_clock_comes(self, announced):
        make_subscriber()
        make_post(at=now())
        assert len(announced()) == 1
        assert announced() == []

    def test_not_who_came_later_than_the_post(self, announced):
        make_post(at=now() - dt.timedelta(hours=1))
        make_subscriber(since=now())
        assert announced() == []

    def test_not_whom_the_desk_suspended_nor_who_waits(self, announced):
        make_subscriber().suspend(Subscriber.Reason.DESK)
        make_subscriber().subscriptions.update(state="waiting")
        make_post(at=now())
        assert announced() == []

    def test_after_a_pause_only_of_what_is_new(self, announced):
        subscriber = make_subscriber()
        subscriber.suspend(Subscriber.Reason.DESK)
        make_post(at=now())
        subscriber.resume()
        assert announced() == []
        make_post(at=now())
        assert len(announced()) == 1


class TestWhatIsTold:
    def test_a_scheduled_post_at_its_minute(self, announced, monkeypatch):
        make_subscriber()
        post = make_post(at=now() + dt.timedelta(hours=3))
        assert announced() == []
        later = now() + dt.timedelta(hours=3, minutes=1)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert [letter.subject for letter in announced()] == [post.title]

    @pytest.mark.parametrize("hours", [49, 24 * 365])
    def test_not_what_is_older_than_two_days(self, announced, hours):
        make_subscriber(since=now() - dt.timedelta(days=900))
        make_post(at=now() - dt.timedelta(hours=hours))
        assert announced() == []

    def test_not_a_draft_nor_a_quiet_post(self, announced):
        make_subscriber()
        make_post(draft=True)
        make_post(at=now(), is_quiet=True)
        assert announced() == []

    def test_not_an_update_nor_what_comes_back(self, announced):
        make_subscriber()
        post = make_post(at=now())
        assert len(announced()) == 1
        post.body = "More words."
        post.save()
        assert announced() == []
        post.withdraw()
        post.publish()
        assert announced() == []

    def test_not_what_was_withdrawn_before_the_letters_were_sent(self, announced):
        make_subscriber()
        post = make_post(at=now())
        list(announcing.announce())
        assert Delivery.objects.count() == 1
        post.withdraw()
        assert announced() == []
        assert not Delivery.objects.exists()

    def test_a_letter_that_waited_goes_though_it_shall_be_daily_from_now_on(self, announced):
        reader = make_subscriber()
        make_post(at=now())
        list(announcing.announce())
        change_frequency(reader.subscriptions.get(), Frequency.DAILY, now() + dt.timedelta(hours=5))
        assert len(announced()) == 1

    def test_not_to_who_has_left_or_stopped_this_in_between(self, announced):
        make_post(tags=["a"])
        leaver, changer = make_subscriber("", "/=post"), make_subscriber("", "/tag/a/=post")
        make_post(at=now(), tags=["a"])
        list(announcing.announce())
        leaver.delete()
        changer.subscriptions.all().delete()
        assert announced() == []

    def test_made_posts_tell_nobody(self, announced):
        make_subscriber(since=now() - dt.timedelta(days=5000))
        call_command("make_posts", 40, verbosity=0)
        assert announced() == []

    def test_with_the_text_as_it_is_when_it_is_sent(self, announced):
        make_subscriber()
        post = make_post("A slip", at=now())
        list(announcing.announce())
        post.title = "Mended"
        post.save()
        assert [letter.subject for letter in announced()] == ["Mended"]


class TestSlices:
    def test_whoever_is_killed_goes_on_where_it_was(self, announced, monkeypatch):
        monkeypatch.setattr(announcing, "SLICE", 3)
        for _ in range(8):
            make_subscriber()
        make_post(at=now())
        slices = announcing.announce()
        assert next(slices) == 3
        slices.close()
        assert Announcement.objects.get().finished_at is None
        assert list(announcing.announce()) == [3, 2]
        assert Announcement.objects.get().told == 8
        assert len(announced()) == 8

    def test_a_slice_that_fails_leaves_nothing_of_itself(self, monkeypatch):
        make_subscriber()
        make_post(at=now())
        monkeypatch.setattr(Announcement, "save", lambda self, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(announcing.announce())
        assert not Delivery.objects.exists()

    def test_as_many_queries_for_a_hundred_readers_as_for_one(self, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        counts = []
        for number in (1, 100):
            for _ in range(number):
                make_subscriber()
            make_post(at=now())
            with CaptureQueriesContext(connection) as captured:
                list(announcing.announce())
            # However many rows go into one statement.
            counts.append(len([q for q in captured if not q["sql"].startswith(("INSERT", "UPDATE"))]))
        assert counts[0] == counts[1]


class TestAgain:
    def test_telling_again_is_an_act_that_says_how_many(self, announced):
        make_subscriber("old@reader.example")
        make_subscriber("weekly@reader.example", "/=weekly")
        post = make_post(at=now())
        announced()
        make_subscriber("new@reader.example", since=now())
        assert count_readers(post) == (2, 1)
        tell_again(post, "edith")
        told = {letter.to[0] for letter in announced()}
        assert told == {"old@reader.example", "new@reader.example"}
        assert Announcement.objects.filter(post=post).count() == 2
        assert announced() == []

    def test_an_old_post_can_be_told(self, announced):
        make_subscriber()
        tell_again(make_post("From 2013"), "edith")
        assert [letter.subject for letter in announced()] == ["From 2013"]

    def test_who_has_it_in_a_letter_is_not_counted_for_a_digest(self):
        make_post(tags=["a"])
        make_subscriber("", "/=weekly", "/tag/a/=post")
        assert count_readers(make_post(at=now(), tags=["a"])) == (1, 0)


class TestWhatBecomesOfWhatIsFollowed:
    def test_followers_of_a_merged_tag_follow_the_other_as_often(self):
        make_post(tags=["a", "b"])
        one, both = make_subscriber("", "/tag/a/=daily"), make_subscriber("", "/tag/a/=post", "/tag/b/=weekly")
        Tag.objects.named("b").absorb(Tag.objects.named("a"))
        assert [(s.tag.name, s.frequency) for s in one.subscriptions.all()] == [("b", "daily")]
        assert [(s.tag.name, s.frequency) for s in both.subscriptions.all()] == [("b", "post")]

    def test_what_a_digest_had_collected_comes_when_a_merge_makes_it_letters(self):
        make_post("x", tags=["a", "b"], slug="x")
        make_subscriber("", "/tag/a/=post", "/tag/b/=weekly", since=now() - dt.timedelta(days=1))
        make_post("Collected", at=now(), tags=["b"])
        list(announcing.announce())
        Tag.objects.named("b").absorb(Tag.objects.named("a"))
        assert [row.kind for row in Delivery.objects.all()] == ["subscriptions.digest"]

    def test_what_has_begun_does_not_wait_again_after_a_merge(self):
        make_post(tags=["a", "b"])
        reader = make_subscriber("", "/tag/a/=daily", "/tag/b/=weekly")
        reader.subscriptions.filter(frequency="weekly").update(state="waiting")
        Tag.objects.named("b").absorb(Tag.objects.named("a"))
        assert [(s.frequency, s.state) for s in reader.subscriptions.all()] == [("daily", "active")]

    def test_followers_of_a_merged_outlet_too(self):
        first, second = make_source("NK News"), make_source("N.K. News Daily")
        make_post(source=first)
        both = make_subscriber("", "/source/nk-news/=daily", f"/source/{second.slug}/=daily")
        second.absorb(first)
        assert [s.source for s in both.subscriptions.all()] == [second]

    @pytest.mark.parametrize(
        ("model", "scope"), [(Tag, "/tag/a/"), (Category, "/category/c/"), (Source, "/source/s/")]
    )
    def test_what_is_deleted_is_not_followed_any_longer(self, model, scope):
        make_category("c")
        make_source("S")
        make_post(tags=["a"])
        subscriber = make_subscriber("", f"{scope}=daily", "/=weekly")
        assert subscriber.subscriptions.count() == 2
        model.objects.get().delete()
        assert [s.scope_name for s in subscriber.subscriptions.all()] == ["Everything"]

    def test_an_editor_deletes_a_tag_that_somebody_follows(self, editor_client):
        make_post(tags=["a"])
        make_subscriber("", "/tag/a/=daily")
        tag = Tag.objects.get()
        response = editor_client.post(f"/admin/posts/tag/{tag.pk}/delete/", {"post": "yes"})
        assert response.status_code == 302
        assert not Tag.objects.exists()

    def test_an_editor_deletes_a_post_that_was_announced(self, editor_client):
        make_subscriber()
        post = make_post(at=now())
        list(announcing.announce())
        post.trash()
        assert editor_client.post(f"/admin/posts/post/{post.pk}/delete/", {"post": "yes"}).status_code == 302
        assert not Post.objects.exists()


def test_the_command_says_what_it_wrote(capsys):
    make_subscriber()
    make_post(at=now())
    call_command("announce")
    assert "1 letter" in capsys.readouterr().out
