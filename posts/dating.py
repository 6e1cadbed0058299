"""Dates as the site shows and cuts them: always in the site's own time zone, whoever looks."""

import datetime as dt

from django.utils import timezone
from django.utils.dateformat import format as format_date

YEARS = range(1900, 2200)  # of publication


def site_time(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())


def site_date(moment: dt.datetime) -> dt.date:
    return site_time(moment).date()


def start_of(day: dt.date) -> dt.datetime:
    """Return the first moment of a day in the site's time zone, also where midnight is skipped or comes twice."""
    zone = timezone.get_default_timezone()
    # fold=0 takes the first of two midnights; in a gap it is read with the offset before, which is the gap's begin.
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def byline_date(moment: dt.datetime) -> str:
    """March 31, 2013"""
    return format_date(site_time(moment), "F j, Y")


def byline_iso(moment: dt.datetime) -> str:
    """2013-03-31, for machines"""
    return f"{site_date(moment):%Y-%m-%d}"


def byline_moment(moment: dt.datetime) -> str:
    """March 31, 2013 at 3:17 pm, the form of the old blog"""
    local = site_time(moment)
    half = "am" if local.hour < 12 else "pm"
    return f"{byline_date(moment)} at {local.hour % 12 or 12}:{local.minute:02} {half}"


def period(year: int, month: int | None = None, day: int | None = None) -> tuple[dt.datetime, dt.datetime]:
    """Return the bounds of a year, a month or a day: from the first moment up to, not including, the second.

    Raises ValueError for a date that no calendar has, and for the years 0 and 9999, whose bounds it cannot name.
    """
    first = dt.date(year, month or 1, day or 1)
    if year == dt.MAXYEAR:
        raise ValueError("The year has no end that could be named.")
    if day:
        after = first + dt.timedelta(days=1)
    elif month:
        after = (first + dt.timedelta(days=31)).replace(day=1)
    else:
        after = first.replace(year=year + 1)
    return start_of(first), start_of(after)
