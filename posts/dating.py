"""Dates as the site shows and cuts them: always in the site's own time zone, whoever looks."""

import datetime as dt
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

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
    return written_date(site_date(moment))


def written_date(day: dt.date) -> str:
    """March 31, 2013, or as the language of the page writes it"""
    return _date_in(get_language(), day)


@lru_cache(maxsize=16_384)
def _date_in(language: str | None, day: dt.date) -> str:
    """Every post of a list has one. The language is the active one, and stands here to tell dates apart."""
    return format_date(day, pgettext("form of a date", "F j, Y"))


def written_month(day: dt.date) -> str:
    """March 2013"""
    return format_date(day, pgettext("form of a month", "F Y"))


def written_year(day: dt.date) -> str:
    """2013"""
    return format_date(day, pgettext("form of a year", "Y"))


def byline_iso(moment: dt.datetime) -> str:
    """2013-03-31, for machines"""
    return f"{site_date(moment):%Y-%m-%d}"


def byline_moment(moment: dt.datetime) -> str:
    """March 31, 2013 at 3:17 pm, the form of the old blog"""
    return _moment_in(get_language(), site_time(moment).replace(tzinfo=None))


@lru_cache(maxsize=16_384)
def _moment_in(language: str | None, local: dt.datetime) -> str:
    return _("%(date)s at %(time)s %(half)s") % {
        "date": written_date(local.date()),
        "time": f"{local.hour % 12 or 12}:{local.minute:02}",
        "half": _("am") if local.hour < 12 else _("pm"),
    }


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
