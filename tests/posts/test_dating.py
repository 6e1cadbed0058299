"""Dates are those of the site's own time zone, at midnight and at every change of the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from posts.dating import byline_moment, period, site_date
from tests.factories import make_post, moment

ZONES = [
    "UTC",
    "America/New_York",
    "Asia/Seoul",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Pacific/Apia",
    "Asia/Kathmandu",
]


@pytest.fixture(autouse=True)
def _own_zone():
    yield
    timezone.get_default_timezone.cache_clear()


def use_zone(settings, name: str) -> None:
    settings.TIME_ZONE = name
    timezone.get_default_timezone.cache_clear()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2013-03-31 15:17", "March 31, 2013 at 3:17 pm"),
        ("2013-02-19 09:52", "February 19, 2013 at 9:52 am"),
        ("2012-10-20 00:05", "October 20, 2012 at 12:05 am"),
        ("2012-10-20 12:00", "October 20, 2012 at 12:00 pm"),
    ],
)
def test_the_byline_is_in_the_form_of_the_old_blog(at, expected):
    assert byline_moment(moment(at)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2018-11-04", "2018-02-18", "2013-03-10", "2013-11-03", "2014-05-16", "2024-02-29"])
def test_every_minute_belongs_to_the_period_of_its_own_date(settings, zone, day):
    use_zone(settings, zone)
    noon = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    for minutes in range(-30 * 60, 30 * 60):
        at = noon + dt.timedelta(minutes=minutes)
        date = site_date(at)
        start, end = period(date.year, date.month, date.day)
        assert start <= at < end


def test_a_december_ends_with_its_year():
    assert period(2013, 12)[1] == period(2013)[1] == period(2014)[0]


@pytest.mark.parametrize("date", [(2013, 2, 30), (2013, 13), (0,), (2013, 4, 31), (9999,), (9999, 12, 31)])
def test_a_date_that_no_calendar_has_is_refused(date):
    with pytest.raises((ValueError, OverflowError)):
        period(*date)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["America/New_York", "America/Sao_Paulo", "Asia/Seoul"])
def test_the_permalink_leads_back_to_the_post_around_midnight_and_clock_change(settings, client, zone):
    use_zone(settings, zone)
    local = ZoneInfo(zone)
    moments = [
        dt.datetime(2018, 11, 3, 23, 59, tzinfo=local),
        dt.datetime(2018, 11, 4, 0, 0, tzinfo=local),
        dt.datetime(2018, 11, 4, 1, 30, tzinfo=local),
        dt.datetime(2018, 11, 4, 1, 30, fold=1, tzinfo=local),
        dt.datetime(2018, 2, 17, 23, 30, tzinfo=local),
        dt.datetime(2018, 2, 17, 23, 30, fold=1, tzinfo=local),
        dt.datetime(2018, 3, 11, 2, 30, tzinfo=local),
    ]
    for at in moments:
        post = make_post(at=at.astimezone(dt.UTC))
        response = client.get(post.get_absolute_url())
        assert response.status_code == 200, at
        day = post.get_absolute_url().rsplit("/", 2)[0] + "/"
        assert post.title in client.get(day).content.decode()
