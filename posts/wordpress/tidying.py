"""What has had its time (see `tidying.py` in posts.hooks)."""

import datetime as dt

from posts.dating import site_date
from posts.wordpress import uploading
from posts.wordpress.addresses import misses
from posts.wordpress.addresses.asking import Asker
from posts.wordpress.models import Miss

ASKED_AGAIN = 20  # each time, of at most ten thousand


def tidy(at: dt.datetime) -> None:
    """Forget uploaded files, missing addresses that nobody met for a year, and those that lead somewhere by now."""
    uploading.forget_files(at)
    Miss.objects.filter(last_on__lte=site_date(at - misses.KEPT)).delete()
    misses.make_room(misses.MOST)
    asker = Asker()
    for path in Miss.objects.order_by("?").values_list("path", flat=True)[:ASKED_AGAIN]:
        if asker.ask(path).status != 404:
            misses.forget(path)
