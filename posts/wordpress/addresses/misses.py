"""Addresses at which people find nothing are counted, so that editors can make redirects of them.

What is kept is the address alone: nothing of who asked, no query but a number of the old blog.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from posts.wordpress.addresses.asked import Asked
from posts.wordpress.addresses.finding import SHUT
from posts.wordpress.models import KEY_LENGTH, Miss

MOST = 10_000
MAKES_ROOM = 100  # rows that go at once when the table is full
KEPT = dt.timedelta(days=365)
UNCOUNTED = "posts.wordpress.uncounted"  # as WITHOUT_TABLE in `middleware`

# Apart from these no page of a blog has an ending; programs that look for open doors ask for all others.
_ENDINGS = {"html", "htm", "pdf", "jpg", "jpeg", "png", "gif", "webp", "doc", "docx"}
_ODD = re.compile(r"""[<>"'`{}|\\^;=()*$\[\]@&~]|%[0-9a-f]{2}|\.\.|//|\ufffd""")
# What no page of a blog begins with, and what programs ask every site for.
_PROBED = re.compile(
    r"wp-(?!content/uploads/)|(?:[.~_]|\w*admin|cgi-bin|boaform|vendor|node_modules|actuator|phpinfo|phpunit|solr|"
    r"jenkins|console|debug|telescope|etc|proc|backup|old|bak|sql|db|mysql|pma|owa|ecp|hnap1|sdk|geoserver|druid|"
    r"nmaplowercheck|graphql|swagger|v\d|api|autodiscover|config|server-status|remote|login|signin|apple-touch-icon|"
    r"\.well-known)(?:[/.-]|$)",
)


def is_of_people(wanted: Asked) -> bool:
    """Say whether this looks like the address of a page, which somebody followed or typed."""
    path = wanted.whole.lstrip("/").rstrip(").,;:!?]”»")  # which mail programs take for a part of an address
    if wanted.whole == "/":
        return bool(wanted.query) and not {"author", "author_name"} & (wanted.query or {}).keys()
    if not path or len(wanted.whole) > KEY_LENGTH - 2 or _ODD.search(path) or _PROBED.match(path):
        return False
    parts = path.split("/")
    if parts[0] in SHUT or any(part.startswith(".") for part in parts):
        return False
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return not dot or not re.fullmatch(r"[a-z]\w{0,5}", ending, re.ASCII) or ending in _ENDINGS


def note(request: HttpRequest, path: str) -> None:
    """Count one more. Where that cannot be done at once it is left: the reader is told the same either way."""
    if path == "/" or UNCOUNTED in request.META or _is_of_the_desk(request):
        return
    try:
        with _without_waiting(), transaction.atomic():
            _count(path, timezone.localdate())
    except DatabaseError:  # written to by somebody else just now, read only, or full
        return


def _is_of_the_desk(request: HttpRequest) -> bool:
    # Who has no session is nobody known: then nothing is read for it, and nothing depends on the cookie.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and bool(getattr(request.user, "is_staff", False))


def _count(path: str, today: dt.date) -> None:
    if Miss.objects.filter(path=path).update(count=F("count") + 1, last_on=today):
        return
    if Miss.objects.count() >= MOST:
        make_room(MOST - MAKES_ROOM)
    try:
        with transaction.atomic():
            Miss.objects.create(path=path, first_on=today, last_on=today)
    except IntegrityError:  # somebody else met it at the same moment
        Miss.objects.filter(path=path).update(count=F("count") + 1, last_on=today)


def make_room(most: int) -> None:
    """Keep so many at the most: the rarest go, of them those not met for the longest time."""
    over = Miss.objects.count() - most
    if over > 0:
        rarest = Miss.objects.order_by("is_ignored", "count", "last_on", "pk").values_list("pk", flat=True)[:over]
        Miss.objects.filter(pk__in=list(rarest)).delete()


def forget(path: str) -> None:
    """Forget an address that leads somewhere now."""
    Miss.objects.filter(path=path).delete()


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Have the database refuse at once what it would have to wait for: SQLite waits twenty seconds for a writer."""
    if connection.vendor != "sqlite":
        yield
        return
    patience = int(float(connection.settings_dict["OPTIONS"].get("timeout", 5)) * 1000)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
