"""What is asked for by an address of WordPress: its path and its query taken apart. Pure; nothing makes it raise."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import unquote_to_bytes

MOST_LETTERS = 2000

# How the old blog named the feeds that this site has, at the end of a path and in `?feed=`.
FEEDS = {"feed": "rss", "rss": "rss", "rss2": "rss", "rdf": "rss", "atom": "atom", "json": "json"}
_ENDINGS = {"rss", "rss2", "rdf", "atom"}  # these stand at the end of a path without “feed” before them too

# Which page of `/` is meant, by its query.
WHICH = frozenset(
    {
        "p", "page_id", "attachment_id", "name", "pagename", "cat", "tag_id", "category_name", "tag", "m", "year",
        "monthnum", "day", "s", "author", "author_name", "feed", "paged",
    }
)  # fmt: skip
# Which part of a page is meant, on any of them.
PART = frozenset({"feed", "paged", "replytocom", "cpage"})
# What buttons and scripts of the old blog added to addresses, and what means nothing here.
ADDED = PART | {
    "share", "like_comment", "unlike_comment", "shared", "msg", "nb", "amp", "noamp", "_wpnonce", "relatedposts_hit",
    "relatedposts_origin", "relatedposts_position", "relatedposts_order",
}  # fmt: skip

_HIGH = re.compile(r"(?:%[89a-fA-F][0-9a-fA-F])+")
_NUMBER = re.compile(r"\s*(\d{1,18})(?!\d)", re.ASCII)
_COMMENT_PAGE = re.compile(r"comment-page-\d+", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """`parts` are of the path, tidy and in lower case, without what names a part of the page: that stands beside them.

    `raw` are the same parts in the case in which they came, `whole` the tidy path with nothing taken off.
    """

    parts: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    whole: str = "/"
    cut: str = "/"  # as `whole`; a letter of which a part was cut off is U+FFFD there, and left out elsewhere
    feed: str = ""  # "rss", "atom", "json"
    page: int = 0
    anchor: str = ""
    answer_to: int | None = None  # the old number of a comment
    query: Mapping[str, str] | None = None
    host: str = ""

    def beside(self, query: Mapping[str, str]) -> Self:
        """Return the same with what a query says of the part of the page."""
        feed = FEEDS.get(query.get("feed", "").removeprefix("comments-"), "") or self.feed
        answer_to = number(query.get("replytocom", ""))
        anchor = "comments" if query.get("cpage") or "replytocom" in query else self.anchor
        page = number(query.get("paged", "")) or self.page
        return replace(self, query=query, feed=feed, page=page, anchor=anchor, answer_to=answer_to)

    def below(self, prefix: tuple[str, ...]) -> Self | None:
        """Return what is asked for in a blog that lay in a folder, or None where the path lies elsewhere."""
        if self.parts[: len(prefix)] != prefix:
            return None
        size = len(prefix) + (self.parts[len(prefix) :][:1] == ("index.php",))
        return replace(self, parts=self.parts[size:], raw=self.raw[size:])


def asked(path: str, query: Mapping[str, str] | None = None, host: str = "") -> Asked:
    """Take a path apart that is percent-decoded, as far as its bytes are whole letters."""
    path = path[:MOST_LETTERS].replace("\0", "\ufffd")  # a letter that no address has
    raw = _segments(_HIGH.sub(lambda found: unquote_to_bytes(found[0]).decode(errors="ignore"), path))
    if raw and raw[0].lower() == "index.php":
        del raw[0]
    cut = _segments(_HIGH.sub(lambda found: unquote_to_bytes(found[0]).decode(errors="replace"), path))
    parts = [part.lower() for part in raw]
    found = Asked(whole=_joined(parts), cut=_joined([part.lower() for part in cut]), host=host)
    left, found = _without_endings(parts, found)
    found = replace(found, parts=tuple(parts[:left]), raw=tuple(raw[:left]))
    return found.beside(query) if query else found


def _segments(path: str) -> list[str]:
    return [part for part in map(_tidy, path.split("/")) if part]


def _tidy(part: str) -> str:
    """In composed form, without the spaces and invisible letters that mail programs and editors add at its ends."""
    part = unicodedata.normalize("NFC", part)
    start, end = 0, len(part)
    while start < end and _is_blank(part[start]):
        start += 1
    while start < end and _is_blank(part[end - 1]):
        end -= 1
    return part[start:end]


def _is_blank(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zs")


def _joined(parts: list[str]) -> str:
    return "/" + "/".join(parts)


def _without_endings(parts: list[str], found: Asked) -> tuple[int, Asked]:
    """Return how many parts are left where those are taken off that name a part of the page."""
    left = len(parts)
    while left:
        last, before = parts[left - 1], parts[left - 2] if left > 1 else ""
        if before == "feed" and last in FEEDS:
            found, left = replace(found, feed=FEEDS[last]), left - 2
        elif last == "feed" or last in _ENDINGS:
            found, left = replace(found, feed=found.feed or FEEDS[last]), left - 1
        elif before == "page" and last.isascii() and last.isdecimal() and len(last) < 10:
            found, left = replace(found, page=int(last) or -1), left - 2
        elif _COMMENT_PAGE.fullmatch(last) and left > 1:
            found, left = replace(found, anchor="comments"), left - 1
        elif last == "amp" or (last in ("embed", "trackback") and left > 1):
            left -= 1
        else:
            break
    return left, found


def number(text: str) -> int | None:
    """Return the number with which a text begins, as WordPress reads one; None where there is none, or a huge one."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else None
