"""The editors' own table of redirects: what they decided stands before what is found by looking."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.http import Http404

from posts.gone import Gone
from posts.wordpress.addresses import finding as addresses
from posts.wordpress.addresses.asked import Asked, asked, number

LONGEST = 200  # the columns of the table
MOST_STEPS = 5
# Numbers of WordPress: the only queries that tell one old address from another.
NUMBERED = ("p", "page_id", "attachment_id", "cat", "tag_id")


def key_of(wanted: Asked) -> str:
    """Return an old address as the table and the list of missing ones have it: "/old/path/", "/old.html", "/?p=12"."""
    if wanted.whole != "/":
        return wanted.whole if "." in wanted.whole.rpartition("/")[2] else f"{wanted.whole}/"
    numbers = ((name, number((wanted.query or {}).get(name, ""))) for name in NUMBERED)
    return next((f"/?{name}={value}" for name, value in numbers if value is not None), "/")


def look_up(wanted: Asked) -> Redirect | None:
    """Return the row for an old address. Not the desk alone writes them: with or without slash, or escaped."""
    key = key_of(wanted)
    if key == "/":
        return None
    bare = key.rstrip("/")
    spelled = [key, bare, f"{bare}/", *(quote(each) for each in (bare, f"{bare}/"))]
    rows = Redirect.objects.filter(site=settings.SITE_ID, old_path__in=[*spelled, *map(str.lower, spelled)])
    return rows.order_by("pk").first()


def lead(wanted: Asked) -> str | None:
    """Return where the table leads, in one step even where what it names has moved since; None where it has no row.

    Raises Gone where it says that there is nothing any longer, and where what it names is gone.
    """
    row = look_up(wanted)
    for _ in range(MOST_STEPS):
        if row is None:
            return None
        if not row.new_path:
            raise Gone
        if not row.new_path.startswith("/") or "?" in row.new_path or "#" in row.new_path:
            return row.new_path
        there = asked(row.new_path, host=wanted.host)
        further = look_up(there)
        if further is None:
            return _settled(row.new_path, there)
        row = further
    return None


def _settled(address: str, there: Asked) -> str:
    try:
        return addresses.find_by_path(there) or address
    except (Http404, addresses.Elsewhere):
        return address
