"""What a day, a week, a month brought, in one letter and without repetition."""

import datetime as dt

import pytest
from django.utils import timezone

from posts.outbox.models import Delivery
from posts.subscriptions import announcing, digesting
from posts.subscriptions.announcing import tell_again
from posts.subscriptions.changing import change_frequency
from posts.subscriptions.digesting import last_boundary, send_digests
from posts.subscriptions.models import Announcement, Frequency, Subscriber, Subscription
from tests.factories import make_category, make_post, make_subscriber, moment

pytestmark = pytest.mark.django_db

MONDAY = "2026-11-02"  # a Monday; the first of that month was a Sunday


def at(text: str) -> dt.datetime:
    return moment(text)


def publish(text: str, title: str | None = None, **fields):
    """Publish and announce a post at that moment."""
    post = make_post(title, at=at(text), **fields)
    list(announcing.announce(at(text) + dt.timedelta(seconds=30)))
    return post


def tick(text: str) -> list[str]:
    """Let the clock come at that moment; return who gets which posts, in words."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    sum(send_digests(at(text)))
    return [
        f"{row.recipient.partition('@')[0]}: {', '.join(_titles(row.data['announcements']))}"
        for row in Delivery.objects.exclude(pk__in=before).order_by("pk")
    ]


def _titles(announcements: list[int]) -> list[str]:
    titles = dict(Announcement.objects.values_list("pk", "post__title"))
    return [titles[pk] for pk in announcements]


def reader(name: str, *follows: str, since: str = "2026-10-01 12:00", **fields) -> Subscriber:
    return make_subscriber(f"{name}@reader.example", *follows, since=at(since), **fields)


class TestWhen:
    @pytest.mark.parametrize(
        ("frequency", "hour", "now", "boundary"),
        [
            ("daily", 8, "2026-11-04 07:59", "2026-11-03 08:00"),
            ("daily", 8, "2026-11-04 08:00", "2026-11-04 08:00"),
            ("daily", 0, "2026-11-04 00:00", "2026-11-04 00:00"),
            ("daily", 23, "2026-11-04 22:00", "2026-11-03 23:00"),
            ("weekly", 8, "2026-11-04 12:00", "2026-11-02 08:00"),
            ("weekly", 8, "2026-11-02 07:00", "2026-10-26 08:00"),
            ("monthly", 8, "2026-11-01 07:00", "2026-10-01 08:00"),
            ("monthly", 8, "2026-11-30 23:00", "2026-11-01 08:00"),
            ("monthly", 8, "2026-01-01 07:00", "2025-12-01 08:00"),
        ],
    )
    def test_the_last_moment_at_which_one_was_due(self, frequency, hour, now, boundary):
        assert last_boundary(frequency, hour, at(now)) == at(boundary)

    def test_in_the_sites_own_zone_through_both_changes_of_the_clock(self, settings):
        settings.TIME_ZONE = "Europe/London"
        reader("ann", "/=daily", since="2026-01-01 12:00", hour=1)
        counts = []
        for day in ("2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"):
            publish(f"{day} 00:10", day, slug=day)
            counts += [tick(f"{day} {hour:02}:30") for hour in (3, 12, 23)]
        # Once each day, also where one o'clock is missing and where it comes twice.
        assert [len(each) for each in counts] == [1, 0, 0] * 6

    def test_daily_at_the_readers_hour_and_only_once(self):
        reader("early", "/=daily", hour=6)
        reader("late", "/=daily", hour=20)
        publish("2026-11-03 12:00", "One")
        assert tick("2026-11-04 05:59") == ["late: One"]
        assert tick("2026-11-04 06:02") == ["early: One"]
        assert tick("2026-11-04 06:03") == tick("2026-11-04 20:02") == []

    def test_an_empty_one_is_not_sent(self):
        reader("ann", "/=daily")
        assert tick("2026-11-04 09:00") == []
        publish("2026-11-04 10:00", "Two")
        assert tick("2026-11-05 09:00") == ["ann: Two"]

    def test_after_days_without_a_clock_one_digest_brings_all(self):
        reader("ann", "/=daily")
        publish("2026-11-02 12:00", "One")
        publish("2026-11-03 12:00", "Two")
        publish("2026-11-04 12:00", "Three")
        assert tick("2026-11-06 09:00") == ["ann: Three, Two, One"]

    def test_another_hour_on_the_same_day_loses_and_repeats_nothing(self):
        ann = reader("ann", "/=daily", hour=8)
        publish("2026-11-03 12:00", "One")
        assert tick("2026-11-04 08:05") == ["ann: One"]
        publish("2026-11-04 09:00", "Two")
        Subscriber.objects.filter(pk=ann.pk).update(hour=20)
        assert tick("2026-11-04 20:05") == ["ann: Two"]


class TestWhat:
    def test_only_what_is_followed_newest_first(self):
        make_category("Labor")
        make_post("x", tags=["a"])
        reader("ann", "/tag/a/=weekly", "/category/labor/=weekly")
        from posts.models import Category

        publish("2026-11-03 12:00", "Tagged", tags=["a"])
        publish("2026-11-04 12:00", "Neither", tags=["b"])
        publish("2026-11-05 12:00", "Filed", categories=[Category.objects.get()])
        publish("2026-11-06 12:00", "Both", tags=["a"], categories=[Category.objects.get()])
        assert tick("2026-11-09 08:05") == ["ann: Both, Filed, Tagged"]

    def test_not_what_is_older_than_the_subscription(self):
        publish("2026-11-03 11:00", "Before")
        reader("ann", "/=weekly", since="2026-11-03 12:00")
        publish("2026-11-03 13:00", "After")
        assert tick("2026-11-09 08:05") == ["ann: After"]

    def test_what_a_letter_told_stands_in_no_digest(self):
        make_post("x", tags=["a"])
        reader("ann", "/tag/a/=post", "/=weekly")
        publish("2026-11-03 12:00", "Told", tags=["a"])
        publish("2026-11-04 12:00", "New")
        assert tick("2026-11-09 08:05") == ["ann: New"]

    def test_what_the_daily_told_stands_neither_in_the_weekly_nor_in_the_monthly(self):
        make_post("x", tags=["a"], slug="x")
        make_post("y", tags=["b"], slug="y")
        reader("ann", "/tag/a/=daily", "/tag/b/=weekly", "/=monthly")
        publish("2026-11-03 12:00", "A", tags=["a", "b"])
        publish("2026-11-04 12:00", "B", tags=["b"])
        publish("2026-11-05 12:00", "C")
        assert tick("2026-11-04 09:00") == ["ann: A"]
        assert tick("2026-11-09 09:00") == ["ann: B"]
        assert tick("2026-12-01 09:00") == ["ann: C"]

    def test_even_when_the_scope_that_told_it_is_followed_no_longer(self):
        make_post("x", tags=["a"])
        ann = reader("ann", "/tag/a/=daily", "/=weekly")
        publish("2026-11-03 12:00", "A", tags=["a"])
        assert tick("2026-11-04 09:00") == ["ann: A"]
        ann.subscriptions.exclude(tag=None).delete()
        assert tick("2026-11-09 09:00") == []

    def test_what_is_told_again_is_told_again(self):
        reader("ann", "/=daily")
        post = publish("2026-11-03 12:00", "A")
        assert tick("2026-11-04 09:00") == ["ann: A"]
        tell_again(post, "edith", at("2026-11-04 10:00"))
        list(announcing.announce(at("2026-11-04 10:01")))
        assert tick("2026-11-05 09:00") == ["ann: A"]

    def test_not_what_was_withdrawn(self):
        reader("ann", "/=daily")
        publish("2026-11-03 12:00", "A").withdraw()
        assert tick("2026-11-04 09:00") == []

    def test_withdrawn_between_writing_and_sending_it_drops_out(self, delivered):
        reader("ann", "/=daily")
        gone = publish("2026-11-03 12:00", "Gone")
        publish("2026-11-03 13:00", "Stays")
        tick("2026-11-04 09:00")
        gone.withdraw()
        Delivery.objects.update(next_try_at=timezone.now())
        [letter] = delivered()
        assert letter.subject == "Stays"
        assert "Gone" not in letter.body

    def test_while_letters_are_being_written_digests_wait(self):
        reader("ann", "/=daily")
        publish("2026-11-03 12:00", "A")
        Announcement.objects.update(finished_at=None)
        assert tick("2026-11-04 09:00") == []
        Announcement.objects.update(finished_at=at("2026-11-04 09:00"))
        assert tick("2026-11-04 09:01") == ["ann: A"]


class TestChangingHowOften:
    def test_from_weekly_to_each_post_what_was_collected_comes_at_once(self):
        ann = reader("ann", "/=weekly")
        publish("2026-11-03 12:00", "A")
        change_frequency(ann.subscriptions.get(), Frequency.POST, at("2026-11-04 12:00"))
        [row] = Delivery.objects.all()
        assert _titles(row.data["announcements"]) == ["A"]
        publish("2026-11-04 13:00", "B")
        assert Delivery.objects.count() == 2
        assert tick("2026-11-09 09:00") == []

    def test_what_is_just_being_announced_comes_as_a_letter_and_not_twice(self):
        ann = reader("ann", "/=weekly")
        publish("2026-11-03 12:00", "A")
        Announcement.objects.update(finished_at=None, reached=0)
        change_frequency(ann.subscriptions.get(), Frequency.POST, at("2026-11-03 12:01"))
        assert not Delivery.objects.exists()
        list(announcing.announce(at("2026-11-03 12:02")))
        assert [row.kind for row in Delivery.objects.all()] == ["subscriptions.post"]

    def test_from_each_post_to_weekly_nothing_comes_twice_and_nothing_is_lost(self):
        ann = reader("ann", "/=post")
        publish("2026-11-03 12:00", "Told")
        change_frequency(ann.subscriptions.get(), Frequency.WEEKLY, at("2026-11-03 12:05"))
        publish("2026-11-03 12:10", "New")
        assert tick("2026-11-09 09:00") == ["ann: New"]

    def test_from_weekly_to_daily_the_next_daily_brings_what_was_collected(self):
        ann = reader("ann", "/=weekly")
        publish("2026-11-03 12:00", "A")
        change_frequency(ann.subscriptions.get(), Frequency.DAILY, at("2026-11-04 12:00"))
        assert tick("2026-11-05 09:00") == ["ann: A"]

    def test_what_becomes_daily_after_the_days_digest_has_gone_is_not_lost(self):
        make_post("x", tags=["a", "b"], slug="x")
        ann = reader("ann", "/tag/a/=daily", "/tag/b/=weekly")
        publish("2026-11-03 12:00", "A", tags=["a"])
        publish("2026-11-03 13:00", "B", tags=["b"])
        assert tick("2026-11-04 08:02") == ["ann: A"]
        weekly = ann.subscriptions.get(frequency="weekly")
        change_frequency(weekly, Frequency.DAILY, at("2026-11-04 08:10"))
        assert tick("2026-11-04 08:12") == ["ann: B"]


class TestMany:
    def test_slices_reach_everybody_once(self, monkeypatch):
        monkeypatch.setattr(digesting, "SLICE", 4)
        for number in range(10):
            reader(f"r{number}", "/=daily")
        publish("2026-11-03 12:00", "A")
        assert len(tick("2026-11-04 09:00")) == 10
        assert tick("2026-11-04 09:01") == []

    def test_one_who_fails_in_the_middle_goes_on(self, monkeypatch):
        monkeypatch.setattr(digesting, "SLICE", 4)
        for number in range(10):
            reader(f"r{number}", "/=daily")
        publish("2026-11-03 12:00", "A")
        slices = send_digests(at("2026-11-04 09:00"))
        assert next(slices) == 4
        slices.close()
        assert sum(send_digests(at("2026-11-04 09:00"))) == 6
        assert Delivery.objects.count() == 10

    def test_nothing_due_costs_a_handful_of_queries(self, django_assert_max_num_queries):
        make_post(tags=["a"])
        for number in range(20):
            reader(f"r{number}", "/=daily", "/tag/a/=weekly" if number % 2 else "/=daily")
        Subscription.objects.update(told_until=at("2026-11-04 09:00"))
        with django_assert_max_num_queries(6):
            assert sum(send_digests(at("2026-11-04 09:02"))) == 0
