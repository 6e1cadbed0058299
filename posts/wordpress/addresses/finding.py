"""Where the addresses of an old blog lead: each to where the page lives now, in one hop.

Asked where the site itself finds nothing, and where a query of WordPress says what is meant. The lookups are those of
the pages (`posts.finding`), so that what readers do not see here they do not find by an old address either.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.files.storage import default_storage
from django.http import Http404

from posts.addressing import page_url
from posts.finding import (
    Found,
    find_category,
    find_corrections,
    find_home,
    find_period,
    find_source,
    find_tag,
    for_readers,
    post_at,
)
from posts.gone import Gone
from posts.models import Category, FormerAddress, Image, Post, Tag
from posts.wordpress.addresses.asked import FEEDS, WHICH, Asked, number
from posts.wordpress.models import Blog, Imported, Kind
from posts.wordpress.paths import day_and_name, spellings, upload_path

LONGEST_SEARCH = 200
MOST_RENAMED = 50  # posts that had the same slug, each on a day of its own
# Here nothing ever leads anywhere: doors of WordPress, and pages that would tell who can log in.
SHUT = ("author", "wp-admin", "wp-includes", "wp-json", "wp-login.php", "xmlrpc.php")
_FRONTS = (("archives", "date"), ("archives",), ("blog",))
_OLD_FEEDS = {
    "wp-rss.php": "/feed/", "wp-rss2.php": "/feed/", "wp-rdf.php": "/feed/", "wp-feed.php": "/feed/",
    "wp-atom.php": "/feed/atom/", "wp-commentsrss2.php": "/comments/feed/",
    "wp-links-opml.php": "/feeds.opml",
}  # fmt: skip
_SITEMAP = re.compile(r"(?:wp-|news-|image-|video-|post-|page-)?sitemap[\w-]*\.xml(?:\.gz)?", re.ASCII)
_FILES = {"robots.txt", "favicon.ico", "osd.xml"}
_YEAR, _PART_OF_DATE = re.compile(r"\d{4}", re.ASCII), re.compile(r"\d{1,2}", re.ASCII)
_NO_NAME = re.compile(r"\.(?:php\d?|aspx?|jsp|cgi|env|sql|git)\b|\ufffd")
_DATED_FILE = re.compile(r"\d{4}/\d{2}/[^/]+\.\w{2,5}", re.ASCII)


class Elsewhere(Exception):
    """Raised where a file of the old blog could not be brought over, and is still to be had at its old address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def find(asked: Asked) -> str | None:
    """Return the address at which what is asked for lives now; None where nobody knows.

    Raises Gone where readers had it, Elsewhere where it stayed where it was, and Http404 where nothing may be said.
    """
    if asked.parts[:1] and asked.parts[0] in SHUT:
        raise Http404("Nothing stands there.")
    return _find_in(asked) or _find_in_a_folder(asked)


def _find_in(asked: Asked) -> str | None:
    if not asked.parts and asked.query and WHICH & asked.query.keys():
        return find_by_query(asked)
    return find_by_path(asked)


def _find_in_a_folder(asked: Asked) -> str | None:
    """A blog may have lived in a folder of its host: what lies in it is looked for as at the top."""
    if not asked.parts:
        return None
    inside = [asked]
    for address in Blog.objects.order_by("pk").values_list("address", flat=True):
        folder = tuple(part for part in urlsplit(address).path.lower().split("/") if part)
        below = asked.below(folder) if folder else None
        if below and (found := _find_in(below)):
            return found
        inside += [below] if below else []
    return next(filter(None, map(_find_behind_a_front, inside)), None)


def _find_behind_a_front(asked: Asked) -> str | None:
    """What stood before the names of posts stood before shelves and dates as well: "/archives/tag/boats/"."""
    for front in _FRONTS:
        below = asked.below(front)
        if below and below.parts and (below.parts[0] in ("category", "tag") or _date_of(below.parts)):
            return find_by_path(below)
    return None


def find_by_path(asked: Asked) -> str | None:
    """As `find`, by what the path says."""
    for look in (_fixed, _search, _dated, _shelf, _comment, _page, _imported, _renamed):
        try:
            found = look(asked)
        except Http404:
            continue
        if found:
            return found
    return None


# --- By the path


def _fixed(asked: Asked) -> str | None:
    if not asked.parts:
        return _listed(find_home(), asked)
    [first, *others] = asked.parts
    if others:
        return None
    if first in _OLD_FEEDS:
        return _OLD_FEEDS[first]
    return "/sitemap.xml" if _SITEMAP.fullmatch(first) else f"/{first}" if first in _FILES else None


def _search(asked: Asked) -> str | None:
    if asked.parts[:1] != ("search",) or len(asked.parts) == 1:
        return None
    return _searched("/".join(asked.raw[1:]).replace("+", " "), asked)


def _searched(words: str, asked: Asked) -> str:
    words = "".join(letter for letter in words if letter.isprintable())[:LONGEST_SEARCH].strip()
    if asked.feed:
        return f"/search/{_feed(asked)}?{urlencode({'q': words})}"
    return f"/search/?{urlencode({'q': words, **({'page': asked.page} if asked.page > 1 else {})})}"


def _dated(asked: Asked) -> str | None:
    """A post under its day, or a year, a month, a day."""
    date = _date_of(asked.parts)
    if len(date) == 3 and len(asked.parts) > 3:
        [slug, *below] = asked.parts[3:]
        [year, month, day] = date
        return _part_of_post(post_at(year, month, day, slug), tuple(below), asked)
    return _listed(find_period(*date), asked) if date and len(date) == len(asked.parts) else None


def _date_of(parts: Iterable[str]) -> list[int]:
    date: list[int] = []
    for part, pattern in zip(parts, (_YEAR, _PART_OF_DATE, _PART_OF_DATE), strict=False):
        if not pattern.fullmatch(part):
            break
        date.append(int(part))
    return date


def _part_of_post(post: Post | None, below: tuple[str, ...], asked: Asked) -> str:
    """Return the address of a post, or of the part of it that is asked for.

    Below it stood the pages into which it was split, and those of its pictures: all lead to the post.
    """
    url = for_readers(post).get_absolute_url()
    below = below[1:] if below[:1] == ("attachment",) else below
    if len(below) > 1 or any(map(_NO_NAME.search, below)):
        raise Http404("Nothing stood there.")
    if not apps.is_installed("posts.comments"):
        return url
    if asked.feed and not below:
        return f"{url}{_feed(asked)}"
    anchor = "respond" if below == ("comment",) else _anchor(asked, post)
    return f"{url}#{anchor}" if anchor else url


def _anchor(asked: Asked, post: Post | None) -> str:
    """Name the place on a post's page. Comments have numbers of their own here: the old one is looked up."""
    if asked.answer_to is None:
        return asked.anchor
    row = _first(Imported.objects.filter(kind=Kind.COMMENT, number=asked.answer_to), asked)
    if row is None or row.row_id is None:
        return f"comment-{asked.answer_to}"
    comments = apps.get_model("comments", "Comment").objects.visible()
    return f"comment-{row.row_id}" if comments.filter(pk=row.row_id or 0, post=post).exists() else "comments"


def _shelf(asked: Asked) -> str | None:
    kind, rest = asked.parts[:1], asked.parts[1:]
    if kind == ("tag",) and len(rest) == 1:
        return _listed(find_tag(rest[0]), asked)
    if kind == ("category",) and rest:
        return _listed(_find_category(rest), asked)
    if kind == ("source",) and len(rest) == 1:
        return _listed(find_source(rest[0]), asked)
    return _listed(find_corrections(), asked) if asked.parts == ("corrections",) else None


def _find_category(path: tuple[str, ...]) -> Found:
    """WordPress finds a category by the last part of its path, whatever stands before it."""
    try:
        return find_category("/".join(path))
    except Http404:
        paths = list(Category.objects.filter(slug=path[-1]).values_list("path", flat=True)[:2])
        if len(paths) != 1:
            raise
        return find_category(paths[0])


def _comment(asked: Asked) -> str | None:
    if asked.parts[:1] != ("comments",) or not apps.is_installed("posts.comments"):
        return None
    if len(asked.parts) == 1 and asked.feed:
        return f"/comments/{_feed(asked)}"
    key = number(asked.parts[1]) if len(asked.parts) == 2 else None
    comments = apps.get_model("comments", "Comment").objects.visible().select_related("post")
    comment = comments.filter(pk=key).first() if key else None
    return comment.get_absolute_url() if comment else None


def _page(asked: Asked) -> str | None:
    """A page that editors wrote, or a part into which it was split."""
    above = asked.raw[:-1] if asked.parts and _PART_OF_DATE.fullmatch(asked.parts[-1]) else asked.raw
    likely = [f"/{'/'.join(parts)}/" for parts in (asked.raw, asked.parts, above) if parts]
    pages = FlatPage.objects.filter(url__in={*likely, *map(str.lower, likely)}, sites=settings.SITE_ID)
    return max(pages.values_list("url", flat=True), key=len, default=None)


def _imported(asked: Asked) -> str | None:
    """What stood at this path on the old blog, however it built its paths; or the file that lay there."""
    here, above = _with_whole_date(asked.parts), _with_whole_date(_above(asked.parts))
    paths = list(dict.fromkeys(path for path in (asked.whole, asked.cut, here, above) if path != "/"))
    files = _uploads(asked)
    rows = list(Imported.objects.filter(path__in=[*paths, *files]).select_related("blog"))
    rows.sort(key=lambda row: ((paths + files).index(row.path), *_preference(row, asked)))
    for row in rows:
        below = asked.parts[-1:] if row.path == above != here else ()
        if not below or row.kind == Kind.POST:
            return _where(row, asked, below)
    return None


def _renamed(asked: Asked) -> str | None:
    """A post that had another slug, on a blog that built its paths without the day."""
    for parts, below in ((asked.parts, ()), (_above(asked.parts), asked.parts[-1:])):
        path = _with_whole_date(parts)
        if not parts or day_and_name(path):
            continue
        folder, _, slug = path.rpartition("/")
        ids = list(FormerAddress.objects.filter(slug=slug, post__isnull=False).values_list("post")[:MOST_RENAMED])
        rows = Imported.objects.filter(kind=Kind.POST, model="posts.post", row_id__in=[pk for (pk,) in ids])
        alike = [row for row in rows.select_related("blog") if row.path.rpartition("/")[0] == folder]
        if alike:
            return _where(min(alike, key=lambda row: _preference(row, asked)), asked, below)
    return None


def _above(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of the post to which the address of a picture's page, or of a split page, belongs."""
    return parts[:-2] if parts[-2:-1] == ("attachment",) else parts[:-1]


def _with_whole_date(parts: tuple[str, ...]) -> str:
    """Join a path; a month or a day of one digit gets its second."""
    date = [f"{number:02}" for number in _date_of(parts)]
    return "/" + "/".join([*date, *parts[len(date) :]])


def _uploads(asked: Asked) -> list[str]:
    path = "/".join(asked.raw)
    named = upload_path(f"/{path}", exact=True) or (path if _DATED_FILE.fullmatch(path) else None)
    return spellings(named) if named else []


# --- By the query


def find_by_query(asked: Asked) -> str | None:
    """As `find`, by the query of an address without a path: "/?p=12". None where it says nothing."""
    query = {name: value for name, value in (asked.query or {}).items() if name in WHICH and value.strip()}
    if query.keys() & {"author", "author_name"}:
        raise Http404("Nobody is told who can log in.")
    if query.get("feed", "rss").removeprefix("comments-") not in FEEDS:
        raise Http404("There is no such feed.")
    for name, look in _BY_QUERY.items():
        if name in query:
            return look(query, asked)
    return None


def _by_number(name: str, *kinds: Kind) -> Callable[[Mapping[str, str], Asked], str]:
    def look(query: Mapping[str, str], asked: Asked) -> str:
        wanted = number(query[name])
        row = _first(Imported.objects.filter(kind__in=kinds, number=wanted), asked) if wanted else None
        if row is None:
            raise Http404("Nothing had this number.")
        return _where(row, asked)

    return look


def _by_name(query: Mapping[str, str], asked: Asked) -> str | None:
    date = [query[name] for name in ("year", "monthnum", "day") if name in query]
    parts = [part for part in query.get("pagename", query.get("name", "")).split("/") if part]
    return _at([*date, *parts], asked)


def _by_category(query: Mapping[str, str], asked: Asked) -> str | None:
    return _at(["category", *query["category_name"].split("/")], asked)


def _by_tag(query: Mapping[str, str], asked: Asked) -> str | None:
    # In a query "+" is a space: "?tag=a+b" means both of them.
    return _at(["tag", "+".join(query["tag"].split())], asked)


def _by_moment(query: Mapping[str, str], asked: Asked) -> str | None:
    digits = query["m"].strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) in (1, 2, 3, 5, 7):
        raise Http404("No calendar has this date.")
    return _at([part for part in (digits[:4], digits[4:6], digits[6:8]) if part], asked)


def _by_date(query: Mapping[str, str], asked: Asked) -> str | None:
    return _at([query[name].strip() for name in ("year", "monthnum", "day") if name in query], asked)


def _by_words(query: Mapping[str, str], asked: Asked) -> str:
    return _searched(query["s"], asked)


def _by_feed(query: Mapping[str, str], asked: Asked) -> str:
    is_of_comments = query["feed"].startswith("comments-") and apps.is_installed("posts.comments")
    return f"/comments/{_feed(asked)}" if is_of_comments else f"/{_feed(asked)}"


def _by_page(query: Mapping[str, str], asked: Asked) -> str:
    return _listed(find_home(), asked)


_ITEMS = (Kind.POST, Kind.PAGE, Kind.ATTACHMENT)
_BY_QUERY: dict[str, Callable[[Mapping[str, str], Asked], str | None]] = {
    "p": _by_number("p", *_ITEMS),
    "page_id": _by_number("page_id", *_ITEMS),
    "attachment_id": _by_number("attachment_id", *_ITEMS),
    "name": _by_name,
    "pagename": _by_name,
    "cat": _by_number("cat", Kind.CATEGORY),
    "tag_id": _by_number("tag_id", Kind.TAG),
    "category_name": _by_category,
    "tag": _by_tag,
    "m": _by_moment,
    "year": _by_date,
    "s": _by_words,
    "feed": _by_feed,
    "paged": _by_page,
}


def _at(parts: Iterable[str], asked: Asked) -> str:
    """Return what the path of these parts leads to, with the feed or the page that the query names."""
    tidy = tuple(part.strip() for part in parts if part.strip() and "\0" not in part)
    lower, whole = tuple(map(str.lower, tidy)), f"/{'/'.join(tidy)}".lower()
    wanted = Asked(lower, tidy, whole, whole, asked.feed, asked.page, asked.anchor, asked.answer_to, None, asked.host)
    found = find_by_path(wanted) if tidy else None
    if found is None:
        raise Http404("Nothing stood there.")
    return found


# --- What was imported


def _first(rows: Any, asked: Asked) -> Imported | None:
    return min(rows.select_related("blog"), key=lambda row: _preference(row, asked), default=None)


def _preference(row: Imported, asked: Asked) -> tuple[bool, int, int]:
    """Two blogs used the same numbers and paths: the one whose host is asked comes first, then the one first here."""
    return row.blog.host != asked.host, row.blog_id, row.pk


def _where(row: Imported, asked: Asked, below: tuple[str, ...] = ()) -> str:
    """Return where readers find what became of something of the old blog."""
    if row.kind == Kind.ATTACHMENT:
        return _file_of(row) if row.path and _uploads(asked) else _attachment(row, asked)
    if row.model == "posts.post":
        return _post(row, asked, below)
    if row.model == "flatpages.flatpage":
        urls = FlatPage.objects.filter(pk=row.row_id or 0, sites=settings.SITE_ID).values_list("url", flat=True)
        return _sure(urls.first())
    if row.model == "posts.category":
        paths = Category.objects.filter(pk=row.row_id or 0).values_list("path", flat=True)
        return _listed(find_category(_sure(paths.first())), asked)
    if row.model == "posts.tag":
        return _listed(find_tag(_sure(_slug_of_tag(row))), asked)
    raise Http404("Nothing was made of it.")


def _post(row: Imported, asked: Asked, below: tuple[str, ...]) -> str:
    post = Post.objects.defer(*Post.TEXTS).filter(pk=row.row_id or 0).first()
    parts = row.path.split("/")[1:]
    if post is None and len(parts) == 4 and len(date := _date_of(parts)) == 3:
        [year, month, day] = date
        post = post_at(year, month, day, parts[3])  # which knows what was deleted for good
    return _part_of_post(post, below, asked)


def _slug_of_tag(row: Imported) -> str | None:
    """A tag that was merged into another since left its address to that one."""
    slug = Tag.objects.filter(pk=row.row_id or 0).values_list("slug", flat=True).first()
    return slug or row.key.rpartition("/")[2]


def _sure[T](value: T | None) -> T:
    if value is None:
        raise Http404("It is here no longer.")
    return value


def _attachment(row: Imported, asked: Asked) -> str:
    """A picture stands in its post; one that stands in none is its file."""
    if row.parent:
        above = Imported.objects.filter(blog=row.blog_id, kind__in=(Kind.POST, Kind.PAGE), number=row.parent)
        if post := _first(above, asked):
            return _where(post, Asked(anchor=asked.anchor, answer_to=asked.answer_to, host=asked.host))
    return _file_of(row)


def _file_of(row: Imported) -> str:
    """Return the address of the file here; raises Elsewhere where it stayed, and Gone where nobody has it."""
    if row.model == "posts.image":
        name = Image.objects.filter(pk=row.row_id or 0).values_list("file", flat=True).first()
        if name:
            return default_storage.url(str(name))
        raise Gone
    if file := str(row.extra.get("file", "")):
        return file
    raise Elsewhere(row.address)


# --- The parts of a page


def _listed(found: Found, asked: Asked) -> str:
    """Return the address of a listing, or of its feed or its further page. Raises Http404 beyond its end."""
    if asked.feed:
        return f"{found.url}{_feed(asked)}"
    found.listing.page(asked.page or 1)
    return page_url(found.url, asked.page or 1)


def _feed(asked: Asked) -> str:
    return "feed/" if asked.feed in ("", "rss") else f"feed/{asked.feed}/"
