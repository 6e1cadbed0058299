"""How long a verification holds. Months of the calendar, and pure."""

import datetime as dt
from calendar import monthrange

VERIFIED_MONTHS = 6  # after them, an editor should look again
SHOWN_MONTHS = 12  # after them, readers do not see it any more


def ends_on(verified_on: dt.date, months: int) -> dt.date:
    """Return the first day on which a verification is older than that many months."""
    year, month = _moved(verified_on, months)
    last = min(verified_on.day, monthrange(year, month)[1])
    return dt.date(year, month, last) + dt.timedelta(days=1)


def oldest(today: dt.date, months: int) -> dt.date:
    """Return the earliest day whose verification is not older than that many months today."""
    year, month = _moved(today, -months)
    if today.day > monthrange(year, month)[1]:
        # No such day in that month: what was verified on its last one ended yesterday.
        year, month = _moved(dt.date(year, month, 1), 1)
        return dt.date(year, month, 1)
    return dt.date(year, month, today.day)


def _moved(day: dt.date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1
