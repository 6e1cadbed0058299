"""Who writes, without anybody's address being stored."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone

from posts import limiting
from posts.limiting import Rule, TooOften, network_of, take_turn, writer_of
from posts.models import Attempt, PrefixKey


def request_from(address: str, **headers: str):
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize(
    ("address", "forwarded", "network"),
    [
        ("203.0.113.77", "", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "", "203.0.113.0/24"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.0/24"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.0/24"),  # the last was added by our own proxy
        ("203.0.113.77", "198.51.100.1", "203.0.113.0/24"),  # hearsay
        ("127.0.0.1", "nonsense", "127.0.0.0/24"),
        ("", "203.0.113.9", "203.0.113.0/24"),
        ("", "", ""),
        ("fe80::1%eth0", "", "fe80::/48"),
    ],
)
def test_the_network_of_a_request(address, forwarded, network):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert network_of(request_from(address, **headers)) == network


@pytest.mark.django_db
class TestWriter:
    def test_neighbours_are_one_writer_and_strangers_are_two(self):
        one, two, other = (writer_of(request_from(a)).hash for a in ("203.0.113.1", "203.0.113.2", "198.51.100.1"))
        assert one == two != other

    def test_a_writer_is_still_known_after_midnight_and_not_the_day_after(self):
        day = dt.datetime(2026, 3, 1, 23, 59, tzinfo=dt.UTC)
        hash_of_day = writer_of(request_from("203.0.113.1"), at=day).hash
        assert hash_of_day in writer_of(request_from("203.0.113.1"), at=day + dt.timedelta(minutes=2)).hashes
        assert hash_of_day not in writer_of(request_from("203.0.113.1"), at=day + dt.timedelta(days=2)).hashes

    def test_keys_are_gone_within_two_days(self):
        day = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        writer_of(request_from("203.0.113.1"), at=day)
        limiting.tidy(day + dt.timedelta(hours=46))
        assert PrefixKey.objects.exists()
        limiting.tidy(day + dt.timedelta(hours=47))
        assert not PrefixKey.objects.exists()


@pytest.mark.django_db
class TestTurns:
    def test_the_limit_says_how_long_to_wait(self):
        writer, now = writer_of(request_from("203.0.113.1")), timezone.now()
        take_turn("comment", writer, [Rule(1, 15)], at=now)
        with pytest.raises(TooOften) as refused:
            take_turn("comment", writer, [Rule(1, 15)], at=now + dt.timedelta(seconds=4))
        assert refused.value.wait == 11
        take_turn("comment", writer, [Rule(1, 15)], at=now + dt.timedelta(seconds=15))

    def test_the_hour_slides(self):
        writer, now = writer_of(request_from("203.0.113.1")), timezone.now()
        for minute in range(20):
            take_turn("comment", writer, [Rule(20, 3600)], at=now + dt.timedelta(minutes=minute))
        with pytest.raises(TooOften) as refused:
            take_turn("comment", writer, [Rule(20, 3600)], at=now + dt.timedelta(minutes=30))
        assert refused.value.wait == 30 * 60
        take_turn("comment", writer, [Rule(20, 3600)], at=now + dt.timedelta(minutes=60))

    def test_kinds_and_writers_do_not_count_for_each_other(self):
        one, other = writer_of(request_from("203.0.113.1")), writer_of(request_from("198.51.100.1"))
        take_turn("comment", one, [Rule(1, 15)])
        take_turn("comment", other, [Rule(1, 15)])
        take_turn("report", one, [Rule(1, 15)])

    def test_a_refused_turn_does_not_count(self):
        writer, now = writer_of(request_from("203.0.113.1")), timezone.now()
        take_turn("comment", writer, [Rule(1, 15)], at=now)
        for second in range(14):
            with pytest.raises(TooOften):
                take_turn("comment", writer, [Rule(1, 15)], at=now + dt.timedelta(seconds=second))
        assert Attempt.objects.count() == 1

    def test_limits_can_be_off_for_measuring(self, settings):
        settings.LIMITS = False
        writer = writer_of(request_from("203.0.113.1"))
        for _ in range(3):
            take_turn("comment", writer, [Rule(1, 15)])

    def test_tidy_deletes_attempts(self):
        take_turn("comment", writer_of(request_from("203.0.113.1")), [Rule(1, 15)])
        Attempt.objects.update(made_at=timezone.now() - dt.timedelta(hours=25))
        call_command("tidy")
        assert not Attempt.objects.exists()
