"""One page of posts: which they are, how many there are, and all that their articles show.

A `Listing` is any ordered set of posts that readers browse: the whole site, a tag, a category, an outlet, a time.
Its ids come from one index in order; the ten posts of a page are then read in three queries as plain rows, because
building model instances would cost more than all the rest of the page.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, NamedTuple

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from posts.addressing import HOME, category_url, page_url, post_url, preview_url, source_url, tag_url
from posts.dating import byline_date, byline_moment, site_date, site_time
from posts.hooks import nested_modules
from posts.models import AlsoReported, Category, CategoryEntry, Post, Tag, TaggedPost, Tally
from posts.models.tally import count
from posts.rendering import fit, plain_text
from posts.speaking import lang, page_lang
from sources.models import Source, host_of

PAGE_SIZE = 10
PINNED_MOST = 5  # more of them would bury what is new


class Shelf(NamedTuple):
    """A tag, a category or a remark as an article names it."""

    name: str
    url: str


class Report(NamedTuple):
    """What an outlet published on the matter: the original, or another one. Of an old post the page may be unknown."""

    outlet: str
    home_page: str
    address: str = ""
    language: str = ""
    headline: str = ""
    byline: str = ""
    published_on: dt.date | Literal[""] = ""
    retrieved_on: dt.date | Literal[""] = ""

    @property
    def name(self) -> str:
        return self.headline or host_of(self.address)

    @property
    def is_described(self) -> bool:
        return bool(self.address and (self.headline or self.byline or self.published_on))


@dataclass
class ListedPost:
    """All that the article of a post shows, on a listing as on its own page."""

    id: int
    title: str
    slug: str
    guid: str
    excerpt: str
    published_at: dt.datetime | None
    published_on: dt.date | None
    updated_at: dt.datetime
    notice: str
    is_sticky: bool
    corrections_html: str
    text_html: str
    is_cut: bool
    source_name: str | None
    source_slug: str | None
    link_address: str | None
    link_language: str | None
    categories: list[Shelf] = field(default_factory=list)
    tags: list[Shelf] = field(default_factory=list)
    remarks: list[Shelf] = field(default_factory=list)  # of nested apps, on listings: "3 comments"
    begins_year: int | None = None  # the first of its year on a page of a listing
    # Where the whole post is read:
    original: Report | None = None
    also: list[Report] = field(default_factory=list)

    @cached_property
    def html(self) -> SafeString:
        """Its corrections and its text, as its page, listings, feeds and letters show them alike.

        Under a content notice the text is folded until a reader asks for it.
        """
        # Each part has a direction of its own: our words above it do not turn a text in Arabic.
        above = f'<div class="post-corrections" dir="auto">{self.corrections_html}</div>\n'
        # Made by posts.rendering and posts.models.correction, which let nothing else through.
        return SafeString((above if self.corrections_html else "") + self._text())

    def _text(self) -> str:
        if not self.notice:
            return self.text_html
        notice = f"<bdi{lang(self.notice)}>{escape(fit(self.notice))}</bdi>"
        words = _("<strong>Content notice:</strong> %(notice)s") % {"notice": notice}
        if not self.text_html:
            return f'<p class="post-notice" dir="ltr"{page_lang()}>{words}</p>'
        return (
            f'<details class="post-notice"><summary dir="ltr"{page_lang()}>{words}</summary>'
            f'<div dir="auto" data-nosnippet>{self.text_html}</div></details>'
        )

    def summary(self, length: int, excerpt_length: int | None = None) -> str:
        """Return its excerpt, or else its first words; of a text under a content notice, the notice and no word."""
        excerpt = plain_text(escape(self.excerpt), excerpt_length)
        if not self.notice:
            return excerpt or plain_text(self.text_html, length)
        stop = "" if self.notice.endswith((".", "!", "?", "…")) else "."
        words = _("Content notice: %(notice)s") % {"notice": fit(self.notice)}
        return f"{words}{stop} {excerpt}".strip()

    @cached_property
    def url(self) -> str:
        return post_url(self.published_on, self.slug) if self.published_on else preview_url(self.id)

    @property
    def byline_moment(self) -> str:
        return byline_moment(self.published_at) if self.published_at else ""

    @property
    def display_title(self) -> str:
        # An untitled post is called by its date, in the language in which it is spoken of.
        return self.title or (byline_date(self.published_at) if self.published_at else _("Untitled draft"))

    @property
    def published_at_iso(self) -> str:
        return site_time(self.published_at).isoformat(timespec="minutes") if self.published_at else ""

    @property
    def source_url(self) -> str:
        return source_url(self.source_slug) if self.source_slug else ""


@dataclass
class Listing:
    """An ordered set of public posts. `ids` selects their ids in order; `count` is known without counting."""

    ids: QuerySet[Any]
    count: int
    url: str
    tally: Tally | None = None

    def posts(self, *, start: int = 0, stop: int = PAGE_SIZE, whole: bool = False) -> list[ListedPost]:
        return read_posts(Post.objects.filter(pk__in=self.ids[start:stop]), whole=whole)

    def rows(self, start: int, stop: int) -> list[Any]:
        """Return what one page shows."""
        return self.posts(start=start, stop=stop)

    def page(self, number: int) -> "ListingPage":
        """Return one page, the first even where nothing is listed; raises Http404 beyond the end."""
        last = max(1, -(-self.count // PAGE_SIZE))
        if not 1 <= number <= last:
            raise Http404("There is no such page.")
        return ListingPage(self, number, last)


class Home(Listing):
    """All of the site; its first page has the pinned posts above the others, and none of them twice."""

    def rows(self, start: int, stop: int) -> list[ListedPost]:
        if start:
            return super().rows(start, stop)
        pinned = Post.objects.filter(is_sticky=True).published().newest_first().values("id")[:PINNED_MOST]
        # In one question with the page itself: each part finds a few ids by its own index.
        page = Post.objects.filter(pk__in=self.ids[:stop]).values("id")
        ids = page.union(Post.objects.filter(pk__in=pinned).values("id"))
        return sorted(read_posts(Post.objects.filter(pk__in=ids)), key=lambda post: not post.is_sticky)


@dataclass
class Year:
    """A year of a listing: how many posts, and the page on which it begins (newest first)."""

    year: int
    count: int
    page_url: str

    @property
    def words(self) -> tuple[str, str, str]:
        """What a link to it shows: as text, for a template would look up how to write each number."""
        return str(self.year), f"{self.count:,}", self.page_url


def _with_years(rows: list[Any]) -> list[Any]:
    """Have the first post of each year on a page say so: links to years lead there."""
    before = None
    for row in rows:
        if isinstance(row, ListedPost) and not row.is_sticky and row.published_at:
            year = site_date(row.published_at).year
            row.begins_year = year if year != before else None
            before = year
    return rows


@dataclass
class ListingPage:
    listing: Listing
    number: int
    last: int

    @cached_property
    def rows(self) -> list[Any]:
        start = (self.number - 1) * PAGE_SIZE
        return _with_years(self.listing.rows(start, start + PAGE_SIZE))

    def url_of(self, number: int) -> str:
        return page_url(self.listing.url, number)

    @property
    def url(self) -> str:
        return self.url_of(self.number)

    @property
    def newer_url(self) -> str | None:
        return self.url_of(self.number - 1) if self.number > 1 else None

    @property
    def older_url(self) -> str | None:
        return self.url_of(self.number + 1) if self.number < self.last else None

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Return the page numbers worth a link, with "" for a gap, and their addresses.

        The first, the last and the neighbours; between them steps that grow tenfold, so that any of 5,000 pages is
        a few clicks away.
        """
        wanted = {1, self.last, *range(self.number - 2, self.number + 3)}
        step = 10
        while step < self.last:
            round_number = self.number // step * step
            wanted |= {round_number - step, round_number, round_number + step}
            step *= 10
        numbers: list[tuple[str, str]] = []
        previous = 0
        for number in sorted(n for n in wanted if 1 <= n <= self.last):
            if number > previous + 1:
                numbers.append(("", ""))
            numbers.append((str(number), self.url_of(number)))
            previous = number
        return numbers

    @cached_property
    def years(self) -> list[Year]:
        """Return every year from the first to the last, oldest first, empty ones too."""
        tally = self.listing.tally
        if tally is None or not tally.years:
            return []
        counts = {int(year): number for year, number in tally.years.items()}
        years, later = [], 0
        for year in range(max(counts), min(counts) - 1, -1):
            page = later // PAGE_SIZE + 1
            years.append(Year(year, counts.get(year, 0), f"{self.url_of(page)}#y{year}"))
            later += counts.get(year, 0)
        return years[::-1]

    @property
    def filled_years(self) -> list[tuple[str, str, str]]:
        """Return the years that have posts, newest first, as the words of their links."""
        return [year.words for year in reversed(self.years) if year.count]


# --- The listings there are


def whole_site() -> Listing:
    tally = fresh(Tally.objects.filter(is_site=True).first(), "is_site", True)
    return Home(Post.objects.published().newest_first().values("id"), tally.count, HOME, tally)


def of_tag(tag: Tag) -> Listing:
    tally = fresh(getattr(tag, "tally", None), "tag", tag.pk)
    return Listing(_tagged(tag), tally.count, tag_url(tag.slug), tally)


def of_category(category: Category) -> Listing:
    tally = fresh(getattr(category, "tally", None), "category", category.pk)
    entries = CategoryEntry.objects.filter(category=category, listed_at__lte=timezone.now())
    ids = entries.order_by("-listed_at", "-post_id").values("post_id")
    return Listing(ids, tally.count, category_url(category.path), tally)


def of_source(source: Source) -> Listing:
    tally = fresh(getattr(source, "tally", None), "source", source.pk)
    ids = Post.objects.filter(source=source).published().newest_first().values("id")
    return Listing(ids, tally.count, source_url(source.slug), tally)


def of_period(start: dt.datetime, end: dt.datetime, url: str) -> Listing:
    # One upper bound, not two: SQLite would walk the index up to the farther of them.
    last = min(timezone.now(), end - dt.timedelta.resolution)
    posts = Post.objects.published(at=last).filter(listed_at__gte=start)
    return Listing(posts.newest_first().values("id"), posts.count(), url)


def of_all_tags(tags: Sequence[Tag], url: str) -> Listing:
    """Posts that carry all of these tags; the rarest of them is walked."""
    rarest, *others = sorted(tags, key=lambda tag: fresh(getattr(tag, "tally", None), "tag", tag.pk).count)
    ids = _tagged(rarest)
    for other in others:
        ids = ids.filter(Exists(TaggedPost.objects.filter(tag=other, content_object=OuterRef("content_object"))))
    return Listing(ids, ids.count(), url)


def of_any_tag(tags: Sequence[Tag], url: str) -> Listing:
    carries = TaggedPost.objects.filter(tag__in=tags, content_object=OuterRef("pk"))
    posts = Post.objects.published().filter(Exists(carries))
    return Listing(posts.newest_first().values("id"), posts.count(), url)


def _tagged(tag: Tag) -> QuerySet[Any]:
    entries = TaggedPost.objects.filter(tag=tag, listed_at__lte=timezone.now())
    return entries.order_by("-listed_at", "-content_object_id").values("content_object_id")


def fresh(tally: Tally | None, kind: str, key: Any) -> Tally:
    """Return the tally, counted anew where a scheduled post has appeared since, or where nothing was counted yet.

    What is counted here is not stored: a reader's request writes nothing, and waits for nobody who does (see `tick`).
    """
    now = timezone.now()
    if tally is None or (tally.next_at and tally.next_at <= now):
        tally = tally or Tally()
        tally.take(count(kind, [key], now)[key])
    return tally


# --- Reading rows

_ROW = {
    "source_name": F("source__name"),
    "source_slug": F("source__slug"),
    "link_address": F("link__address"),
    "link_language": F("link__language"),
}
_COLUMNS = [
    "id", "title", "slug", "guid", "excerpt", "published_at", "published_on", "updated_at", "notice",
    "is_sticky", "corrections_html",
]  # fmt: skip
# What makes a Report, in its order: of the original, and of the others.
_OF_ORIGINAL = (
    "source__name", "source__home_page", "link__address", "link__language", "link__headline", "link__byline",
    "link__published_on", "link__retrieved_on",
)  # fmt: skip
_OF_OTHERS = tuple(f"link__{name.removeprefix('link__')}" for name in _OF_ORIGINAL)


def read_posts(posts: QuerySet[Post], *, whole: bool = False) -> list[ListedPost]:
    """Return these posts, newest first, with what their articles show, in three queries.

    On a listing a text with <!--more--> ends there, and nested apps have their word; `whole` reads all of the text,
    and in two queries more who reported the matter.
    """
    remarking = () if whole else nested_modules("remarking")
    said = {name: column for module in remarking for name, column in module.COLUMNS.items()}
    if whole:
        text = {"text_html": F("body_html"), "is_cut": Value(False)}
    else:
        text = {
            "text_html": Case(When(lead_html="", then="body_html"), default="lead_html"),
            "is_cut": Case(When(lead_html="", then=Value(False)), default=Value(True)),
        }
    rows = posts.order_by("-listed_at", "-id").values(*_COLUMNS, **_ROW, **text, **said)
    listed = {}
    for row in rows:
        values = {name: row.pop(name) for name in said}
        post = listed[row["id"]] = ListedPost(**row)
        for module in remarking:
            module.remark(post, values)
    for pk, name, path in (
        Post.categories.through.objects.filter(post__in=listed)
        .order_by("category__name")
        .values_list("post_id", "category__name", "category__path")
    ):
        listed[pk].categories.append(Shelf(name, category_url(path)))
    for pk, name, slug in (
        TaggedPost.objects.filter(content_object__in=listed)
        .order_by("tag__name_key")
        .values_list("content_object_id", "tag__name", "tag__slug")
    ):
        listed[pk].tags.append(Shelf(name, tag_url(slug)))
    if whole:
        _add_reports(listed)
    return list(listed.values())


def _add_reports(listed: dict[int, ListedPost]) -> None:
    originals = Post.objects.filter(pk__in=listed, source__isnull=False).values_list("pk", *_OF_ORIGINAL)
    for pk, *values in originals:
        listed[pk].original = _report(values)
    others = AlsoReported.objects.filter(post__in=listed).order_by("position", "pk")
    for pk, *values in others.values_list("post_id", *_OF_OTHERS):
        listed[pk].also.append(_report(values))


def _report(values: list[Any]) -> Report:
    # Where the page is unknown its columns are empty.
    return Report._make("" if value is None else value for value in values)
