"""When posts were published: the counts of years, months and days, as a calendar shows them."""

import datetime as dt
from calendar import Calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR

from posts.addressing import archive_url
from posts.dating import period, site_date, written_date, written_month, written_year
from posts.models import Post
from sources.models import Source

BAR = 40  # units of the drawing: the height of the largest


@dataclass(frozen=True)
class Cell:
    """A month or a day of a calendar; without posts it has no address."""

    name: str
    full_name: str
    count: int
    url: str = ""
    height: int = 0  # of its bar

    @property
    def top(self) -> int:
        return BAR - self.height


@dataclass(frozen=True)
class Year:
    year: int
    count: int
    url: str
    months: list[Cell]


def years() -> list[Year]:
    """Return all years from the newest to the first that has posts, each with its twelve months."""
    return _years(Post.objects.published())


def years_of(source: Source) -> list[Year]:
    """Return the same of one outlet; its months lead nowhere, for a month's page shows all outlets."""
    return _years(Post.objects.published().filter(source=source))


def _years(posts: QuerySet[Post]) -> list[Year]:
    counts = _by_month(posts)
    if not counts:
        return []
    most = max(counts.values())
    numbers = [year for year, _month in counts]
    return [_year(year, counts, most) for year in range(max(numbers), min(numbers) - 1, -1)]


def months_of(year: int) -> list[Cell]:
    counts = _by_month(_within(year))
    return _year(year, counts, max(counts.values(), default=1)).months


def weeks_of(year: int, month: int) -> list[list[Cell | None]]:
    """Return the days of a month by weeks that begin on Monday; None is a day of another month."""
    counts = dict(_by_day(_within(year, month)))
    return [
        [_day(dt.date(year, month, day), counts) if day else None for day in week]
        for week in Calendar().monthdayscalendar(year, month)
    ]


def weekdays() -> list[tuple[str, str]]:
    """Return the short and the full name of each day of the week, from Monday."""
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in range(7)]


def before_and_after(year: int, month: int | None = None, day: int | None = None) -> list[tuple[str, str, str]]:
    """Return the nearest period before and after this one that has posts: its relation, name and address."""
    start, end = period(year, month, day)
    # Both bounds are the same moment: a database that starts from the later one would walk to the other.
    earlier = (
        Post.objects.published(min(start, timezone.now())).filter(listed_at__lt=start).order_by("-listed_at", "-id")
    )
    later = Post.objects.published().filter(listed_at__gte=end).order_by("listed_at", "id")
    found = [
        (rel, posts.values_list("published_on", flat=True).first())
        for rel, posts in (("prev", earlier), ("next", later))
    ]
    return [(rel, *_named(on, month is not None, day is not None)) for rel, on in found if on]


def _named(on: dt.date, is_month: bool, is_day: bool) -> tuple[str, str]:
    if is_day:
        return written_date(on), archive_url(on.year, on.month, on.day)
    if is_month:
        return written_month(on), archive_url(on.year, on.month)
    return written_year(on), archive_url(on.year)


def _within(year: int, month: int | None = None) -> QuerySet[Post]:
    start, end = period(year, month)
    # By the days that are counted, which an index has in their order.
    return Post.objects.published().filter(published_on__gte=site_date(start), published_on__lt=site_date(end))


def _by_day(posts: QuerySet[Post]) -> Iterable[tuple[Any, int]]:
    # By day in the database, by month here: both databases group a plain column fast.
    return posts.order_by("-published_on").values_list("published_on").annotate(number=Count("*"))


def _by_month(posts: QuerySet[Post]) -> Counter[tuple[int, int]]:
    counts: Counter[tuple[int, int]] = Counter()
    for day, number in _by_day(posts):
        counts[day.year, day.month] += number
    return counts


def _year(year: int, counts: Counter[tuple[int, int]], most: int) -> Year:
    months = [_month(year, month, counts[year, month], most) for month in range(1, 13)]
    return Year(year, sum(cell.count for cell in months), archive_url(year), months)


def _month(year: int, month: int, count: int, most: int) -> Cell:
    names = str(MONTHS_3[month]).capitalize(), written_month(dt.date(year, month, 1))
    # A single post still shows as a bar.
    return (
        Cell(*names, count, archive_url(year, month), max(2, round(count / most * BAR))) if count else Cell(*names, 0)
    )


def _day(day: dt.date, counts: dict[dt.date, int]) -> Cell:
    count = counts.get(day, 0)
    url = archive_url(day.year, day.month, day.day) if count else ""
    return Cell(str(day.day), written_date(day), count, url)


def around(year: int, month: int | None = None, day: int | None = None) -> dict[str, Any]:
    """Return what stands beside the posts of a time: its calendar, and the next times that have any."""
    beside = {"beside": before_and_after(year, month, day)}
    if month is None:
        return beside | {"months": months_of(year)}
    return beside if day else beside | {"weeks": weeks_of(year, month), "weekdays": weekdays()}
