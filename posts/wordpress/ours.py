"""What a post of this site has and WordPress has no place for: written beside it as custom fields, and read back.

`_htwatch` holds a JSON of columns; `_htwatch_body` the Markdown, also as JSON, for neither line ends nor texts that
look like PHP's own serialisation would survive otherwise; `_htwatch_body_of` the digest of the HTML that was made of
it. Where somebody has changed the HTML since, the Markdown says something else and is left.

A file is somebody else's word. What is malformed in it is left out, never raised; and where what it says here and what
it says to WordPress differ, the stricter holds: nothing appears to readers by it that WordPress would keep from them.
Pure, and imports no models.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from posts.addressing import RESERVED_BELOW_CATEGORIES, RESERVED_BELOW_POSTS, SLUG_LENGTH
from posts.dating import YEARS, site_date
from posts.life import UNPUBLISHED, Reason, State
from posts.rendering import MAX_COMMENT_LENGTH, MAX_TEXT_LENGTH, fit
from posts.wordpress.exporting.wxr_writing import nicename, tidy
from posts.wordpress.records import Item, Meta, Remark, Term
from sources.links.canonical import canonical_address
from sources.naming import fold, tidy_slug
from sources.places import country_choices, language_choices

KEY, BODY_KEY, BODY_OF_KEY = "_htwatch", "_htwatch_body", "_htwatch_body_of"
KEYS = frozenset({KEY, BODY_KEY, BODY_OF_KEY})
# WordPress's own taxonomy for the sites that a blog links to: it takes its terms and shows them nowhere. Of a taxonomy
# that it does not know it would complain in a line for each outlet.
OUTLETS = "link_category"

MOST_LETTERS = 2_000_000  # of one field
MOST_ROWS = 2_000  # corrections, further reports, aliases … of one row
MOST_VERSIONS = 2**31 - 1
_SLUG = re.compile(r"[-\w]+\Z")
_PICTURE = re.compile(r"images/[0-9]{4}/[0-9]{2}/[0-9a-f]{16}-[0-9]{1,5}x[0-9]{1,5}\.(?:jpg|png|webp)\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
# What XML cannot hold although JSON can.
_UNFIT = re.compile("[\x7f\ud800-\udfff\ufffe\uffff]")
# What stands around the text for readers of WordPress, and is no part of it.
_FRAME = re.compile(r"\s*<!--htwatch-->.*?<!--/htwatch-->\s*", re.DOTALL)


# --- What there is


@dataclass(slots=True)
class Outlet:
    name: str
    slug: str = ""
    home_page: str = ""
    country: str = ""
    language: str = ""
    description: str = ""
    aliases: list[tuple[str, str]] = field(default_factory=list)  # name, and the slug that a merge left or ""


@dataclass(slots=True)
class Page:
    """A page of an outlet, see sources.links.models.Link."""

    address: str
    headline: str = ""
    byline: str = ""
    published_on: dt.date | None = None
    retrieved_on: dt.date | None = None
    language: str = ""
    outlet: Outlet | None = None


@dataclass(slots=True)
class Ours:
    """Of a post. What is None, the file's other fields say: they were changed since, or it was never told."""

    state: State = State.DRAFT
    title: str | None = None
    slug: str | None = None
    excerpt: str | None = None
    body: str | None = None
    published_at: dt.datetime | None = None
    has_address: bool = False  # in the trash: whether it had one
    reason: str = ""
    ended_at: dt.datetime | None = None
    notice: str = ""
    is_sensitive: bool = False
    review_on: dt.date | None = None
    version: int = 1
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    written_by: str = ""  # login
    outlet: Outlet | None = None
    page: Page | None = None
    also: list[Page] = field(default_factory=list)
    corrections: list[tuple[str, dt.datetime]] = field(default_factory=list)
    former: list[tuple[dt.date, str]] = field(default_factory=list)
    opening: str = ""  # of comments, where it is not left to the rules: "open", "closed"


@dataclass(slots=True)
class OursOfRemark:
    state: str = "held"
    body: str | None = None
    name: str | None = None
    removal_reason: str = ""
    reasons: list[list[str]] = field(default_factory=list)
    written_at: dt.datetime | None = None
    state_since: dt.datetime | None = None
    is_edited: bool = False
    is_editorial: bool = False


@dataclass(slots=True)
class OursOfCategory:
    path: str
    name: str
    description: str = ""


@dataclass(slots=True)
class OursOfTag:
    name: str
    slug: str
    # name; the address that leads here or ""; whether the name does; whether an editor added it
    aliases: list[tuple[str, str, bool, bool]] = field(default_factory=list)


@dataclass(slots=True)
class OursOfImage:
    """Of an attachment. `file` is the name under which texts show it: "images/2013/03/….jpg"."""

    file: str
    digest: str
    alt: str = ""
    is_decorative: bool = False
    caption: str = ""
    credit: str = ""
    licence: str = ""
    notice: str = ""
    created_at: dt.datetime | None = None


@dataclass(slots=True)
class OursOfPage:
    """Of a page that stands beside the posts (a flatpage)."""

    url: str
    title: str
    body: str | None = None
    is_for_members: bool = False


# --- What it is to WordPress


def as_words(text: str) -> str:
    """Return plain text as WordPress keeps titles, names and excerpts, which are HTML there."""
    return escape(tidy(text), quote=False)


def framed(html: str) -> str:
    """Mark HTML as standing around the text."""
    return f"<!--htwatch-->{html}<!--/htwatch-->"


def without_frame(html: str) -> str:
    """Return the HTML of a post without what the export put around it; the closing line of the source stays."""
    return _FRAME.sub("\n", html)


def status_of(state: State, published_at: dt.datetime | None, *, is_held: bool, at: dt.datetime) -> str:
    """Return the status under which WordPress keeps such a post from those from whom it is kept here."""
    if state in (State.PUBLISHED, State.WITHDRAWN):
        if is_held or state == State.WITHDRAWN or published_at is None:
            return "private"
        return "future" if published_at > at else "publish"
    return {State.DRAFT: "draft", State.REVIEW: "pending"}.get(state, "trash")


def settled(state: State, status: str, *, is_held: bool) -> State:
    """Return the stricter of what a post was here and what WordPress says that it is."""
    hidden = {"draft": State.DRAFT, "pending": State.REVIEW, "trash": State.TRASH}.get(status)
    if hidden:
        return hidden
    if state not in (State.PUBLISHED, State.WITHDRAWN) or status in ("publish", "future"):
        return state
    return state if status == "private" and (is_held or state == State.WITHDRAWN) else State.DRAFT


def settled_remark(state: str, approved: str) -> str:
    """The same for a comment."""
    strictness = ["approved", "held", "spam", "removed"]
    theirs = {"1": "approved", "0": "held", "spam": "spam", "trash": "removed", "post-trashed": "removed"}
    return max(state, theirs.get(approved, "held"), key=strictness.index)


def digest_of(html: str) -> str:
    """Return the digest of HTML as it comes out of a file again."""
    return hashlib.sha256(tidy(html).strip().encode()).hexdigest()


# --- Writing


def metas(values: dict[str, Any], *, body: str | None = None, html: str = "") -> list[Meta]:
    """Return the custom fields that hold these values, and the Markdown from which this HTML was made."""
    written = [Meta(KEY, _json({name: value for name, value in values.items() if value not in ("", None, False, [])}))]
    if body is not None:
        written += [Meta(BODY_KEY, _json(body)), Meta(BODY_OF_KEY, digest_of(html))]
    return written


def values_of(ours: Ours) -> dict[str, Any]:
    return {
        "state": ours.state.value,
        "title": ours.title,
        "slug": ours.slug,
        "excerpt": ours.excerpt,
        "published_at": _moment(ours.published_at),
        "has_address": ours.has_address,
        "reason": ours.reason,
        "ended_at": _moment(ours.ended_at),
        "notice": ours.notice,
        "is_sensitive": ours.is_sensitive,
        "review_on": _day(ours.review_on),
        "version": ours.version,
        "created_at": _moment(ours.created_at),
        "updated_at": _moment(ours.updated_at),
        "written_by": ours.written_by,
        "source": values_of_outlet(ours.outlet) if ours.outlet else None,
        "link": values_of_page(ours.page) if ours.page else None,
        "also": [values_of_page(page) for page in ours.also],
        "corrections": [[text, _moment(made_at)] for text, made_at in ours.corrections],
        "former": [[_day(day), slug] for day, slug in ours.former],
        "opening": ours.opening,
    }


def values_of_outlet(outlet: Outlet) -> dict[str, Any]:
    values = {
        "name": outlet.name,
        "slug": outlet.slug,
        "home_page": outlet.home_page,
        "country": outlet.country,
        "language": outlet.language,
        "description": outlet.description,
        "aliases": [list(alias) for alias in outlet.aliases],
    }
    return {name: value for name, value in values.items() if value}


def values_of_page(page: Page) -> dict[str, Any]:
    values = {
        "address": page.address,
        "headline": page.headline,
        "byline": page.byline,
        "published_on": _day(page.published_on),
        "retrieved_on": _day(page.retrieved_on),
        "language": page.language,
        "source": values_of_outlet(page.outlet) if page.outlet else None,
    }
    return {name: value for name, value in values.items() if value}


def values_of_remark(ours: OursOfRemark, html: str) -> dict[str, Any]:
    return {
        "state": ours.state,
        "body": ours.body,
        "body_of": digest_of(html),
        "name": ours.name,
        "removal_reason": ours.removal_reason,
        "reasons": ours.reasons,
        "written_at": _moment(ours.written_at),
        "state_since": _moment(ours.state_since),
        "is_edited": ours.is_edited,
        "is_editorial": ours.is_editorial,
    }


def values_of_category(ours: OursOfCategory) -> dict[str, Any]:
    return {"path": ours.path, "name": ours.name, "description": ours.description}


def values_of_tag(ours: OursOfTag) -> dict[str, Any]:
    return {"name": ours.name, "slug": ours.slug, "aliases": [list(alias) for alias in ours.aliases]}


def values_of_image(ours: OursOfImage) -> dict[str, Any]:
    return {
        "file": ours.file,
        "digest": ours.digest,
        "alt": ours.alt,
        "is_decorative": ours.is_decorative,
        "caption": ours.caption,
        "credit": ours.credit,
        "licence": ours.licence,
        "notice": ours.notice,
        "created_at": _moment(ours.created_at),
    }


def values_of_site_page(ours: OursOfPage) -> dict[str, Any]:
    return {"url": ours.url, "title": ours.title, "is_for_members": ours.is_for_members}


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _moment(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).isoformat() if moment else ""


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# --- Reading


def ours_of(item: Item) -> Ours | None:
    """Return what the file keeps of a post of ours; None where it is none."""
    fields = _fields(item.meta)
    if fields is None or item.kind not in ("post", "page"):
        return None
    was = fields.choice("state", State.values)
    if not was or was == State.REMOVED:
        return None
    review_on = fields.day("review_on")
    status = "private" if item.password and item.status in ("publish", "future") else item.status
    state = settled(State(was), status, is_held=review_on is not None)
    published_at = fields.moment("published_at")
    if was not in UNPUBLISHED or state not in UNPUBLISHED:  # WordPress dates drafts, be it by when they were begun
        published_at = _of_second(published_at, item.published_at)
    if state in (State.PUBLISHED, State.WITHDRAWN) and published_at is None:
        state = State.DRAFT
    ended = state in (State.WITHDRAWN, State.TRASH)
    return Ours(
        state=state,
        title=_unless_changed(fields.text("title", 300), item.title),
        slug=_slug_unless_changed(fields.text("slug", SLUG_LENGTH), item.slug),
        excerpt=_unless_changed(fields.text("excerpt", 1000), item.excerpt),
        body=markdown_of(item),
        published_at=published_at,
        has_address=fields.flag("has_address"),
        reason=fields.choice("reason", Reason.values) if ended else "",
        ended_at=fields.moment("ended_at") if ended else None,
        notice=fields.text("notice", 200),
        is_sensitive=fields.flag("is_sensitive"),
        review_on=review_on,
        version=fields.number("version", MOST_VERSIONS) or 1,
        created_at=fields.moment("created_at"),
        updated_at=_of_second(fields.moment("updated_at"), item.modified_at),
        written_by=fields.text("written_by", 150),
        outlet=_outlet(fields.child("source")),
        page=_page(fields.child("link")),
        also=[page for page in map(_page, fields.children("also")) if page],
        corrections=[(text, made_at) for text, made_at in map(_correction, fields.rows("corrections", 2)) if made_at],
        former=[(day, slug) for day, slug in map(_former, fields.rows("former", 2)) if day],
        opening=fields.choice("opening", ["open", "closed"]),
    )


def markdown_of(item: Item) -> str | None:
    """Return the Markdown of which a post or a page was made here; None where there is none, or it says no more so."""
    body = _loaded(item.first_meta(BODY_KEY))
    is_same = item.first_meta(BODY_OF_KEY) == digest_of(item.content)
    return body if is_same and isinstance(body, str) and len(body) <= MAX_TEXT_LENGTH and "\0" not in body else None


def post_columns(ours: Ours) -> dict[str, Any]:
    """Return the columns to lay over a post that is not saved yet.

    Whoever was subscribed there has had their letters: what is brought over tells nobody.
    """
    has_address = ours.state not in UNPUBLISHED and (ours.state != State.TRASH or ours.has_address)
    is_public = has_address and ours.published_at is not None
    texts = {name: getattr(ours, name) for name in ("title", "slug", "excerpt", "body")}
    return {
        **{name: text for name, text in texts.items() if text is not None},
        "state": ours.state,
        "published_at": ours.published_at,
        "published_on": site_date(ours.published_at) if is_public and ours.published_at else None,
        "is_quiet": True,
        "notice": ours.notice,
        "is_sensitive": ours.is_sensitive,
        "review_on": ours.review_on,
        "reason": ours.reason,
        "ended_at": ours.ended_at,
        "version": ours.version,
    }


def ours_of_remark(remark: Remark) -> OursOfRemark | None:
    fields = _fields(remark.meta)
    state = fields.choice("state", ["held", "approved", "spam", "removed"]) if fields else ""
    if fields is None or not state:
        return None
    is_same = fields.text("body_of", 64) == digest_of(remark.content)
    state = settled_remark(state, remark.approved)
    reasons = ["off_topic", "abuse", "personal", "illegal", "advertising", "asked", "other", "forgotten"]
    return OursOfRemark(
        state=state,
        body=fields.text("body", MAX_COMMENT_LENGTH) if is_same else None,
        name=_unless_changed(fields.text("name", 80), remark.author),
        removal_reason=(fields.choice("removal_reason", reasons) or "other") if state == "removed" else "",
        reasons=[[code[:50], words[:300]] for code, words in fields.rows("reasons", 2)],
        written_at=_of_second(fields.moment("written_at"), remark.written_at),
        state_since=fields.moment("state_since"),
        is_edited=fields.flag("is_edited"),
        is_editorial=fields.flag("is_editorial"),
    )


def ours_of_category(term: Term) -> OursOfCategory | None:
    fields = _fields(term.meta)
    if fields is None or term.taxonomy != "category":
        return None
    path, name = fields.text("path", 1000), fields.text("name", 200)
    slugs = path.split("/")
    if not name or not all(_is_slug(slug, 100) and slug not in RESERVED_BELOW_CATEGORIES for slug in slugs):
        return None
    return OursOfCategory(path, name, fields.text("description", MAX_TEXT_LENGTH))


def ours_of_tag(term: Term) -> OursOfTag | None:
    fields = _fields(term.meta)
    if fields is None or term.taxonomy != "post_tag":
        return None
    name, slug = fields.text("name", 100), fields.text("slug", 100)
    if not fold(name) or not _is_slug(slug, 100):
        return None
    return OursOfTag(name, slug, [alias for alias in map(_alias, fields.rows("aliases", 4, whole=False)) if alias])


def as_it_was(term: Term) -> Term:
    """Return the term with the exact name that it had here; its slug stays the one by which items name it."""
    ours = ours_of_tag(term) or ours_of_category(term)
    if ours is None or ours.name == term.name or as_words(ours.name) != term.name.strip():
        return term
    return replace(term, name=ours.name)


def ours_of_outlet(term: Term) -> Outlet | None:
    return _outlet(_fields(term.meta)) if term.taxonomy == OUTLETS else None


def ours_of_image(item: Item) -> OursOfImage | None:
    fields = _fields(item.meta)
    if fields is None or item.kind != "attachment":
        return None
    file, digest = fields.text("file", 100), fields.text("digest", 64)
    if not _PICTURE.match(file) or not _DIGEST.match(digest):
        return None
    is_decorative = fields.flag("is_decorative")
    return OursOfImage(
        file=file,
        digest=digest,
        alt="" if is_decorative else fields.text("alt", 500),
        is_decorative=is_decorative,
        caption=fields.text("caption", 500),
        credit=fields.text("credit", 200),
        licence=fields.text("licence", 100),
        notice=fields.text("notice", 200),
        created_at=fields.moment("created_at"),
    )


def ours_of_site_page(item: Item) -> OursOfPage | None:
    fields = _fields(item.meta)
    if fields is None or item.kind != "page":
        return None
    url, title = fields.text("url", 100), fields.text("title", 200)
    if not re.fullmatch(r"/(?:[-\w.~]+/)*", url) or "/../" in url or "/./" in url:
        return None
    is_for_members = fields.flag("is_for_members") or item.status != "publish"
    return OursOfPage(url, title, markdown_of(item), is_for_members)


class _Fields:
    """A JSON object of which nothing is believed."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def text(self, name: str, most: int) -> str:
        return _text(self.values.get(name), most)

    def choice(self, name: str, choices: Iterable[str]) -> str:
        value = self.text(name, 50)
        return value if value in choices else ""

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def number(self, name: str, most: int) -> int:
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else 0

    def moment(self, name: str) -> dt.datetime | None:
        return as_moment(self.values.get(name))

    def day(self, name: str) -> dt.date | None:
        return _as_day(self.values.get(name))

    def child(self, name: str) -> "_Fields | None":
        value = self.values.get(name)
        return _Fields(value) if isinstance(value, dict) else None

    def children(self, name: str) -> "list[_Fields]":
        return [_Fields(each) for each in self._list(name) if isinstance(each, dict)]

    def rows(self, name: str, width: int, *, whole: bool = True) -> list[list[Any]]:
        """Return lists of so many values, all of them texts where they are to be `whole`."""
        rows = [each for each in self._list(name) if isinstance(each, list) and len(each) == width]
        return [row for row in rows if not whole or all(isinstance(value, str) for value in row)]

    def _list(self, name: str) -> list[Any]:
        value = self.values.get(name)
        return value[:MOST_ROWS] if isinstance(value, list) else []


def _fields(meta: list[Meta]) -> _Fields | None:
    value = _loaded(next((value for key, value in meta if key == KEY), ""))
    return _Fields(value) if isinstance(value, dict) else None


def _loaded(text: str) -> Any:
    if not text or len(text) > MOST_LETTERS:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(value: Any, most: int) -> str:
    return fit(value) if isinstance(value, str) and len(value) <= most else ""


def as_moment(value: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(value)
        return moment.astimezone(dt.UTC) if moment.tzinfo and moment.year in YEARS else None
    except (TypeError, ValueError, OverflowError):
        return None


def _as_day(value: Any) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if day.year in YEARS else None


def _of_second(exact: dt.datetime | None, told: dt.datetime | None) -> dt.datetime | None:
    """Return the exact moment where it is the one that is told to the second, or none is told."""
    if exact is None or told is None:
        return exact or told
    return exact if exact.replace(microsecond=0) == told.replace(microsecond=0) else told


def _unless_changed(text: str, told: str) -> str | None:
    return text if as_words(text).strip() == told.strip() else None


def _slug_unless_changed(slug: str, told: str) -> str | None:
    is_same = nicename(slug) == nicename(told) or nicename(slug) == told
    is_usable = not slug or (_is_slug(slug, SLUG_LENGTH) and slug not in RESERVED_BELOW_POSTS)
    return tidy_slug(slug) if is_same and is_usable else None


def _is_slug(slug: Any, most: int) -> bool:
    return isinstance(slug, str) and len(slug) <= most and bool(_SLUG.match(slug))


def _outlet(fields: _Fields | None) -> Outlet | None:
    name = fields.text("name", 200) if fields else ""
    if fields is None or not fold(name):
        return None
    slug = fields.text("slug", 100)
    return Outlet(
        name=name,
        slug=slug if _is_slug(slug, 100) else "",
        home_page=_address(fields.text("home_page", 200)),
        country=fields.choice("country", dict(country_choices())),
        language=fields.choice("language", dict(language_choices())),
        description=fields.text("description", 10_000),
        aliases=[
            (_text(name, 200), slug if _is_slug(slug, 100) else "")
            for name, slug in fields.rows("aliases", 2)
            if fold(_text(name, 200))
        ],
    )


def _page(fields: _Fields | None) -> Page | None:
    address = _address(fields.text("address", 2000)) if fields else ""
    if fields is None or not address:
        return None
    return Page(
        address=address,
        headline=fields.text("headline", 500),
        byline=fields.text("byline", 200),
        published_on=fields.day("published_on"),
        retrieved_on=fields.day("retrieved_on"),
        language=fields.choice("language", dict(language_choices())),
        outlet=_outlet(fields.child("source")),
    )


def _address(address: str) -> str:
    try:
        return address if address and len(canonical_address(address)) <= 2000 else ""
    except ValueError:
        return ""


def _correction(row: list[Any]) -> tuple[str, dt.datetime | None]:
    text = _text(row[0], 1000)
    return text, as_moment(row[1]) if text else None


def _former(row: list[Any]) -> tuple[dt.date | None, str]:
    slug = tidy_slug(row[1])
    return _as_day(row[0]) if _is_slug(slug, SLUG_LENGTH) else None, slug


def _alias(row: list[Any]) -> tuple[str, str, bool, bool] | None:
    name, slug, leads, is_synonym = row
    if not fold(_text(name, 100)) or not isinstance(slug, str):
        return None
    return _text(name, 100), slug if _is_slug(slug, 100) else "", leads is True, is_synonym is True
