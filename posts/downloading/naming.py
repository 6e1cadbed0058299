"""Names of files that every system takes: of bounded length, in any script, none that leads elsewhere. Pure."""

import datetime as dt
import re
import unicodedata
from urllib.parse import quote

MOST_BYTES = 120  # of a name without its ending, in UTF-8; file systems take 255
_UNSAFE = re.compile(r"[^\w+,-]+")
# Windows opens devices by these names, whatever their ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in "0123456789¹²³")}


def page_name(published_on: dt.date, slug: str, post_id: int) -> str:
    """Return the name of a post's page. Where the slug cannot stand in it as it is, the post's number does too.

    The sign before that number is in no slug: no other post of the day has this name, nor one that a file system
    takes for the same, as some do with “ß” and “ss”.
    """
    slug = unicodedata.normalize("NFC", slug)
    kept = safe(slug)
    number = "" if kept == slug == unicodedata.normalize("NFKC", slug).casefold() else f"~{post_id}"
    return f"{published_on.isoformat()}-{kept}{number}.html"


def stem_of(*words: str) -> str:
    """Return the name of a list's file without its ending: "human-traffic-watch-tag-boats"."""
    stem = safe("-".join(safe(word.lower()) for word in words if word)) or "posts"
    return f"{stem}-posts" if stem in _DEVICES else stem


def picture_name(path: str) -> str:
    """Return the name of a picture by where it lies among the uploads: "images-2026-11-….jpg"."""
    stem, _, ending = path.rpartition(".")
    name = safe(stem.replace("/", "-")) or "picture"
    return f"{name}-picture.{safe(ending)}" if name.lower() in _DEVICES else f"{name}.{safe(ending)}"


def safe(text: str) -> str:
    """Return the text with hyphens for whatever is no letter, digit, plus or comma; cut to `MOST_BYTES`."""
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", text))
    return text.encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore").strip("-") or ""


def disposition(stem: str, ending: str) -> str:
    """Return the header that names a file in both forms of RFC 6266: plain letters, and all."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().strip("-,+") or "posts"
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{stem}.{ending}', safe='')}"
