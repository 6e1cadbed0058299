"""Addresses of the old blog as they are kept and looked up. Pure."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_FILE = re.compile(r"/(?:wp-content/uploads|wp-content/blogs\.dir/\d+/files|files)/(?:sites/\d+/)?(.+)\Z")
_DATED_FILE = re.compile(r"/(\d{4}/\d{2}/[^/]+)\Z")
_DAY_AND_NAME = re.compile(r"/(\d{4})/(\d{1,2})/(\d{1,2})/([^/]+)\Z")


def old_path(link: str) -> str:
    """Return the path of an old address as it is looked up: decoded, NFC, lower case, no slash at its end.

    "" where the path says nothing (`/?p=12`).
    """
    try:
        path = urlsplit(link.strip()).path
    except ValueError:
        return ""
    decoded = unquote(path, errors="replace").replace("\0", "").lower()
    return re.sub("/{2,}", "/", unicodedata.normalize("NFC", decoded)).rstrip("/ \xa0")


def file_path(address: str) -> str:
    """Return where an uploaded file lived, from the year on: "2013/03/boat.jpg". Case counts in the names of files."""
    try:
        path = unquote(urlsplit(address.strip()).path, errors="replace").replace("\0", "")
    except ValueError:
        return ""
    found = _FILE.search(path) or _DATED_FILE.search(path)
    return unicodedata.normalize("NFC", found[1] if found else path.strip("/"))


def day_and_name(path: str) -> tuple[int, int, int, str] | None:
    """Return year, month, day and slug where an old path is one of day and name."""
    found = _DAY_AND_NAME.search(path)
    return (int(found[1]), int(found[2]), int(found[3]), found[4]) if found else None
